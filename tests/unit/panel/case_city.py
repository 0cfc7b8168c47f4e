"""Small made cities whose units are cases: requests that came in, inspections that come up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from civic_ai.core.dates import dates_every
from civic_ai.panel.case_areas import make_case_areas
from civic_ai.panel.case_parts import CaseParts
from civic_ai.panel.cases import make_case_parts
from civic_ai.panel.known import City as Tables
from civic_ai.panel.known import day_numbers
from civic_ai.panel.scope import Scope
from civic_ai.panel.split import make_splits
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import AREAS, FIRST, WEATHER, City, Table, geojson, lenient, spec_of
from tests.unit.panel.test_known import opened

AFTER = {"known": "afterwards", "blank": "not_yet"}
CASES: dict[str, str | dict[str, Any]] = {
    "case_id": "text", "came_at": {"type": "timestamp", "blank": "missing"}, "kind": "text",
    "size": {"type": "number", "blank": "missing"}, "office": {"type": "text", "blank": "missing"},
    "area_id": {"type": "text", "blank": "missing"}, "lat": {"type": "number", "blank": "missing"},
    "lon": {"type": "number", "blank": "missing"}, "due_on": {"type": "date", "blank": "missing"},
    "closed_at": {"type": "timestamp", **AFTER}, "late": {"type": "flag", **AFTER},
}  # fmt: skip
SOURCES = {
    "cases": {"path": "c.csv", "contract": "c.yaml", "known_at": "came_at"},
    "areas": {"path": "a.csv", "contract": "a.yaml", "key": "area_id", "polygons": "a.geojson"},
    "weather": {"path": "w.csv", "contract": "w.yaml", "known_at": "day"},
}
UNIT = {"name": "case", "from": "cases", "case": ["case_id"], "area": "area_id", "inside": "areas"}
EVENT = {"from": "cases", "where": "late == True", "known_at": "closed_at", "while_open": "positive",
         "horizon_days": 14, "kind": "event", "called": "a late one"}  # fmt: skip
DURATION = {"from": "cases", "ended_at": "closed_at", "horizon_days": 21, "kind": "duration",
            "called": "a closure"}  # fmt: skip
OWN: list[dict[str, Any]] = [
    {"from": "cases", "columns": ["size"]},
    {"from": "cases", "categories": ["kind", "office"], "most": 3},
]
AROUND: list[dict[str, Any]] = [
    {
        "from": "cases",
        "where": "kind == 'tree'",
        "count_days": [7, 28],
        "neighbours": True,
        "since_last": True,
    },
    {"from": "weather", "trailing_days": [7], "mean": ["rain"]},
    {"from": "areas", "columns": ["road_age"]},
    {"calendar": ["season", "trend"]},
]
KINDS = ("light", "road", "tree", "water")
SPAN = 420
START = FIRST - timedelta(days=150)


def case_spec(**parts: Any) -> dict[str, Any]:
    """A sound spec over cases that came in; ``parts`` put in its place."""
    written = {
        "unit": UNIT, "sources": SOURCES, "label": EVENT, "features": [*OWN, *AROUND],
        "models": {"candidates": ["logistic_glm"], "rate_by": "kind"},
        "audit": {**spec_of()["audit"], "observer": "office"},
    }  # fmt: skip
    return spec_of(**(written | parts))


def duration_spec(**parts: Any) -> dict[str, Any]:
    """The same about how long cases take."""
    written = {
        "label": DURATION, "models": {"candidates": ["lightgbm_hazard"], "rate_by": "kind"},
        "capacity": {"who": "a crew"}, "objective": "integrated_brier_score",
    }  # fmt: skip
    return case_spec(**(written | parts))


def made_cases(seed: int, *, per_day: float = 6.0, hidden: bool = False) -> City:
    """A clean city: big trees take long, the size is not always known, and the extract ends with SPAN.

    Cases not closed by then are open. ``hidden``: they were not handed over.
    """
    random = np.random.default_rng(seed)
    end = datetime.combine(START + timedelta(days=SPAN), time())
    rows = []
    for day in np.repeat(np.arange(SPAN), random.poisson(per_day, SPAN)):
        came = datetime.combine(START + timedelta(days=int(day)), time()) + _seconds(random, 86_400)
        kind, size = KINDS[random.integers(4)], round(random.gamma(2, 2), 2)
        days = random.exponential(4 + size * (3 if kind == "tree" else 1))
        closed = came + timedelta(seconds=int(86_400 * days))
        is_open = closed >= end
        if is_open and hidden:
            continue
        row, column = random.integers(2), random.integers(3)
        rows.append((
            f"c{random.integers(10**9):09d}", came, kind, size if random.random() < 0.9 else None,
            ("phone", "web", None)[random.integers(3)], f"a{row * 3 + column:02d}",
            round(10 + 0.02 * (row + random.random()), 6), round(20 + 0.02 * (column + random.random()), 6),
            (came + timedelta(days=10)).date(), None if is_open else closed,
            None if is_open else bool(days > 10),
        ))  # fmt: skip
    rain = [(START + timedelta(days=d), round(random.gamma(0.5, 8), 1)) for d in range(SPAN)]
    areas = [(f"a{i:02d}", float(random.gamma(4, 5)), int(random.integers(500, 5000))) for i in range(6)]
    tables = {"cases": Table(CASES, rows), "areas": Table(AREAS, areas), "weather": Table(WEATHER, rain)}
    return City(case_spec(), tables, {"areas": geojson(2, 3)})


def _seconds(random: np.random.Generator, most: int) -> timedelta:
    return timedelta(seconds=int(random.integers(0, most)))


def with_cases(city: City, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> City:
    """The same city; every case is put through ``change`` (None: it is gone)."""
    table = city.tables["cases"]
    changed = (change(dict(zip(table.columns, row, strict=True))) for row in table.rows)
    rows = [tuple(row[name] for name in table.columns) for row in changed if row is not None]
    return city.with_table("cases", table.with_rows(rows))


def with_column(
    city: City, name: str, kind: str | dict[str, Any], of: Callable[[dict[str, Any]], Any]
) -> City:
    """The same city; cases have one more column."""
    table = city.tables["cases"]
    values = [of(dict(zip(table.columns, row, strict=True))) for row in table.rows]
    return city.with_table("cases", table.with_column(name, kind, values))


def few_cases(*rows: dict[str, Any], **spec: Any) -> City:
    """A city with exactly these cases; what is not given is blank or plain."""
    city = made_cases(1, per_day=0)
    plain = {"kind": "tree", "area_id": "a00"}
    named = [{"case_id": f"c{i}", **plain, **row} for i, row in enumerate(rows)]
    table = city.tables["cases"].with_rows([tuple(row.get(name) for name in CASES) for row in named])
    return city.with_table("cases", table).with_spec(**spec)


def at(days: float) -> datetime:
    """So many days after the beginning of the first as-of date."""
    return datetime.combine(FIRST, time()) + timedelta(days=days)


def parts_of(city: City, blobs: Blobs) -> CaseParts:
    """The panel of the city in memory."""
    return make_case_parts(*city.seal(blobs), lenient(), blobs)


def scope_of(city: City, blobs: Blobs) -> tuple[Tables, Scope]:
    """The city as one whose units are the areas, and the scope over them."""
    spec, snapshot = city.seal(blobs)
    seen, areas = make_case_areas(opened(city, blobs), snapshot, blobs)
    return seen, Scope(seen, areas, day_numbers(list(spec.as_of.dates)), make_splits(spec))


def dates_of(city: City) -> list[date]:
    """The as-of dates of the spec."""
    as_of = city.spec["as_of"]
    return list(dates_every(as_of["first"], as_of["last"], as_of["every_days"]))
