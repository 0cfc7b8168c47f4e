"""Structural pass, whole ingest and counts from the snapshot, beside DuckDB, pandas and polars."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from city import Sealed, sealed, unseal, write_pilot
from measure import alternately, measured_child, ratio, write_results
from requests_file import contract, write_requests

from civic_ai.data.checks import count_broken
from civic_ai.data.contract import load_contract, load_contracts
from civic_ai.data.snapshot import open_tables
from civic_ai.data.stream import RawFile
from civic_ai.data.verified import write_verified
from civic_ai.panel.cube import count_daily
from civic_ai.panel.known import City, known_rows
from civic_ai.panel.units import make_units
from civic_ai.records.contract import Contract

MILLION = 1_000_000
Row = dict[str, Any]
Counted = tuple[Any, Any, Any]


def main() -> None:
    """Everything, in a folder that vanishes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*_structural(folder), *_whole(folder), *_counts(folder / "million", 1, rounds=7)]
        rows += _ten_millions(folder)
    write_results(__file__, rows)


def _structural(folder: Path) -> list[Row]:
    """The strict pass over a million rows, beside readers that check nothing of the kind."""
    (folder / "contract.yaml").write_text(contract())
    promise = load_contract(folder / "contract.yaml", "contract.yaml")
    write_requests(folder / "plain.csv", MILLION)
    write_requests(folder / "quoted.csv", MILLION, "everywhere")
    quoted = (folder / "quoted.csv").read_bytes()
    (folder / "letters.csv").write_bytes(quoted.replace(b"resident", "cidadão".encode()))
    (folder / "lines.csv").write_bytes(quoted.replace(b"item 1", b"item\n1"))
    kinds = ("plain", "quoted", "letters", "lines")
    return [row for kind in kinds for row in _read(folder / f"{kind}.csv", promise)]


def _read(path: Path, promise: Contract) -> list[Row]:
    sides: dict[str, Callable[[], int]] = {
        "structural pass": lambda: (
            write_verified(RawFile(path, path.name), promise, path.parent / "copy").rows
        ),
        "duckdb csv": lambda: _duckdb_csv(path),
        "pandas csv": lambda: len(pd.read_csv(path, dtype=str)),
        "polars csv": lambda: pl.read_csv(path, infer_schema=False).height,
    }
    times = alternately(sides, rounds=3)
    assert {spent.result for spent in times.values()} == {MILLION}, path.stem
    return [
        {
            "part": f"read 1M rows, {path.stem}",
            "side": side,
            **spent.row(),
            "million_rows_a_cpu_s": round(float(1 / np.median(spent.cpu)), 2),
            "ours_over_it": ratio(times["structural pass"], spent),
        }
        for side, spent in times.items()
    ]


def _duckdb_csv(path: Path) -> int:
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in pd.read_csv(path, nrows=0).columns)
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', columns={{{columns}}}, header=true, "
            "auto_detect=false, delim=',', quote='\"', escape='\"', "
            f"parallel={str(path.stem != 'lines').lower()})"
        )
        return int(connection.execute("SELECT count(*) FROM t").fetchall()[0][0])


def _whole(folder: Path) -> list[Row]:
    """From file to sealed snapshot, beside DuckDB's bare way from CSV to sorted Parquet."""
    pilot, target = write_pilot(folder / "million", MILLION), folder / "bare.parquet"

    def bare() -> int:
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (FROM '{pilot / 'requests.csv'}' ORDER BY ALL) TO '{target}' (COMPRESSION zstd)"
            )
            return int(connection.execute(f"SELECT count(*) FROM '{target}'").fetchall()[0][0])

    sides: dict[str, Callable[[], int]] = {
        "snapshot": lambda: sealed(unseal(pilot)).snapshot.source("requests").rows,
        "duckdb, csv to sorted parquet": bare,
    }
    times = alternately(sides, rounds=3)
    assert {spent.result for spent in times.values()} == {MILLION}
    return [
        {
            "part": "file to sealed snapshot, 1M rows",
            "side": side,
            **spent.row(),
            "million_rows_a_cpu_s": round(float(1 / np.median(spent.cpu)), 2),
            "ours_over_it": ratio(times["snapshot"], spent),
        }
        for side, spent in times.items()
    ]


