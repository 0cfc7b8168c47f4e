"""Cities with a planted fault, each with a fresh seed: a generator that knows what must be found.

A :class:`Draft` is a pilot before it is written: its spec, contracts and tables. A fault changes a draft and
says what the system must tell about it. ``CLEAN`` drafts have no fault: whatever is told about them is a
false alarm.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from civic_ai.data.synthetic import CitySettings, make_city
from civic_ai.data.synthetic_files import csv_bytes

EXAMPLE = Path(__file__).parents[2] / "pilots" / "example-potholes"


@dataclass
class Draft:
    """A pilot in memory; faults change it in place."""

    spec: dict[str, Any]
    contracts: dict[str, dict[str, Any]]
    tables: dict[str, pd.DataFrame]
    polygons: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the system must say: a code among findings, rules or leaks; where; and how many rows, if sure."""

    code: str
    column: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Fault:
    """``plant`` changes a draft and returns what must be told."""

    name: str
    plant: Callable[[Draft, np.random.Generator], Told]


def draft(settings: CitySettings) -> Draft:
    """A clean pilot on files of the city of ``settings``: the example's spec and contracts."""
    city = make_city(settings)
    spec = _read(EXAMPLE / "pilot.yaml")
    for name, source in spec["sources"].items():
        del source["example"]
        source["path"] = f"{name}.csv"
    spec["sources"]["areas"]["polygons"] = "areas.geojson"
    spec["capacity"]["units_per_period"] = 14
    spec["models"]["candidates"] = ["logistic_glm"]
    return Draft(
        spec=spec,
        contracts={name: _read(EXAMPLE / "contracts" / f"{name}.yaml") for name in spec["sources"]},
        tables={name: _as_text(getattr(city, name)) for name in spec["sources"]},
        polygons=dict(city.polygons),
    )


def write(made: Draft, folder: Path) -> Path:
    """The draft as a pilot folder."""
    (folder / "contracts").mkdir(parents=True)
    _write(made.spec, folder / "pilot.yaml")
    for name, contract in made.contracts.items():
        _write(contract, folder / "contracts" / f"{name}.yaml")
    for name, table in made.tables.items():
        (folder / f"{name}.csv").write_bytes(csv_bytes(table))
    (folder / "areas.geojson").write_text(json.dumps(made.polygons))
    return folder


def planted(fault: Fault, seed: int, folder: Path) -> tuple[Path, Told]:
    """A tiny city with ``fault`` in it, written to ``folder``, and what must be told about it."""
    made = draft(CitySettings(size="tiny", seed=seed))
    told = _plant(fault, made, seed)
    return write(made, folder), told


def planted_together(faults: tuple[Fault, ...], seed: int, folder: Path) -> tuple[Path, list[Told]]:
    """A tiny city with all of ``faults`` in it, and what must be told about each."""
    made = draft(CitySettings(size="tiny", seed=seed))
    told = [_plant(fault, made, seed) for fault in faults]
    return write(made, folder), told


def _plant(fault: Fault, made: Draft, seed: int) -> Told:
    return fault.plant(made, np.random.default_rng([seed, *fault.name.encode()]))


def repeat_a_week(made: Draft, rng: np.random.Generator) -> Told:
    """In place of a week stands the week before: same hours, types and places, new numbers and dates."""
    week = _busy_week(made, rng)
    moved = {name: _later(week[name], 7) for name in ("created_at", "inspected_at", "closed_at")}
    requests = made.tables["requests"]
    following = _week_of(requests).eq(_week_of(week).iloc[0] + 1)
    made.tables["requests"] = requests[~following]
    _append(made, _renumbered(week.assign(**moved), rng))
    return Told("duplicated_week", count=len(week))


def repeat_under_new_numbers(made: Draft, rng: np.random.Generator) -> Told:
    """A week was loaded twice, each time with new request numbers."""
    week = _busy_week(made, rng)
    _append(made, _renumbered(week, rng))
    return Told("repeated_content")


def repeat_rows(made: Draft, rng: np.random.Generator) -> Told:
    """Some rows stand twice, exactly."""
    rows = made.tables["requests"].sample(int(rng.integers(3, 60)), random_state=int(rng.integers(1 << 31)))
    _append(made, rows)
    return Told("exact_duplicates", count=len(rows))


