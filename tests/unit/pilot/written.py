"""A sound pilot as text, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

SOUND = """pilot: test-potholes
title: {en: Where will it happen?, es: ¿Dónde ocurrirá?}
decision: Crews are sent
never_for: [enforcement]
intervention: assistive
owner: Public Works
contact: data@example.org
locale: en-US
time_zone: America/Chicago
variables:
  DATA: "Set it: export DATA=/folder"
unit: {name: cell, from: requests, grid: {lat: lat, lon: lon, size_m: 500}, inside: areas}
sources:
  requests: {path: data/requests.csv, contract: contracts/requests.yaml, known_at: created_at}
  areas: {path: "${DATA}/areas.csv", polygons: data/areas.geojson, key: area_id, contract: contracts/a.yaml}
label: {from: requests, where: "request_type == 'pothole'", horizon_days: 28, kind: event}
as_of: {first: 2016-01-04, last: 2018-11-26, every_days: 7}
features:
  - {from: requests, count_days: [7, 28], neighbours: true}
  - {from: areas, columns: [road_age]}
  - {calendar: [season]}
models: {candidates: [logistic_glm, lightgbm]}
validation: {splits: 3, test_days: 182, lockbox_days: 182}
capacity: {units_per_period: 50, who: crews}
objective: recall_at_capacity
audit:
  attributes:
    income: {from: areas, column: median_income, quantiles: 4, reference_group: q4}
  reporting: {method: none}
review: {languages: [en, es]}
seed: 7
"""


def write_pilot(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """A folder with the sound pilot, each key of ``changes`` replaced by its value."""
    text = SOUND
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pilot.yaml").write_text(text, "utf-8")
    return folder


def line_of(fragment: str) -> int:
    """The line of the sound pilot in which ``fragment`` stands."""
    return next(i for i, line in enumerate(SOUND.splitlines(), 1) if fragment in line)