def _counts(folder: Path, millions: int, rounds: int) -> list[Row]:
    """Rows by area and day from the sealed table: with its digest checked, and with its rules asked again."""
    sides = _counting_sides(folder)
    times = alternately(sides, rounds)
    keys = {side: _in_order(spent.result) for side, spent in times.items()}
    assert all(np.array_equal(keys["bare duckdb"], found) for found in keys.values())
    assert keys["bare duckdb"][1].sum() == millions * MILLION
    return [
        {
            "part": f"counts by area and day, {millions}M rows",
            "side": side,
            **spent.row(),
            "ours_over_it": ratio(times["checked counts"], spent),
        }
        for side, spent in times.items()
    ]


def _counting_sides(folder: Path) -> dict[str, Callable[[], Counted]]:
    city = sealed(folder)
    path = city.blobs.path(city.snapshot.source("requests").blob)
    promise = load_contracts(city.pilot)["requests"]

    def asked_again() -> Counted:
        assert not count_broken(open_tables(city.snapshot, city.blobs)["requests"], promise)
        return _count(city)

    def bare() -> Counted:
        days = "SELECT area_id, CAST(created_at AS DATE) AS day, count(*) AS n"
        with duckdb.connect() as connection:
            found = connection.sql(f"{days} FROM read_parquet('{path}') GROUP BY ALL").to_arrow_table()
        return found["area_id"].to_numpy(), found["day"].to_numpy(), found["n"].to_numpy()

    def pandas() -> Counted:
        frame = pd.read_parquet(path, columns=["area_id", "created_at"])
        found = frame.groupby(["area_id", frame["created_at"].dt.normalize()]).size()
        return (
            found.index.get_level_values(0).to_numpy(),
            found.index.get_level_values(1).to_numpy(),
            found.to_numpy(),
        )

    def polars() -> Counted:
        found = pl.scan_parquet(path).group_by("area_id", pl.col("created_at").dt.date()).len().collect()
        return found["area_id"].to_numpy(), found["created_at"].to_numpy(), found["len"].to_numpy()

    return {
        "checked counts": lambda: _count(city),
        "checked counts, rules asked again": asked_again,
        "bare duckdb": bare,
        "pandas": pandas,
        "polars": polars,
    }


def _count(sealed_city: Sealed) -> Counted:
    """As every stage after the snapshot does it: digests checked, places found, rows counted."""
    city = City(sealed_city.pilot.spec, open_tables(sealed_city.snapshot, sealed_city.blobs))
    units = make_units(city, sealed_city.snapshot, sealed_city.blobs)
    counts = count_daily(known_rows(city, "requests"), units)
    area = units.frame["unit"].astype(int).to_numpy()[counts.unit]
    return area, counts.day.astype("datetime64[D]"), counts.n


def _in_order(counted: Counted) -> Any:
    """Key (area and day in one number) and count, in the order of the keys."""
    area, day, n = counted
    key = area.astype(np.int64) * 100_000 + day.astype("datetime64[D]").astype(np.int64)
    order = np.argsort(key)
    return np.stack([key[order], n[order].astype(np.int64)])


def _ten_millions(folder: Path) -> list[Row]:
    """Ten million requests: peak memory of ingest and counts, in processes of their own; then counts."""
    ten = write_pilot(folder / "ten", 10 * MILLION)
    found: list[Row] = []
    for part in ("ingest", "count"):
        cpu, wall, peak = measured_child([part, str(ten)])
        shown = {"part": f"{part} of 10M rows, a process of its own", "side": "ours"}
        found.append(shown | {"cpu_s": cpu, "wall_s": wall, "peak_mb": peak})
    (ten / "requests.csv").unlink()
    return [*found, *_counts(ten, 10, rounds=3)]


def _child(part: str, folder: Path) -> None:
    city = sealed(folder)
    rows = city.snapshot.source("requests").rows if part == "ingest" else int(_count(city)[2].sum())
    assert rows == 10 * MILLION, rows


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
