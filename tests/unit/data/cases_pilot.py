"""A tiny pilot whose units are cases, as files, for tests of what it may look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.unit.data.cities import AREAS_CONTRACT

CONTRACT = """about: Requests
publisher: A city
licence: CC0
columns:
  request_id: {type: text, unique: true, personal: identifier}
  kind: {type: text}
  office: {type: text, blank: missing}
  size: {type: number, blank: missing}
  created_at: {type: timestamp}
  closed_at: {type: timestamp, blank: not_yet}
  due_at: {type: timestamp, blank: missing}
  late: {type: flag, blank: missing}
  fee: {type: number, blank: missing, known: afterwards}
  area_id: {type: text, blank: missing}
  lat: {type: number, blank: missing}
  lon: {type: number, blank: missing}
"""
CASES = """pilot: tiny-cases
title: Which case first?
decision: Crews go there
never_for: [fines]
intervention: assistive
owner: A city
contact: a@example.org
locale: en-US
time_zone: UTC
unit: {name: case, from: requests, case: [request_id], due_on: due_at, area: area_id, inside: areas}
sources:
  requests: {path: requests.csv, contract: contracts/requests.yaml, known_at: created_at}
  areas: {path: areas.csv, polygons: areas.geojson, key: area_id, contract: contracts/areas.yaml}
label: {from: requests, where: late == True, known_at: closed_at, horizon_days: 7, kind: event}
as_of: {first: 2021-01-04, last: 2021-12-27, every_days: 7}
features:
  - {from: requests, columns: [size]}
  - {from: requests, categories: [kind]}
models: {candidates: [lightgbm], rate_by: kind}
validation: {splits: 2, test_days: 28, lockbox_days: 28}
capacity: {units_per_period: 2, who: a crew}
objective: recall_at_capacity
audit:
  observer: office
  attributes:
    size: {from: areas, column: people, quantiles: 2, reference_group: q1}
review: {languages: [en]}
seed: 1
"""
DURATIONS: Mapping[str, str] = {
    "where: late == True, known_at: closed_at, ": "ended_at: closed_at, ",
    "kind: event": "kind: duration",
    "due_on: due_at, ": "",
    "candidates: [lightgbm]": "candidates: [lightgbm_hazard]",
    "{units_per_period: 2, who: a crew}": "{who: a crew}",
    "recall_at_capacity": "integrated_brier_score",
}
HEXAGONS = "hexagons: {lat: lat, lon: lon, resolution: 8}"
TYPED = "area: area_id, types: {column: kind, values: {tree: [tree], road: [road]}}"
COUNTS: Mapping[str, str] = {
    "case: [request_id], due_on: due_at, area: area_id": TYPED,
    "where: late == True, known_at: closed_at, ": "exposure: {from: areas, column: road_km}, ",
    "kind: event": "kind: count",
    "candidates: [lightgbm], rate_by: kind": "candidates: [lightgbm]",
    "  - {from: requests, columns: [size]}\n  - {from: requests, categories: [kind]}\n": (
        "  - {from: requests, count_days: [28]}\n"
    ),
    "  observer: office\n": "",
    "  people: {type": "  road_km: {type: number}\n  people: {type",
}
CELLS: Mapping[str, str] = {TYPED: HEXAGONS}


def case_folder(folder: Path, *changes: Mapping[str, str]) -> Path:
    """The pilot and its contracts, each key of ``changes`` replaced by its value where it stands."""
    texts = {
        "pilot.yaml": CASES, "contracts/requests.yaml": CONTRACT, "contracts/areas.yaml": AREAS_CONTRACT,
    }  # fmt: skip
    (folder / "contracts").mkdir(parents=True)
    for old, new in (pair for mapping in changes for pair in mapping.items()):
        assert any(old in text for text in texts.values()), old
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder
