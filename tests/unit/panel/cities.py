"""Small made cities: tables, contracts and a spec, sealed as a snapshot without the data stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.policy import Limits, Policy
from civic_ai.records.snapshot import DataSnapshot, SourceSnapshot
from civic_ai.store.blobs import Blobs

FIRST = date(2020, 1, 6)
"""The first as-of date of the small cities, a Monday."""
SOUTH, WEST = 10.0, 20.0
ARROW = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"), "flag": pa.bool_(),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Columns with contract type (and other contract fields), and rows as tuples in that order."""

    columns: Mapping[str, str | dict[str, Any]]
    rows: list[tuple[Any, ...]]

    def contract(self) -> Contract:
        """What the city promises about it."""
        columns = {k: {"type": v} if isinstance(v, str) else v for k, v in self.columns.items()}
        return Contract.model_validate({"about": "a made table", "columns": columns})

    def arrow(self) -> pa.Table:
        """The rows with the contract's types."""
        kinds = {name: ARROW[column.type] for name, column in self.contract().columns.items()}
        by_column = list(zip(*self.rows, strict=True)) or [() for _ in kinds]
        arrays = [pa.array(values, type=kind) for values, kind in zip(by_column, kinds.values(), strict=True)]
        return pa.table(dict(zip(kinds, arrays, strict=True)))

    def column(self, name: str) -> list[Any]:
        """All values of a column."""
        return [row[list(self.columns).index(name)] for row in self.rows]

    def with_rows(self, rows: list[tuple[Any, ...]]) -> Table:
        """The same table with other rows."""
        return replace(self, rows=rows)

    def with_column(self, name: str, kind: str | dict[str, Any], values: list[Any]) -> Table:
        """The same table with one more column."""
        rows = [(*row, value) for row, value in zip(self.rows, values, strict=True)]
        return Table({**self.columns, name: kind}, rows)


@dataclass(frozen=True)
class City:
    """Tables, a spec as written, and polygons by source."""

    spec: dict[str, Any]
    tables: dict[str, Table]
    polygons: dict[str, bytes] = field(default_factory=dict)

    def with_table(self, name: str, table: Table) -> City:
        """The same city with another table."""
        return replace(self, tables={**self.tables, name: table})

    def with_spec(self, **parts: Any) -> City:
        """The same city with other parts of the spec."""
        return replace(self, spec={**self.spec, **parts})

    def seal(self, blobs: Blobs) -> tuple[PilotSpec, DataSnapshot]:
        """Spec and snapshot, tables and contracts in ``blobs``."""
        spec = PilotSpec.model_validate(self.spec)
        sources = tuple(self._source(name, table, blobs) for name, table in sorted(self.tables.items()))
        snapshot = DataSnapshot(
            spec=spec.digest,
            sources=sources,
            worst_quarantined_share=0.0,
            sources_without_licence=0,
            has_owner=True,
        )
        return spec, snapshot

    def _source(self, name: str, table: Table, blobs: Blobs) -> SourceSnapshot:
        polygons = self.polygons.get(name)
        return SourceSnapshot(
            name=name,
            raw_digest="0" * 64,
            contract_digest=blobs.put_record(table.contract()),
            blob=blobs.put_table(table.arrow()),
            polygons_blob=None if polygons is None else blobs.put(polygons),
            rows_read=len(table.rows),
            rows=len(table.rows),
            quarantined=0,
            quarantined_share=0.0,
            duplicates=0,
            columns=tuple(table.columns),
        )


def with_gaps(city: City, *gaps: tuple[int, int, list[str]]) -> City:
    """The city without its requests from one day to another (counted from ``FIRST``), of some types or all,
    and saying so."""
    lost = [
        {"first": FIRST + timedelta(days=first), "last": FIRST + timedelta(days=last), "types": types,
         "why": "the file is lost"}
        for first, last, types in gaps
    ]  # fmt: skip
    values = city.spec["unit"].get("types", {}).get("values", {})
    kept = [row for row in city.tables["requests"].rows if not _is_lost(row, lost, values)]
    sources = city.spec["sources"]
    declared = {**sources, "requests": {**sources["requests"], "gaps": lost}}
    return city.with_table("requests", city.tables["requests"].with_rows(kept)).with_spec(sources=declared)


def _is_lost(row: tuple[Any, ...], lost: list[dict[str, Any]], values: dict[str, list[str]]) -> bool:
    return row[2] is not None and any(
        gap["first"] <= row[2].date() <= gap["last"]
        and (not gap["types"] or any(row[1] in values[name] for name in gap["types"]))
        for gap in lost
    )


def lenient(**limits: Any) -> Policy:
    """A policy for tiny cities: ten events are enough to learn from."""
    return Policy(policy="test", version="1", gates=(), limits=Limits(**{"training_events": 10, **limits}))


