from __future__ import annotations

import os
import random
from datetime import datetime
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of, digest_of_file
from civic_ai.core.errors import ConfigError, DataError, RefusedError
from civic_ai.data.contract import load_contracts
from civic_ai.data.snapshot import count_unlicensed, open_tables, take_snapshot
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.records.contract import Contract
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import PILOT, POLICY, REQUESTS_CONTRACT, pilot_folder, request_lines, tiny_pilot

DATA = Path(os.environ.get("CIVIC_AI_DATA", Path(__file__).parents[3].parent / "shared" / "data"))


def snap(pilot: Pilot, blobs: Blobs) -> DataSnapshot:
    return take_snapshot(pilot, load_contracts(pilot), POLICY, blobs)


def test_what_was_handed_over_can_be_opened_again(tmp_path: Path) -> None:
    pilot, blobs = tiny_pilot(tmp_path / "p"), Blobs(tmp_path / "blobs")
    made = snap(pilot, blobs)
    tables = open_tables(made, blobs)
    assert list(tables) == ["requests", "areas"]
    rows = tables["requests"].to_pyarrow().to_pylist()
    assert len(rows) == made.source("requests").rows == 300
    shown = [line.split(",") for line in request_lines(300)]
    expected = [
        (kind, datetime.fromisoformat(at), area, float(lat), float(lon))
        for _, kind, at, area, lat, lon in shown
    ]
    assert sorted(tuple(row.values())[1:] for row in rows) == sorted(expected)
    assert sorted(row["request_id"] for row in rows) == list(range(1, 301))
    assert made.spec == pilot.spec.digest
    assert (made.worst_quarantined_share, made.sources_without_licence, made.has_owner) == (0.0, 0, True)


def test_each_digest_leads_to_its_thing(tmp_path: Path) -> None:
    pilot, blobs = tiny_pilot(tmp_path / "p", [*request_lines(99), "broken"]), Blobs(tmp_path / "blobs")
    source = snap(pilot, blobs).source("requests")
    assert blobs.record(Contract, source.contract_digest) == load_contracts(pilot)["requests"]
    assert source.quarantine_blob is not None
    assert blobs.table(source.quarantine_blob).to_pylist() == [
        {"file": "requests.csv", "line": 101, "rules": "wrong_width", "raw": None}
    ]
    areas = snap(pilot, blobs).source("areas")
    assert areas.polygons_blob is not None
    assert b"MultiPolygon" in blobs.get(areas.polygons_blob)


def test_the_same_rows_in_any_order_give_the_same_blobs(tmp_path: Path) -> None:
    digests, quarantined = set(), set()
    for seed in range(4):
        lines = [
            *request_lines(280),
            *(f"X{i},hole,2021-05-05 00:00:{i:02d},1,,{i / 100}" for i in range(20)),
        ]
        random.Random(seed).shuffle(lines)
        made = snap(tiny_pilot(tmp_path / f"p{seed}", lines), Blobs(tmp_path / f"blobs{seed}"))
        digests.add(made.source("requests").blob)
        quarantined.add((made.source("requests").quarantined, str(made.findings)))
    assert len(digests) == len(quarantined) == 1


