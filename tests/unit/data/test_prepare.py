from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.data.contract import load_contracts
from civic_ai.data.engine import open_scratch
from civic_ai.data.prepare import find_in_source, prepare_source, refuse_too_little
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.records.snapshot import Finding
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import REQUESTS_CONTRACT, pilot_folder, request_lines, tiny_pilot


def found(pilot: Pilot, name: str, folder: Path) -> dict[str, Finding]:
    blobs = Blobs(folder / "blobs")
    with open_scratch(blobs) as (backend, _):
        made = prepare_source(backend, pilot, name, load_contracts(pilot)[name], blobs)
        return {one.code: one for one in find_in_source(backend, pilot, made)}


def with_contract(folder: Path, old: str, new: str) -> Pilot:
    pilot_folder(folder)
    assert old in REQUESTS_CONTRACT
    (folder / "contracts" / "requests.yaml").write_text(REQUESTS_CONTRACT.replace(old, new))
    return load_pilot(folder, {})


def test_a_source_is_counted_from_file_to_sound_rows(tmp_path: Path) -> None:
    lines = request_lines(50)
    rows = [*lines, lines[0], lines[1], "broken", "R99999,hole,2021-05-05,1,0.5,0.5"]
    pilot, blobs = tiny_pilot(tmp_path / "p", rows), Blobs(tmp_path / "blobs")
    with open_scratch(blobs) as (backend, _):
        made = prepare_source(backend, pilot, "requests", load_contracts(pilot)["requests"], blobs)
    assert (made.rows_read, made.rows, made.quarantined, made.typed.duplicates) == (54, 50, 2, 2)
    assert made.rows_read == made.rows + made.quarantined + made.typed.duplicates
    assert made.quarantined_share == round(2 / 54, 6)
    assert [(count.rule, count.column, count.rows) for count in made.broken_rules] == [
        ("wrong_width", None, 1),
        ("allowed", "kind", 1),
    ]
    assert made.period is not None
    assert made.period.first.isoformat() == "2021-01-01"


def test_findings_say_what_a_reader_should_know(tmp_path: Path) -> None:
    pilot = with_contract(tmp_path / "p", "licence: CC0", "freshness: {column: created_at, within_days: 3}")
    made = found(pilot, "requests", tmp_path)
    assert {"no_licence", "stale"} <= made.keys()
    assert made["stale"].values == {"newest": "2021-11-20", "count": 37}
    assert "no_publisher" not in made


def test_a_static_source_and_its_areas(tmp_path: Path) -> None:
    pilot = tiny_pilot(tmp_path / "p")
    (tmp_path / "p" / "areas.csv").write_text("area_id,people\n1,100\n3,200\n4,1\n")
    made = found(pilot, "areas", tmp_path)
    assert made.keys() == {"static_source", "areas_without_polygon", "polygons_without_area"}
    assert (made["areas_without_polygon"].count, made["polygons_without_area"].count) == (2, 1)


def test_a_clean_source_has_no_finding(tmp_path: Path) -> None:
    assert found(tiny_pilot(tmp_path / "p"), "requests", tmp_path) == {}


def test_columns_that_look_personal_stop_with_the_line_of_the_contract(tmp_path: Path) -> None:
    pilot = with_contract(
        tmp_path / "p",
        "area_id: {type: text, blank: missing}",
        "area_id: {type: text, blank: missing, header: email}",
    )
    path = tmp_path / "p" / "requests.csv"
    path.write_text(path.read_text().replace("area_id", "email"))
    with pytest.raises(ConfigError, match=r"requests\.area_id: looks personal: an e-mail address") as caught:
        found(pilot, "requests", tmp_path)
    place = caught.value.mistakes[0].place
    assert place is not None
    assert place.line == 8


@pytest.mark.parametrize(("broken", "is_refused"), [(75, False), (76, True)])
def test_the_declared_share_decides(broken: int, is_refused: bool, tmp_path: Path) -> None:
    rows = [
        *request_lines(300),
        *(f"X{i},hole,2021-05-05 00:00:{i % 60:02d},1,,{i / 100}" for i in range(broken)),
    ]
    pilot = tiny_pilot(tmp_path / "p", rows)
    if is_refused:
        with pytest.raises(DataError, match="76 rows break the rule 'allowed'"):
            found(pilot, "requests", tmp_path)
    else:
        assert found(pilot, "requests", tmp_path)["quarantined_rows"].share == 0.2


def test_a_table_without_a_sound_row_is_refused(tmp_path: Path) -> None:
    pilot = with_contract(tmp_path / "p", "quarantine_share: 0.2", "quarantine_share: 1")
    (tmp_path / "p" / "requests.csv").write_text("request_id,kind,created_at,area_id,lat,lon\nR1,hole,,,,\n")
    with pytest.raises(DataError, match="holds no row that keeps the contract"):
        found(pilot, "requests", tmp_path)


@pytest.mark.parametrize(("needed", "is_enough"), [(20, True), (21, False)])
def test_too_few_rows_say_how_many_it_would_take(needed: int, is_enough: bool, tmp_path: Path) -> None:
    rows = [*request_lines(20), "R90000,light,2022-01-05 00:00:00,1,0.5,0.5"]
    pilot, blobs = tiny_pilot(tmp_path / "p", rows), Blobs(tmp_path / "blobs")
    with open_scratch(blobs) as (backend, _):
        made = prepare_source(backend, pilot, "requests", load_contracts(pilot)["requests"], blobs)
        if is_enough:
            refuse_too_little(backend, pilot, made, needed)
        else:
            with pytest.raises(
                DataError, match="holds 20 rows until 2021-12-27, but a model needs at least 21 events"
            ):
                refuse_too_little(backend, pilot, made, needed)