def spec_of(**parts: Any) -> dict[str, Any]:
    """A sound spec over requests by area, with ``parts`` put in its place."""
    sources = {
        "requests": {"path": "r.csv", "contract": "r.yaml", "known_at": "created_at"},
        "areas": {"path": "a.csv", "contract": "a.yaml", "key": "area_id", "polygons": "a.geojson"},
        "weather": {"path": "w.csv", "contract": "w.yaml", "known_at": "day"},
    }
    pothole = "request_type == 'pothole'"
    written = {
        "pilot": "tiny-city", "title": "Which areas?", "decision": "Crews go there", "never_for": ["fines"],
        "intervention": "assistive", "owner": "City", "contact": "x@example.org", "locale": "en-US",
        "time_zone": "UTC",
        "unit": {"name": "area", "from": "requests", "area": "area_id", "inside": "areas"},
        "sources": sources,
        "label": {"from": "requests", "where": pothole, "horizon_days": 14, "kind": "event",
                  "called": "a pothole"},
        "as_of": {"first": FIRST, "last": FIRST + timedelta(days=7 * 29), "every_days": 7},
        "features": [{"from": "requests", "where": pothole, "count_days": [7, 28]}],
        "models": {"candidates": ["logistic_glm"]},
        "validation": {"splits": 2, "test_days": 42, "lockbox_days": 35},
        "capacity": {"units_per_period": 2, "who": "a crew"}, "objective": "recall_at_capacity",
        "audit": {"attributes": {"age": {"from": "areas", "column": "road_age", "quantiles": 2,
                                         "reference_group": "q2", "called": "road age"}}},
        "review": {"languages": ["en"]}, "seed": 1,
    }  # fmt: skip
    return {**written, **parts}


def square(area: str, row: int, column: int, size: float) -> dict[str, Any]:
    """A GeoJSON feature: a square of ``size`` degrees in the given row and column."""
    south, west = SOUTH + row * size, WEST + column * size
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    ring = [list(corner) for corner in [*corners, corners[0]]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"area_id": area}, "geometry": geometry}


def geojson(rows: int, columns: int, size: float = 0.02) -> bytes:
    """Square areas ``a00``, ``a01``, ... in rows from south to north."""
    features = [
        square(f"a{row * columns + column:02d}", row, column, size)
        for row in range(rows)
        for column in range(columns)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


REQUESTS: dict[str, str | dict[str, Any]] = {
    "request_id": "text", "request_type": "text", "created_at": {"type": "timestamp", "blank": "missing"},
    "area_id": {"type": "text", "blank": "missing"}, "lat": {"type": "number", "blank": "missing"},
    "lon": {"type": "number", "blank": "missing"},
}  # fmt: skip
AREAS: dict[str, str | dict[str, Any]] = {"area_id": "text", "road_age": "number", "population": "integer"}
WEATHER: dict[str, str | dict[str, Any]] = {"day": "date", "rain": {"type": "number", "blank": "missing"}}


def made_city(seed: int, *, rows: int = 3, columns: int = 3, per_area: float = 40.0, days: int = 600) -> City:
    """A clean city: roads of differing age, a season, weather, and requests by chance alone.

    ``per_area`` is the mean number of requests an area over all ``days``, which end five weeks after the
    last as-of date of :func:`spec_of`.
    """
    random = np.random.default_rng(seed)
    areas = [f"a{i:02d}" for i in range(rows * columns)]
    age = random.gamma(4, 5, len(areas)).round(1)
    end = FIRST + timedelta(days=7 * 29 + 35)
    start = end - timedelta(days=days)
    requests = []
    season = 1 + 0.5 * np.cos(2 * np.pi * np.arange(days) / 364)
    for position in range(len(areas)):
        rate = per_area / days * (age[position] / age.mean()) * random.gamma(4, 0.25) * season
        for day in np.repeat(np.arange(days), random.poisson(rate)):
            requests.append(_request(random, start + timedelta(days=int(day)), position, columns))
    order = random.permutation(len(requests))
    named = [(f"q{number:05d}", *requests[i]) for number, i in enumerate(order)]
    rain = [(start + timedelta(days=d), round(random.gamma(0.5, 8), 1)) for d in range(days)]
    people = [(name, float(age[i]), int(random.integers(500, 5000))) for i, name in enumerate(areas)]
    tables = {
        "requests": Table(REQUESTS, named),
        "areas": Table(AREAS, people),
        "weather": Table(WEATHER, rain),
    }
    return City(spec_of(), tables, {"areas": geojson(rows, columns)})


def _request(random: np.random.Generator, day: date, area: int, columns: int) -> tuple[Any, ...]:
    """Type, moment, area and place of one request somewhere in its area."""
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=int(random.integers(0, 86_400)))
    row, column = divmod(area, columns)
    lat = SOUTH + 0.02 * (row + random.random())
    lon = WEST + 0.02 * (column + random.random())
    kind = "pothole" if random.random() < 0.8 else "flooding"
    return kind, moment, f"a{area:02d}", round(lat, 5), round(lon, 5)


GRID = {
    "name": "cell",
    "from": "requests",
    "grid": {"lat": "lat", "lon": "lon", "size_m": 1000},
    "inside": "areas",
}
TYPED = {
    "name": "request of an area",
    "from": "requests",
    "area": "area_id",
    "inside": "areas",
    "types": {"column": "request_type", "values": {"water": ["flooding"], "pothole": ["pothole", "hole"]}},
}
"""Areas x two types."""
POTHOLE = "request_type == 'pothole'"
OWN = {
    "from": "requests", "count_days": [14], "neighbours": True, "last_year": True, "since_last": True,
}  # fmt: skip
"""Rows of the unit's own type, where units have types; else all rows."""
EVERYTHING: list[dict[str, Any]] = [
    {
        "from": "requests", "where": POTHOLE, "count_days": [7, 28, 91],
        "neighbours": True, "last_year": True, "since_last": True,
    },
    {"from": "requests", "count_days": [10]},
    {"from": "weather", "trailing_days": [7, 30], "mean": ["rain"], "sum": ["rain"]},
    {"from": "areas", "columns": ["road_age", "population"]},
    {"calendar": ["season", "month", "trend"]},
]  # fmt: skip
"""Every kind of feature over the tables of :func:`made_city`."""