def lose_weeks(made: Draft, rng: np.random.Generator) -> Told:
    """Some weeks of the middle are not in the file."""
    created = pd.to_datetime(made.tables["requests"]["created_at"])
    first = pd.Timestamp("2020-06-01") + pd.Timedelta(days=int(rng.integers(0, 1400)))
    lost = (created >= first) & (created < first + pd.Timedelta(days=int(rng.integers(25, 60))))
    made.tables["requests"] = made.tables["requests"][~lost]
    return Told("gap")


def stop_early(made: Draft, rng: np.random.Generator) -> Told:
    """The extract ends months before the last as-of date."""
    last = pd.Timestamp("2024-06-01") + pd.Timedelta(days=int(rng.integers(0, 60)))
    created = pd.to_datetime(made.tables["requests"]["created_at"])
    made.tables["requests"] = made.tables["requests"][created < last]
    return Told("stale")


def pile_coordinates(made: Draft, rng: np.random.Generator) -> Told:
    """Addresses that the geocoder did not know all got the city hall's coordinates."""
    requests = made.tables["requests"]
    chosen = _rows(requests, rng, 0.06)
    requests.loc[chosen, ["lat", "lon"]] = ["41.47775", "-49.97051"]
    return Told("piled_coordinates", count=len(chosen))


def _broken_value(column: str, value: str | None, rule: str, table: str = "requests") -> Fault:
    def plant(made: Draft, rng: np.random.Generator) -> Told:
        chosen = _rows(made.tables[table], rng, rng.uniform(0.002, 0.015))
        made.tables[table].loc[chosen, column] = value
        return Told(rule, column, len(chosen))

    return Fault(f"{rule} {column}", plant)


def repeat_numbers(made: Draft, rng: np.random.Generator) -> Told:
    """Pairs of different requests carry one number."""
    requests = made.tables["requests"]
    chosen = _rows(requests, rng, 0.006)[:20]
    pairs = len(chosen) // 2
    requests.loc[chosen[:pairs], "request_id"] = requests.loc[
        chosen[pairs : 2 * pairs], "request_id"
    ].to_numpy()
    return Told("unique", "request_id", 2 * pairs)


def hide_places_in_one_year(made: Draft, rng: np.random.Generator) -> Told:
    """In one year most requests have no coordinates: cell counts show a false trend."""
    requests = made.tables["requests"]
    in_year = requests["created_at"].str.startswith(str(rng.integers(2020, 2025)))
    hidden = in_year & (rng.random(len(requests)) < rng.uniform(0.4, 0.8))
    requests.loc[hidden, ["lat", "lon"]] = None
    return Told("location")


def leak_through_status(made: Draft, rng: np.random.Generator) -> Told:
    """A feature counts only requests that were closed, which is known afterwards."""
    made.spec["features"].append(
        {"from": "requests", "where": "status == 'closed'", "count_days": [28]},
    )
    return Told("known_afterwards", "requests.status")


def leak_through_totals(made: Draft, rng: np.random.Generator) -> Told:
    """Areas get the score; their table holds the number of potholes of the whole period."""
    made.spec["unit"] = {"name": "area", "from": "requests", "area": "area_id", "inside": "areas"}
    made.spec["capacity"]["units_per_period"] = 5
    requests, areas = made.tables["requests"], made.tables["areas"]
    holes = requests[requests["request_type"] == "pothole"].drop_duplicates("incident_id")
    total = holes["area_id"].value_counts()
    areas["damage_index"] = areas["area_id"].map(total).fillna(0).astype(int).astype(str)
    made.contracts["areas"]["columns"]["damage_index"] = {"type": "integer", "min": "0"}
    made.spec["features"].append({"from": "areas", "columns": ["damage_index"]})
    return Told("future_total")