def test_the_order_and_form_of_the_file_do_not_matter(tmp_path: Path) -> None:
    first = snap(tiny_pilot(tmp_path / "a"), Blobs(tmp_path / "blobs")).source("requests")
    pilot = tiny_pilot(tmp_path / "b")
    path = tmp_path / "b" / "requests.csv"
    rows = [line.split(",")[::-1] for line in path.read_text().splitlines()]
    path.write_bytes("\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode() + b"\r\n")
    second = snap(pilot, Blobs(tmp_path / "blobs")).source("requests")
    assert first.blob == second.blob
    assert first.raw_digest != second.raw_digest


def test_no_raw_identifier_and_no_dropped_column_is_kept(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p", [*request_lines(99), "R777777,hole,2021-05-05,1,,0", "R888888"])
    text = REQUESTS_CONTRACT.replace(
        "area_id: {type: text, blank: missing}", "area_id: {type: text, drop: true}"
    )
    (folder / "contracts" / "requests.yaml").write_text(text)
    blobs = Blobs(tmp_path / "blobs")
    source = snap(load_pilot(folder, {}), blobs).source("requests")
    assert source.dropped_columns == ("area_id",)
    assert source.columns == ("request_id", "kind", "created_at", "lat", "lon")
    cells = [
        str(value)
        for digest in (source.blob, source.quarantine_blob)
        for row in blobs.table(digest or "").to_pylist()
        for value in row.values()
    ]
    assert not [cell for cell in cells if "R0" in cell or "R7" in cell or "R8" in cell]


def test_codes_link_rows_but_do_not_follow_the_order_of_names(tmp_path: Path) -> None:
    text = REQUESTS_CONTRACT.replace(
        "area_id: {type: text, blank: missing}", "area_id: {type: text, blank: missing, personal: identifier}"
    )
    lines = [
        line.replace(",1,0", f",A{i % 9},0").replace(",2,0", f",A{i % 9},0")
        for i, line in enumerate(request_lines(90))
    ]
    folder = pilot_folder(tmp_path / "p", lines)
    (folder / "contracts" / "requests.yaml").write_text(text)
    blobs = Blobs(tmp_path / "blobs")
    rows = open_tables(snap(load_pilot(folder, {}), blobs), blobs)["requests"].to_pyarrow().to_pylist()
    by_time = {(row["created_at"], row["lat"]): row["area_id"] for row in rows}
    shown = [line.split(",") for line in lines]
    pairs = {(cells[3], by_time[datetime.fromisoformat(cells[2]), float(cells[4])]) for cells in shown}
    assert len(pairs) == 9
    codes = [code for _, code in sorted(pairs)]
    assert sorted(codes) == list(range(1, 10))
    assert codes != sorted(codes)


def test_mistakes_of_all_sources_come_together_and_nothing_is_sealed(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    (folder / "requests.csv").write_text("a,b\n1,2\n")
    (folder / "areas.csv").write_text("area_id,people\n1,-5\n")
    blobs = Blobs(tmp_path / "blobs")
    with pytest.raises(DataError) as caught:
        snap(load_pilot(folder, {}), blobs)
    places = {str(mistake.place).split(":")[0] for mistake in caught.value.mistakes}
    assert places == {"requests.csv", "areas.csv"}
    assert list(blobs.folder.iterdir()) == []


def test_personal_columns_stop_before_anything_is_sealed(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    (folder / "areas.csv").write_text("area_id,people,owner_name\n1,5,Ana\n2,6,Juan\n")
    path = folder / "contracts" / "areas.yaml"
    path.write_text(path.read_text() + "  owner_name: {type: text}\n")
    blobs = Blobs(tmp_path / "blobs")
    with pytest.raises(ConfigError, match=r"areas\.owner_name: looks personal"):
        snap(load_pilot(folder, {}), blobs)
    assert list(blobs.folder.iterdir()) == []


def test_an_altered_blob_is_not_opened(tmp_path: Path) -> None:
    pilot, blobs = tiny_pilot(tmp_path / "p"), Blobs(tmp_path / "blobs")
    made = snap(pilot, blobs)
    path = blobs.path(made.source("areas").blob)
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    with pytest.raises(RefusedError, match="was altered"):
        open_tables(made, blobs)


def test_coordinates_are_compared_with_the_areas_of_the_grid(tmp_path: Path) -> None:
    rows = [*request_lines(100), "R90000,light,2021-05-05 00:00:00,1,45.5,0.5"]
    made = snap(tiny_pilot(tmp_path / "p", rows), Blobs(tmp_path / "blobs"))
    assert [(one.code, one.count) for one in made.findings if one.source == "requests"] == [
        ("outside_areas", 1)
    ]


def test_the_example_city_goes_the_same_way(tmp_path: Path) -> None:
    """Its tiny size, with the contracts that the example pilot ships."""
    shipped = Path(__file__).parents[3] / "pilots" / "example-potholes"
    folder = tmp_path / "p"
    (folder / "contracts").mkdir(parents=True)
    for path in shipped.glob("contracts/*.yaml"):
        (folder / "contracts" / path.name).write_bytes(path.read_bytes())
    (folder / "pilot.yaml").write_text(
        (shipped / "pilot.yaml").read_text().replace("size: standard", "size: tiny")
    )
    blobs = Blobs(tmp_path / "workspace" / "blobs")
    made = snap(load_pilot(folder, {}), blobs)
    assert {source.name: source.quarantined for source in made.sources} == {
        "requests": 0,
        "areas": 0,
        "weather": 0,
    }
    assert made == snap(load_pilot(folder, {}), Blobs(tmp_path / "other" / "blobs"))


HOUSTON = """about: Requests to Houston's 311 line about potholes and flooding
publisher: City of Houston 311
columns:
  request_id: {type: text, unique: true, personal: identifier}
  kind: {type: text, header: request_type, allowed: [pothole, flooding]}
  created_at: {type: timestamp, min: "2011-09-01"}
  due_at: {type: timestamp, known: afterwards}
  closed_at: {type: timestamp, known: afterwards}
  status: {type: text, known: afterwards}
  sla_days: {type: number, known: afterwards}
  overdue_days: {type: number, known: afterwards}
  channel: {type: text, blank: missing}
  queue: {type: text, known: afterwards}
  council_district: {type: text, blank: missing}
  neighborhood_raw: {type: text, blank: missing}
  area_id: {type: text, blank: missing}
  zip: {type: text, blank: missing}
  lat: {type: number, blank: missing, min: "29", max: "31"}
  lon: {type: number, blank: missing, min: "-96.5", max: "-94.5"}
freshness: {column: created_at, within_days: 60}
"""


@pytest.mark.data
def test_houston_as_it_was_handed_over(tmp_path: Path) -> None:
    """Counts from its PROVENANCE (69,714 rows) and from a plain reading with Python's csv module."""
    if not (DATA / "houston").is_dir():
        pytest.skip(f"no data folder at {DATA}: set CIVIC_AI_DATA")
    folder = pilot_folder(tmp_path / "p")
    (folder / "contracts" / "requests.yaml").write_text(HOUSTON)
    text = PILOT.replace("path: requests.csv", 'path: "${D}/houston/requests_2011_2018.csv.gz"')
    (folder / "pilot.yaml").write_text(
        text.replace("seed: 1", "seed: 1\nvariables: {D: the data folder}").replace("2021-", "2018-")
    )
    made = snap(load_pilot(folder, {"D": str(DATA)}), Blobs(tmp_path / "blobs"))
    source = made.source("requests")
    assert (source.rows_read, source.duplicates, source.quarantined, source.rows) == (
        69_714,
        5_200,
        8,
        64_506,
    )
    assert [(count.rule, count.column, count.rows) for count in source.broken_rules] == [
        ("unique", "request_id", 8)
    ]
    bursts = {str(one.values["week"]) for one in made.findings if one.code == "burst"}
    assert {"2017-08-21", "2017-08-28", "2017-09-11"} <= bursts, "the weeks of the hurricane"
    assert {one.code for one in made.findings if one.source == "requests"} >= {
        "exact_duplicates",
        "no_licence",
    }


@pytest.mark.parametrize(
    ("words", "without"),
    [
        ([("CC-BY-4.0", "City"), ("Public domain", "Bureau")], 0),
        ([("CC-BY-4.0", "City"), (None, "Bureau")], 1),
        ([("CC-BY-4.0", None), (" ", "Bureau")], 2),
        ([("CC-BY-4.0", "City"), ("unknown", "Bureau")], None),
        ([("CC-BY-4.0", "City"), ("ODbL", " Unknown ")], None),
        ([("unknown", "City"), (None, "Bureau")], 1),
    ],
)
def test_sources_without_licence_or_publisher_are_counted_unless_nobody_knows(
    words: list[tuple[str | None, str | None]], without: int | None
) -> None:
    columns = {"a": {"type": "text"}}
    contracts = [
        Contract.model_validate(
            {"about": "a", "licence": licence, "publisher": publisher, "columns": columns}
        )
        for licence, publisher in words
    ]
    assert count_unlicensed(contracts) == without


@pytest.mark.parametrize(("broken", "share"), [(0, None), (2, None), (30, 0.1)])
def test_nobody_knows_whether_a_contract_that_promises_nothing_was_held(
    broken: int, share: float | None, tmp_path: Path
) -> None:
    """But a contract that was broken more than the policy allows was broken, whatever another says."""
    lines = [*request_lines(300 - broken), *(f"X{i},dragon,2021-05-05,1,," for i in range(broken))]
    pilot = tiny_pilot(tmp_path / "p", lines)
    contracts = load_contracts(pilot)
    columns = {
        name: column.model_copy(update={"type": "text", "blank": "missing", "unique": False, "min": None})
        for name, column in contracts["areas"].columns.items()
    }
    silent = contracts["areas"].model_copy(update={"columns": columns, "unique": ()})
    loose = contracts["requests"].model_copy(update={"quarantine_share": 0.5})
    made = take_snapshot(pilot, {"requests": loose, "areas": silent}, POLICY, Blobs(tmp_path / "blobs"))
    assert made.source("requests").quarantined == broken
    assert made.worst_quarantined_share == share


def in_parts(folder: Path, *contents: list[str], name: str = "requests_*.csv") -> Pilot:
    """The tiny pilot with its requests in one file a list of lines."""
    pilot_folder(folder)
    (folder / "requests.csv").unlink()
    spec = (folder / "pilot.yaml").read_text().replace("path: requests.csv", f"path: {name}")
    (folder / "pilot.yaml").write_text(spec)
    for year, lines in enumerate(contents, start=2015):
        header = "request_id,kind,created_at,area_id,lat,lon"
        (folder / f"requests_{year}.csv").write_text("\n".join([header, *lines]) + "\n")
    return load_pilot(folder, {})


def test_several_files_are_one_source(tmp_path: Path) -> None:
    lines = request_lines(300)
    whole = snap(tiny_pilot(tmp_path / "one", lines), Blobs(tmp_path / "blobs")).source("requests")
    pilot = in_parts(tmp_path / "parts", lines[:100], lines[100:170], [*lines[170:], lines[3]])
    parts = snap(pilot, Blobs(tmp_path / "blobs")).source("requests")
    assert parts.blob == whole.blob
    assert (parts.rows_read, parts.rows, parts.duplicates) == (301, 300, 1)
    assert list(parts.raw_files) == [f"requests_{year}.csv" for year in (2015, 2016, 2017)]
    folder = tmp_path / "parts"
    assert all(digest_of_file(folder / name) == digest for name, digest in parts.raw_files.items())
    assert parts.raw_digest == digest_of(parts.raw_files)
    assert whole.raw_digest == whole.raw_files["requests.csv"]


def test_what_is_wrong_is_named_with_its_own_file(tmp_path: Path) -> None:
    lines = request_lines(60)
    unknown = "R99999,hole,2021-05-05,1,0.5,0.5"
    pilot = in_parts(tmp_path / "p", lines[:30], [*lines[30:], "broken", unknown], [lines[0]])
    blobs = Blobs(tmp_path / "blobs")
    source = snap(pilot, blobs).source("requests")
    assert source.quarantine_blob is not None
    rows = [
        (row["file"], row["line"], row["rules"]) for row in blobs.table(source.quarantine_blob).to_pylist()
    ]
    assert rows == [
        ("requests_2016.csv", 32, "wrong_width"),
        ("requests_2016.csv", 33, "allowed:kind"),
        ("requests_2017.csv", 2, "exact_duplicate"),
    ]


def test_mistakes_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    pilot = in_parts(tmp_path / "p", request_lines(30), request_lines(30), ["x"])
    (tmp_path / "p" / "requests_2015.csv").write_text("request_id\n1\n")
    with pytest.raises(DataError) as caught:
        snap(pilot, Blobs(tmp_path / "blobs"))
    places = {mistake.place.file for mistake in caught.value.mistakes if mistake.place}
    assert places == {"requests_2015.csv", "requests_2017.csv"}


def test_a_pattern_that_fits_no_file_is_said_with_its_path(tmp_path: Path) -> None:
    pilot = in_parts(tmp_path / "p", name="inquiries_*.csv")
    with pytest.raises(DataError, match=r"(?s)inquiries_\*.csv: is not there.*in inquiries_\*.csv"):
        snap(pilot, Blobs(tmp_path / "blobs"))
