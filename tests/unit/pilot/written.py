"""A sound pilot as text, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from civic_ai.pilot.located import dotted, validate
from civic_ai.pilot.rules import broken_rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import parse_yaml

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

GRID = "grid: {lat: lat, lon: lon, size_m: 500}"
EVENT = "kind: event}"
WHERE = "where: \"request_type == 'pothole'\""
CAPACITY = "{units_per_period: 50, who: crews}"
TRIED = "{candidates: [logistic_glm, lightgbm]}"
KINDS = "types: {column: request_type, values: {pothole: [Pothole, Pot hole], tree: [Tree]}}"
TYPED: Mapping[str, str] = {GRID: f"area: area_id, {KINDS}", f"{WHERE}, ": ""}
"""Potholes and trees by area."""
DEMAND: Mapping[str, str] = {
    EVENT: "kind: count, steps: 4, exposure: {from: areas, column: road_km}}",
    CAPACITY: "{who: crews, hours_per_unit: 2}",
    TRIED: "{candidates: [poisson_glm, lightgbm, lightgbm_tweedie], baselines: [seasonal_naive]}",
    "recall_at_capacity": "root_mean_squared_scaled_error",
}
CASES: Mapping[str, str] = {
    GRID: "case: [request_id], due_on: due_at, area: area_id",
    EVENT: "kind: event, known_at: closed_at, while_open: positive}",
    TRIED: "{candidates: [lightgbm], baselines: [arrival_order, group_rate, observer_rate], rate_by: kind}",
    "recall_at_capacity": "days_earlier",
    "  reporting: {method: none}": "  reporting: {method: none}\n  observer: channel",
}
DURATIONS: Mapping[str, str] = {
    GRID: "case: [request_id], area: area_id",
    EVENT: "kind: duration, ended_at: closed_at}",
    CAPACITY: "{who: crews}",
    TRIED: "{candidates: [lightgbm_hazard], baselines: [curve_of_all]}",
    "recall_at_capacity": "integrated_brier_score",
}


def changed(*changes: Mapping[str, str]) -> str:
    """The sound pilot with each key of ``changes`` replaced by its value, one mapping after another."""
    text = SOUND
    for old, new in (pair for mapping in changes for pair in mapping.items()):
        assert old in text, old
        text = text.replace(old, new)
    return text


def broken(*changes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Place and sentence of every rule that the changed pilot breaks."""
    spec = validate(parse_yaml(changed(*changes).encode(), "pilot.yaml"), PilotSpec)
    every = frozenset(PilotSpec.model_fields)
    return [(dotted(place), str(says)) for place, says, _ in broken_rules(spec, every)]


def assert_only(found: Iterable[tuple[str, str]], place: str, says: str) -> None:
    """Exactly one rule is broken: at ``place``, with ``says`` in its sentence."""
    [(where, sentence)] = found
    assert (where, says in sentence) == (place, True), (where, sentence)


def write_pilot(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """A folder with the sound pilot, each key of ``changes`` replaced by its value."""
    text = changed(changes or {})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pilot.yaml").write_text(text, "utf-8")
    return folder


def line_of(fragment: str) -> int:
    """The line of the sound pilot in which ``fragment`` stands."""
    return next(i for i, line in enumerate(SOUND.splitlines(), 1) if fragment in line)