def leak_through_known_at(made: Draft, rng: np.random.Generator) -> Told:
    """Rows count as known on the day of the event, but were typed in later, as a column shows.

    Two to four weeks later: with a few days, so small a city has too few rows near its end to tell a
    moment of writing from a deadline.
    """
    requests = made.tables["requests"]
    days = np.minimum(rng.gamma(2, rng.uniform(7, 14), len(requests)), 120)
    entered = pd.to_datetime(requests["created_at"]) + pd.to_timedelta(np.ceil(days), unit="D")
    in_time = entered < pd.Timestamp("2025-01-01")
    requests["entered_at"] = entered.dt.strftime("%Y-%m-%d %H:%M:%S")
    made.tables["requests"] = requests[in_time]
    made.contracts["requests"]["columns"]["entered_at"] = {"type": "timestamp"}
    return Told("written_later", "requests.entered_at")


FINDINGS = (
    Fault("duplicated week", repeat_a_week),
    Fault("week under new numbers", repeat_under_new_numbers),
    Fault("exact repeats", repeat_rows),
    Fault("lost weeks", lose_weeks),
    Fault("early end", stop_early),
    Fault("piled coordinates", pile_coordinates),
)
BROKEN_CONTRACTS = (
    _broken_value("request_type", "Pot hole", "allowed"),
    _broken_value("area_id", None, "blank"),
    _broken_value("created_at", "31/12/2023 10:00", "type"),
    _broken_value("lat", "14.6", "min"),
    _broken_value("lon", "49.9", "max"),
    Fault("shared numbers", repeat_numbers),
)
LEAKS = (
    Fault("status", leak_through_status),
    Fault("totals", leak_through_totals),
    Fault("known at", leak_through_known_at),
)
LOCATION = Fault("location of one year", hide_places_in_one_year)


def silent_group(seed: int, folder: Path) -> Path:
    """A standard city in which the areas with most other languages report a fifth as often."""
    return _standard(CitySettings(seed=seed, reporting_ratio=0.2), folder)


def fair_city(seed: int, folder: Path) -> Path:
    """A standard city without any reporting bias."""
    return _standard(CitySettings(seed=seed, reporting_ratio=1.0), folder)


def _standard(settings: CitySettings, folder: Path) -> Path:
    """A standard city with a short way to its audit: nothing is put right, and there are fewer splits."""
    made = draft(settings)
    made.spec["capacity"]["units_per_period"] = 80
    made.spec["models"]["mitigations"] = {}
    made.spec["validation"]["splits"] = 2
    return write(made, folder)


def clean(seed: int, folder: Path) -> Path:
    """A tiny city without a fault."""
    return write(draft(CitySettings(size="tiny", seed=seed)), folder)


def _busy_week(made: Draft, rng: np.random.Generator) -> pd.DataFrame:
    """All requests of one Monday-to-Sunday week with at least twenty, not the last ones of the file."""
    requests = made.tables["requests"]
    counts = _week_of(requests).value_counts().sort_index().iloc[2:-4]
    chosen = rng.choice(counts[counts >= 20].index.to_numpy())
    return requests[_week_of(requests) == chosen]


def _week_of(rows: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(rows["created_at"]).dt.to_period("W-SUN")


def _later(moments: pd.Series, days: int) -> pd.Series:
    moved = (pd.to_datetime(moments) + pd.Timedelta(days=days)).dt.strftime("%Y-%m-%d %H:%M:%S")
    return moved.astype(object).where(moments.notna(), None)


def _renumbered(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    numbers = rng.permutation(len(rows))
    return rows.assign(
        request_id=[f"X{number:05d}" for number in numbers],
        incident_id=[f"Y{number:05d}" for number in numbers],
    )


def _append(made: Draft, rows: pd.DataFrame) -> None:
    made.tables["requests"] = pd.concat([made.tables["requests"], rows], ignore_index=True)


def _rows(table: pd.DataFrame, rng: np.random.Generator, share: float) -> np.ndarray:
    return rng.choice(table.index.to_numpy(), max(2, int(share * len(table))), replace=False)


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as it will stand in the file; blank cells as None."""
    lines = csv_bytes(table).decode().splitlines()
    rows = [[cell or None for cell in line.split(",")] for line in lines]
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=object)


def _read(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = YAML(typ="safe", pure=True).load(path)
    return made


def _write(value: dict[str, Any], path: Path) -> None:
    YAML(typ="safe", pure=True).dump(value, path)
