"""Leaks planted in clean cities, their details drawn from a seed; and what looks like a leak but is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from tests.unit.panel.cities import EVERYTHING, FIRST, GRID, POTHOLE, TYPED, City, Table, made_city

HORIZON = 14
DATES = [FIRST + timedelta(days=7 * i) for i in range(30)]


@dataclass(frozen=True)
class Planted:
    """A city with one leak: the form in which it must be found, and where."""

    city: City
    form: str
    column: str


def city_of(seed: int) -> City:
    """Thirty-six areas with about sixty requests each."""
    return made_city(seed, rows=6, columns=6, per_area=60)


def events(city: City) -> list[tuple[str, date]]:
    """Area and day of every pothole."""
    table = city.tables["requests"]
    kinds, moments, areas = (table.column(name) for name in ("request_type", "created_at", "area_id"))
    return [(a, m.date()) for k, m, a in zip(kinds, moments, areas, strict=True) if k == "pothole"]


def happenings(city: City) -> Callable[[str, date, int], int]:
    """How many potholes there are in an area in so many days after a day."""
    by_area: dict[str, list[date]] = {}
    for area, day in events(city):
        by_area.setdefault(area, []).append(day)

    def happens(area: str, after: date, days: int = HORIZON) -> int:
        return sum(after < day <= after + timedelta(days=days) for day in by_area.get(area, []))

    return happens


def _feature(city: City, *blocks: dict[str, Any]) -> City:
    return city.with_spec(features=[*EVERYTHING, *blocks])


def _totals(city: City) -> dict[str, int]:
    counted: dict[str, int] = {}
    for area, _ in events(city):
        counted[area] = counted.get(area, 0) + 1
    return counted


def plant_total(seed: int) -> Planted:
    """A column of the areas that counts the whole file, scaled and perhaps rounded or its logarithm."""
    city, random = city_of(seed), np.random.default_rng(seed)
    areas, totals = city.tables["areas"], _totals(city)
    shape: Callable[[float], float] = [lambda x: x, lambda x: 3.7 * x, np.log1p, np.sqrt][random.integers(4)]
    values = [float(shape(totals.get(area, 0))) for area in areas.column("area_id")]
    city = city.with_table("areas", areas.with_column("work_done", "number", values))
    return Planted(_feature(city, {"from": "areas", "columns": ["work_done"]}), "future_total", "work_done")


def plant_rate(seed: int) -> Planted:
    """The same as a rate: per thousand residents."""
    city = city_of(seed)
    areas, totals = city.tables["areas"], _totals(city)
    people = dict(zip(areas.column("area_id"), areas.column("population"), strict=True))
    values = [1000 * totals.get(area, 0) / people[area] for area in areas.column("area_id")]
    city = city.with_table("areas", areas.with_column("per_thousand", "number", values))
    city = _feature(city, {"from": "areas", "columns": ["per_thousand"]})
    return Planted(city, "future_total", "per_thousand x population")


def plant_citywide(seed: int) -> Planted:
    """A daily table whose value of a day is what the whole city will see in the coming two weeks."""
    city, random = city_of(seed), np.random.default_rng(seed)
    weather, known = city.tables["weather"], events(city)
    factor = float(random.uniform(0.1, 10))
    values = [
        factor * sum(1 for _, d in known if day < d <= day + timedelta(days=HORIZON))
        for day in weather.column("day")
    ]
    city = city.with_table("weather", weather.with_column("load", "number", values))
    block = {"from": "weather", "trailing_days": [1], "mean": ["load"]}
    return Planted(_feature(city, block), "future_total", "load_mean_1d")


def plant_status(seed: int) -> Planted:
    """A condition on a column that is only filled in afterwards, by either word of the contract."""
    city, random = city_of(seed), np.random.default_rng(seed)
    requests = city.tables["requests"]
    column = [
        {"type": "text", "known": "afterwards"},
        {"type": "text", "blank": "not_yet"},
    ][random.integers(2)]
    values = ["repaired" if random.random() < 0.6 else "open" for _ in requests.rows]
    city = city.with_table("requests", requests.with_column("status", column, values))
    block = {"from": "requests", "where": f"{POTHOLE} and status == 'repaired'", "count_days": [28]}
    return Planted(_feature(city, block), "known_afterwards", "requests.status")


def plant_label_status(seed: int) -> Planted:
    """The label itself looks at such a column."""
    planted = plant_status(seed)
    label = {**planted.city.spec["label"], "where": f"{POTHOLE} and status == 'repaired'"}
    city = planted.city.with_spec(features=EVERYTHING, label=label)
    return Planted(city, "label_known_afterwards", "requests.status")


def plant_late_rows(seed: int) -> Planted:
    """Inspections dated by the request that they answer, written three weeks later in the mean, in which
    about twenty are asked for, as the search for such rows needs."""
    city, random = city_of(seed), np.random.default_rng(seed)
    requests = city.tables["requests"]
    last = max(requests.column("created_at"))
    rows = []
    for moment, area in zip(requests.column("created_at"), requests.column("area_id"), strict=True):
        written = moment + timedelta(days=float(random.exponential(random.uniform(14, 30))))
        if written <= last:
            rows.append((f"i{len(rows)}", area, moment, written))
    columns = {"visit_id": "text", "area_id": "text", "asked_at": "timestamp", "written_at": "timestamp"}
    source = {"path": "v.csv", "contract": "v.yaml", "known_at": "asked_at"}
    city = city.with_table("visits", Table(columns, rows))
    city = city.with_spec(sources={**city.spec["sources"], "visits": source})
    block = {"from": "visits", "count_days": [7]}
    return Planted(_feature(city, block), "written_later", "visits.written_at")


def plant_incidents(seed: int) -> Planted:
    """Repeat reports of one incident, linked by a column that the spec does not name."""
    city, random = city_of(seed), np.random.default_rng(seed)
    requests = city.tables["requests"]
    rows = []
    for number, row in enumerate(requests.rows):
        rows.append((*row, f"n{number}"))
        for again in range(random.poisson(0.4)):
            later = row[2] + timedelta(days=float(random.exponential(5)))
            rows.append((f"{row[0]}-{again}", row[1], later, *row[3:], f"n{number}"))
    last = max(requests.column("created_at"))
    columns = {**requests.columns, "parent": {"type": "text", "personal": "identifier"}}
    table = Table(columns, [row for row in rows if row[2] <= last])
    return Planted(_feature(city.with_table("requests", table)), "incident_across_cutoff", "requests.parent")


def _scores(city: City, value: Callable[[str, date], float | None], form: str) -> Planted:
    """A dated table by area that says a score on every as-of date."""
    areas = city.tables["areas"].column("area_id")
    rows = [(area, day, value(area, day)) for day in DATES for area in areas]
    columns = {"area_id": "text", "scored_on": "date", "score": {"type": "number", "blank": "missing"}}
    source = {"path": "s.csv", "contract": "s.yaml", "known_at": "scored_on", "key": "area_id"}
    city = city.with_table("scores", Table(columns, rows))
    city = city.with_spec(sources={**city.spec["sources"], "scores": source})
    return Planted(_feature(city, {"from": "scores", "columns": ["score"]}), form, "score")


def plant_score(seed: int) -> Planted:
    """A score that was made from the coming weeks: with noise, turned round, or by its blanks alone."""
    city, random = city_of(seed), np.random.default_rng(seed)
    way, happens = random.integers(3), happenings(city)

    def value(area: str, day: date) -> float | None:
        coming = min(1, happens(area, day, HORIZON))
        if way == 2:
            return float(random.random()) if coming else None
        return float((1 - 2 * way) * coming + random.normal(0, 0.2))

    return _scores(city, value, "single_feature")


def plant_shifted(seed: int) -> Planted:
    """A score that is the label of a later date."""
    city, random = city_of(seed), np.random.default_rng(seed)
    shift, happens = int(random.choice([7, 14, 21])), happenings(city)

    def value(area: str, day: date) -> float:
        return float(happens(area, day + timedelta(days=shift), HORIZON) > 0)

    return _scores(city, value, "shifted_label")


def plant_overlap(seed: int) -> Planted:
    """A score that is the label of the week before, half of whose window still lies ahead."""
    city = city_of(seed)
    happens = happenings(city)

    def value(area: str, day: date) -> float:
        return float(happens(area, day - timedelta(days=7), HORIZON) > 0)

    return _scores(city, value, "shifted_label")


PLANTED: Mapping[str, Callable[[int], Planted]] = {
    "total": plant_total, "rate": plant_rate, "citywide": plant_citywide, "status": plant_status,
    "label_status": plant_label_status, "late_rows": plant_late_rows, "incidents": plant_incidents,
    "score": plant_score, "shifted": plant_shifted, "overlap": plant_overlap,
}  # fmt: skip


LABEL_OF_TYPES = {"from": "requests", "horizon_days": HORIZON, "kind": "event", "called": "a request"}
FORMS: Mapping[str, dict[str, Any]] = {
    "types": {"unit": TYPED, "label": LABEL_OF_TYPES},
    "demand": {
        "label": {**LABEL_OF_TYPES, "where": POTHOLE, "kind": "count", "steps": 2},
        "capacity": {"who": "a crew"},
    },
    "demand of types": {
        "unit": TYPED,
        "label": {**LABEL_OF_TYPES, "kind": "count", "steps": 2},
        "capacity": {"who": "a crew"},
    },
}
"""Other questions about the cities with planted leaks; potholes are one of two types then."""


def asked_of(planted: Planted, form: str) -> Planted:
    """The same leak in a panel of another form."""
    return replace(planted, city=planted.city.with_spec(**FORMS[form]))


def clean_city(seed: int) -> City:
    """A city without a leak, but with all that looks like one.

    Totals of the years before, a backlog counted on the day, a deadline that lies in the future, a closing
    moment that no feature uses, callers who come back after months, and now and then a grid or a count.
    """
    city, random = city_of(seed), np.random.default_rng(seed)
    past = dict.fromkeys(city.tables["areas"].column("area_id"), 0.0)
    for area, day in events(city):
        past[area] += day <= FIRST
    areas = city.tables["areas"].with_column("before", "number", list(past.values()))
    city = _scores(city.with_table("areas", areas), _backlog(city), "").city
    city = city.with_table("requests", _with_honest_columns(city, random))
    parts: dict[str, Any] = {
        "features": [
            *EVERYTHING,
            *({"from": s, "columns": [c]} for s, c in (("areas", "before"), ("scores", "score"))),
        ]
    }
    if seed % 3 == 1:
        parts["unit"] = GRID
    if seed % 4 == 1:
        parts["label"] = {**city.spec["label"], "kind": "count"}
        parts["objective"] = "recall_at_capacity"
    return city.with_spec(**parts)


def _backlog(city: City) -> Callable[[str, date], float]:
    happens = happenings(city)
    return lambda area, day: float(happens(area, day - timedelta(days=28), 28))


def _with_honest_columns(city: City, random: np.random.Generator) -> Table:
    requests = city.tables["requests"]
    moments: list[datetime] = requests.column("created_at")
    last = max(moments)
    callers = [f"c{random.integers(len(moments))}" for _ in moments]
    due = [moment + timedelta(days=int(random.choice([3, 10, 30]))) for moment in moments]
    closing = [moment + timedelta(days=float(random.exponential(6))) for moment in moments]
    closed = [moment if moment <= last else None for moment in closing]
    table = requests.with_column("caller", {"type": "text", "personal": "identifier"}, callers)
    table = table.with_column("due_at", "timestamp", due)
    return table.with_column("closed_at", {"type": "timestamp", "blank": "not_yet"}, closed)
