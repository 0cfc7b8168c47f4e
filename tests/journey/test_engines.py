"""A real Spark session counts as DuckDB does: the same panel, the same broken rules, sums equal to 1e-9."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civic_ai.data.checks import count_broken
from civic_ai.data.contract import load_contracts
from civic_ai.data.counting import LOCAL, counted_by, open_counting
from civic_ai.data.snapshot import open_tables, take_snapshot
from civic_ai.panel.build import build_panel
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.records.contract import Contract
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs
from tests.journey.tiny import write_tiny_pilot

pytestmark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="Spark needs civic-ai[spark] and Java 17",
)
POLICY = Policy(policy="test", version="1", gates=())


@dataclass(frozen=True)
class City:
    pilot: Pilot
    snapshot: DataSnapshot
    blobs: Blobs


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("engines")
    pilot, blobs = load_pilot(write_tiny_pilot(folder / "pilot"), {}), Blobs(folder / "blobs")
    return City(pilot, take_snapshot(pilot, load_contracts(pilot), POLICY, blobs), blobs)


@pytest.fixture(params=[None, LOCAL], ids=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with counted_by(request.param):
        yield "duckdb" if request.param is None else "pyspark"


def test_the_panel_has_the_same_bytes(city: City) -> None:
    spec, blobs = city.pilot.spec, city.blobs
    here = build_panel(spec, city.snapshot, POLICY, blobs)
    with counted_by(LOCAL):
        there = build_panel(spec, city.snapshot, POLICY, blobs)
    assert there.blob == here.blob
    assert there.digest == here.digest


def test_sums_are_equal_to_a_billionth(city: City) -> None:
    found = []
    for master in (None, LOCAL):
        with counted_by(master):
            rows = open_tables(city.snapshot, city.blobs)["requests"]
            kept = rows.filter(rows.lat.notnull(), rows.lon.notnull()).mutate(day=rows.created_at.date())
            counts = kept.group_by(["area_id", "day"]).aggregate(
                n=kept.count(), north=kept.lat.sum(), east=kept.lon.mean()
            )
            made = counts.order_by(["area_id", "day"]).to_pyarrow().to_pydict()
            found.append(made)
    one, other = found
    assert len(one["n"]) > 1000
    assert [one[key] for key in ("area_id", "day", "n")] == [other[key] for key in ("area_id", "day", "n")]
    for column in ("north", "east"):
        assert other[column] == pytest.approx(one[column], rel=1e-9, abs=1e-9)


def test_sealed_tables_keep_their_contracts(city: City, engine: str) -> None:
    tables, contracts = open_tables(city.snapshot, city.blobs), load_contracts(city.pilot)
    assert open_counting().name == engine
    assert {name: count_broken(tables[name], contracts[name]) for name in tables} == dict.fromkeys(tables, ())


BROKEN = {
    "id": [1, 2, 3, 3, 5],
    "kind": ["a", "b", "z", "a", None],
    "people": [1, -2, 3, 900, None],
    "share": [0.5, 0.5, 1.5, None, None],
}
PROMISE: dict[str, Any] = {
    "id": {"type": "text", "unique": True, "personal": "identifier"},
    "kind": {"type": "text", "allowed": ["a", "b"]},
    "people": {"type": "integer", "min": "0", "max": "100"},
    "share": {"type": "number", "blank": "missing", "max": "1"},
    "gone": {"type": "text", "drop": True},
}


def test_each_broken_rule_is_counted(tmp_path: Path, engine: str) -> None:
    pq.write_table(pa.table(BROKEN), tmp_path / "table.parquet")
    backend = open_counting()
    assert backend.name == engine
    table = backend.read_parquet(tmp_path / "table.parquet", table_name="broken")
    contract = Contract.model_validate({"about": "x", "columns": PROMISE})
    counts = {f"{count.rule}:{count.column}": count.rows for count in count_broken(table, contract)}
    assert counts == {
        "blank:kind": 1,
        "allowed:kind": 1,
        "blank:people": 1,
        "min:people": 1,
        "max:people": 1,
        "max:share": 1,
        "unique:id": 2,
    }
