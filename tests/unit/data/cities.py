"""Small files, contracts and pilots for the tests of reading."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from civic_ai.data.engine import open_scratch
from civic_ai.data.stream import RawFile
from civic_ai.data.tables import read_text_table
from civic_ai.data.typed import type_table
from civic_ai.data.types import Reading
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.records.contract import Contract
from civic_ai.records.policy import Limits, Policy
from civic_ai.store.blobs import Blobs


def contract(columns: Mapping[str, Any], **parts: Any) -> Contract:
    """A contract; a column given as a word is of that type."""
    full = {
        name: {"type": value} if isinstance(value, str) else dict(value) for name, value in columns.items()
    }
    return Contract.model_validate({"about": "x", "columns": full, **parts})


def texts(*names: str, **parts: Any) -> Contract:
    """A contract of text columns in which a cell may be empty."""
    return contract({name: {"type": "text", "blank": "missing"} for name in names}, **parts)


def written(folder: Path, content: bytes, name: str = "table.csv") -> RawFile:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content)
    return RawFile(path, name)


def read_rows(raw: RawFile, promise: Contract, folder: Path) -> list[tuple[Any, ...]]:
    """The text cells that a strict reading gives, in the contract's order of columns."""
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        table = read_text_table(backend, [raw], promise, "t")
        columns = ", ".join(f'"{name}"' for name in promise.columns)
        return backend.con.execute(f"SELECT {columns} FROM {table.name} ORDER BY rowid").fetchall()


def typed_values(
    cells: list[str], column: Mapping[str, Any], folder: Path, *, zones: str = "UTC UTC", **file: Any
) -> list[tuple[Any, bool]]:
    """Each cell as typed value and whether it is broken; ``zones`` are the file's and the pilot's."""
    promise = contract({"n": "integer", "c": {"blank": "missing", **column}}, file=file)
    lines = ["n|c" if "delimiter" in file else "n\tc", *(f"{i}\t{cell}" for i, cell in enumerate(cells))]
    promise = promise.model_copy(update={"file": promise.file.model_copy(update={"kind": "tsv"})})
    raw = written(folder, "\n".join(lines).encode() + b"\n")
    zone, pilot_zone = zones.split()
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        text = read_text_table(backend, [raw], promise, "t")
        typed = type_table(backend, text, promise, Reading(promise.file, zone, pilot_zone))
        broken = '"#broken c"' if column["type"] != "text" else "false"
        return backend.con.execute(f"SELECT c, {broken} FROM {typed.name} ORDER BY n").fetchall()


POLICY = Policy(policy="test", version="1", gates=(), limits=Limits(training_events=10))

AREAS_CONTRACT = """about: Areas
publisher: A city
licence: CC0
columns:
  area_id: {type: text, unique: true}
  people: {type: integer, min: "0"}
"""
REQUESTS_CONTRACT = """about: Requests
publisher: A city
licence: CC0
columns:
  request_id: {type: text, unique: true, personal: identifier}
  kind: {type: text, allowed: [pothole, light]}
  created_at: {type: timestamp}
  area_id: {type: text, blank: missing}
  lat: {type: number, blank: missing, min: "-90", max: "90"}
  lon: {type: number, blank: missing, min: "-180", max: "180"}
quarantine_share: 0.2
"""
PILOT = """pilot: tiny
title: Which cells?
decision: Crews go there
never_for: [fines]
intervention: assistive
owner: A city
contact: a@example.org
locale: en-US
time_zone: UTC
unit: {name: cell, from: requests, grid: {lat: lat, lon: lon, size_m: 500}, inside: areas}
sources:
  requests: {path: requests.csv, contract: contracts/requests.yaml, known_at: created_at}
  areas: {path: areas.csv, polygons: areas.geojson, key: area_id, contract: contracts/areas.yaml}
label: {from: requests, where: "kind == 'pothole'", horizon_days: 7, kind: event}
as_of: {first: 2021-01-04, last: 2021-12-27, every_days: 7}
features:
  - {from: requests, count_days: [28]}
models: {candidates: [lightgbm]}
validation: {splits: 2, test_days: 28, lockbox_days: 28}
capacity: {units_per_period: 2, who: a crew}
objective: recall_at_capacity
audit:
  attributes:
    size: {from: areas, column: people, quantiles: 2, reference_group: q1}
review: {languages: [en]}
seed: 1
"""
SQUARES = (
    b'{"type":"FeatureCollection","features":['
    b'{"type":"Feature","properties":{"area_id":1},"geometry":{"type":"Polygon",'
    b'"coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},'
    b'{"type":"Feature","properties":{"area_id":2},"geometry":{"type":"Polygon",'
    b'"coordinates":[[[1,0],[2,0],[2,1],[1,1],[1,0]]]}}]}'
)


def request_lines(rows: int) -> list[str]:
    """Lines of a request table without its header: one request a day and place, all different."""
    return [
        f"R{i:05d},{'pothole' if i % 2 else 'light'},2021-{i // 28 % 12 + 1:02d}-{i % 28 + 1:02d} "
        f"{i % 24:02d}:{i * 7 % 60:02d}:00,{i % 2 + 1},{(i % 100) / 100},{(i % 190) / 100}"
        for i in range(rows)
    ]


def pilot_folder(folder: Path, rows: list[str] | None = None) -> Path:
    """A whole tiny pilot with two areas and requests; returns its folder."""
    lines = request_lines(300) if rows is None else rows
    header = "request_id,kind,created_at,area_id,lat,lon"
    (folder / "contracts").mkdir(parents=True)
    (folder / "pilot.yaml").write_text(PILOT)
    (folder / "contracts" / "requests.yaml").write_text(REQUESTS_CONTRACT)
    (folder / "contracts" / "areas.yaml").write_text(AREAS_CONTRACT)
    (folder / "requests.csv").write_text("\n".join([header, *lines]) + "\n")
    (folder / "areas.csv").write_text("area_id,people\n1,100\n2,200\n")
    (folder / "areas.geojson").write_bytes(SQUARES)
    return folder


def tiny_pilot(folder: Path, rows: list[str] | None = None) -> Pilot:
    """The pilot of :func:`pilot_folder`, loaded."""
    return load_pilot(pilot_folder(folder, rows), {})
