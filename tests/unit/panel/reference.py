"""The panel of a made city by brute force: one question a cell, asked of the rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.panel.scope import Scope
from tests.unit.panel.cities import City

Row = tuple[str, str, date]
"""Kind, unit, day."""


@dataclass(frozen=True)
class Reference:
    """A city's rows in units, and who is next to whom."""

    city: City
    units: pd.DataFrame
    rows: list[Row]
    next_to: dict[str, set[str]]

    @classmethod
    def of(cls, city: City, scope: Scope) -> Reference:
        """Rows put in units by comparing coordinates (or names) with every unit."""
        units = scope.units.frame
        is_grid = city.spec["unit"].get("grid") is not None
        rows = list(_in_cells(city, units) if is_grid else _in_areas(city))
        return cls(city, units, rows, _next_to_cells(units) if is_grid else _next_to_areas(units))

    def count(self, unit: str, after: date, upto: date, kind: str | None = "pothole") -> int:
        """Rows of a kind in a unit on the days (after, upto]."""
        return sum(u == unit and kind in (None, k) and after < day <= upto for k, u, day in self.rows)

    def value(self, name: str, unit: str, day: date) -> float:
        """The feature ``name`` of :data:`tests.unit.panel.cities.EVERYTHING`."""
        for ending, answer in self._answers().items():
            if name.startswith(ending):
                return answer(name, unit, day)
        raise KeyError(name)

    def label(self, unit: str, day: date) -> float:
        """The label, or NaN where the last day known comes before the end of the horizon."""
        horizon = self.city.spec["label"]["horizon_days"]
        end = day + timedelta(days=horizon)
        moments = [moment for moment in self.city.tables["requests"].column("created_at") if moment]
        if end > max(moments).date():
            return np.nan
        counted = self.count(unit, day, end)
        return float(counted if self.city.spec["label"]["kind"] == "count" else counted > 0)

    def _answers(self) -> dict[str, Callable[[str, str, date], float]]:
        return {
            "step": lambda n, u, d: 0,
            "pothole_neighbours_count_": lambda n, u, d: sum(
                self.count(other, d - timedelta(_days(n)), d) for other in self.next_to[u]
            ),
            "pothole_count_": lambda n, u, d: self.count(u, d - timedelta(_days(n)), d),
            "requests_count_": lambda n, u, d: self.count(u, d - timedelta(_days(n)), d, None),
            "pothole_last_year_": lambda n, u, d: self.count(
                u, d - timedelta(364), d - timedelta(364 - _days(n))
            ),
            "pothole_days_since_last": lambda n, u, d: self._since(u, d),
            "rain_mean_": lambda n, u, d: self._rain(d, _days(n)),
            "rain_sum_": lambda n, u, d: self._rain(d, _days(n)) * _days(n),
            "road_age": lambda n, u, d: self._area(u, "road_age"),
            "population": lambda n, u, d: self._area(u, "population"),
            "season_sin": lambda n, u, d: np.sin(_angle(d)),
            "season_cos": lambda n, u, d: np.cos(_angle(d)),
            "month": lambda n, u, d: d.month,
            "trend": lambda n, u, d: (d - self.city.spec["as_of"]["first"]).days / 365.25,
        }

    def _since(self, unit: str, day: date) -> float:
        waits = [
            (day - known).days
            for kind, u, known in self.rows
            if u == unit and kind == "pothole" and known <= day
        ]
        return min(*waits, 1092) if waits else np.nan

    def _rain(self, day: date, window: int) -> float:
        rows = self.city.tables["weather"].rows
        by_day = pd.DataFrame(rows, columns=["day", "rain"]).dropna().groupby("day").rain.mean()
        known = [value for known, value in by_day.items() if day - timedelta(window) < known <= day]
        return float(np.mean(known)) if len(known) >= window / 2 else np.nan

    def _area(self, unit: str, column: str) -> float:
        area = self.units.set_index("unit").area[unit]
        table = self.city.tables["areas"]
        return dict(zip(table.column("area_id"), table.column(column), strict=True)).get(area, np.nan)


def _days(name: str) -> int:
    return int(name.rsplit("_", 1)[1].removesuffix("d"))


def _angle(day: date) -> float:
    return 2 * np.pi * (day - date(day.year, 1, 1)).days / 365.25


def _known(city: City) -> Iterator[dict[str, Any]]:
    table = city.tables["requests"]
    for row in table.rows:
        named = dict(zip(table.columns, row, strict=True))
        if named["created_at"] is not None:
            yield named


def _in_areas(city: City) -> Iterator[Row]:
    for row in _known(city):
        yield row["request_type"], row["area_id"], row["created_at"].date()


def _in_cells(city: City, units: pd.DataFrame) -> Iterator[Row]:
    """The cell whose middle is nearer than half a cell, north-south and east-west."""
    lat_step, lon_step = (np.diff(np.unique(units[axis])).min() for axis in ("lat", "lon"))
    for row in _known(city):
        if row["lat"] is None or row["lon"] is None:
            continue
        near = (abs(units.lat - row["lat"]) < lat_step / 2) & (abs(units.lon - row["lon"]) < lon_step / 2)
        for unit in units.unit[near]:
            yield row["request_type"], unit, row["created_at"].date()


def _next_to_cells(units: pd.DataFrame) -> dict[str, set[str]]:
    places = {unit: (row, col) for unit, row, col in zip(units.unit, units.row, units.col, strict=True)}
    return {u: {v for v in places if v != u and _is_near(places[u], places[v])} for u in places}


def _next_to_areas(units: pd.DataFrame) -> dict[str, set[str]]:
    """Square areas ``a00`` ... in a square city, numbered from the south-west."""
    side = round(len(units) ** 0.5)
    places = {unit: divmod(int(unit[1:]), side) for unit in units.unit}
    return {u: {v for v in places if v != u and _is_near(places[u], places[v])} for u in places}


def _is_near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= 1
