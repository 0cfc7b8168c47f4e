"""The panel of a made city by brute force: one question a cell, asked of the rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.panel.scope import Scope
from tests.unit.panel.cities import City

Row = tuple[str, str, date]
"""Kind, place, day."""
Kinds = frozenset[str] | None
"""Kinds of request that count; None: all."""
POTHOLES = frozenset({"pothole"})
ROUNDING = 1e-9
"""In cells: what two ways of reckoning the same edge may differ by."""


@dataclass(frozen=True)
class Cell:
    """A row of the panel: its unit (place and type), the as-of date and the step."""

    place: str
    type: str | None
    day: date
    step: int


@dataclass(frozen=True)
class Reference:
    """A city's rows in places, and which places are next to each other."""

    city: City
    units: pd.DataFrame
    rows: list[Row]
    next_to: dict[str, set[str]]

    @classmethod
    def of(cls, city: City, scope: Scope) -> Reference:
        """Rows put in places by comparing coordinates (or names) with every one of them."""
        places = scope.units.by_place.frame
        is_grid = city.spec["unit"].get("grid") is not None
        rows = list(_in_cells(city, places) if is_grid else _in_areas(city))
        return cls(city, places, rows, _next_to_cells(places) if is_grid else _next_to_areas(places))

    @property
    def horizon(self) -> int:
        """Days of one label window."""
        return int(self.city.spec["label"]["horizon_days"])

    def cell(self, unit: str, day: date, step: int = 0) -> Cell:
        """The row of the panel for a unit, a date and a step."""
        place, _, kind = unit.rpartition("/") if "types" in self.city.spec["unit"] else (unit, "", None)
        return Cell(place, kind, day, step)

    def value(self, name: str, unit: str, day: date, step: int = 0) -> float:
        """Any column over :data:`tests.unit.panel.cities.EVERYTHING` and ``OWN``, but the label."""
        for ending, answer in self._answers().items():
            if name.startswith(ending):
                return answer(name, self.cell(unit, day, step))
        raise KeyError(name)

    def label(self, unit: str, day: date, step: int = 0) -> float:
        """The label, or NaN where the last day known comes before the window's end, or in a gap."""
        cell = self.cell(unit, day, step)
        start = self._start(cell)
        end = start + timedelta(self.horizon)
        counted = self._counted(cell.place, (start, end), self._label_kinds(cell), cell.type)
        if end > self._known_days[-1]:
            return np.nan
        return counted if self.city.spec["label"]["kind"] == "count" else np.minimum(counted, 1.0)

    def _start(self, cell: Cell) -> date:
        return cell.day + timedelta(cell.step * self.horizon)

    def _label_kinds(self, cell: Cell) -> Kinds:
        return self._kinds_of(cell.type) if cell.type else POTHOLES

    def _kinds_of(self, kind: str | None) -> Kinds:
        return None if kind is None else frozenset(self.city.spec["unit"]["types"]["values"][kind])

    @cached_property
    def _known_days(self) -> tuple[date, ...]:
        return tuple(sorted({row["created_at"].date() for row in _known(self.city)}))

    def _count(self, place: str | None, span: tuple[date, date], kinds: Kinds) -> int:
        """Rows of some kinds in a place (None: anywhere in the city) on the days (after, upto]."""
        after, upto = span
        return sum(
            place in (None, where) and (kinds is None or kind in kinds) and after < day <= upto
            for kind, where, day in self.rows
        )

    def _counted(self, place: str, span: tuple[date, date], kinds: Kinds, kind: str | None) -> float:
        """The same, NaN where the days touch a gap of the type (None: of any type that those kinds have)."""
        return np.nan if self._silent(span, kinds, kind) else float(self._count(place, span, kinds))

    def _silent(self, span: tuple[date, date], kinds: Kinds, kind: str | None) -> list[date]:
        """The days of a span that were not handed over."""
        days = [span[0] + timedelta(n + 1) for n in range((span[1] - span[0]).days)]
        return [day for day in days if any(self._is_lost(gap, day, kinds, kind) for gap in self._gaps())]

    def _gaps(self) -> list[dict[str, Any]]:
        return list(self.city.spec["sources"]["requests"].get("gaps", []))

    def _is_lost(self, gap: dict[str, Any], day: date, kinds: Kinds, kind: str | None) -> bool:
        names = gap["types"]
        if kind is not None:
            touches = not names or kind in names
        else:
            touches = not names or kinds is None or any(kinds & (self._kinds_of(n) or set()) for n in names)
        return bool(touches and gap["first"] <= day <= gap["last"])

    def _answers(self) -> dict[str, Callable[[str, Cell], float]]:
        return {
            "step": lambda n, c: c.step,
            "pothole_neighbours_count_": lambda n, c: self._around(n, c, POTHOLES, None),
            "pothole_count_": lambda n, c: self._trailing(n, c, POTHOLES, None),
            "pothole_last_year_": lambda n, c: self._last_year(c, POTHOLES, None),
            "pothole_days_since_last": lambda n, c: self._since(c, POTHOLES, None),
            "requests_neighbours_count_": lambda n, c: self._around(n, c, self._kinds_of(c.type), c.type),
            "requests_count_": lambda n, c: self._trailing(n, c, self._kinds_of(c.type), c.type),
            "requests_last_year_": lambda n, c: self._last_year(c, self._kinds_of(c.type), c.type),
            "requests_days_since_last": lambda n, c: self._since(c, self._kinds_of(c.type), c.type),
            "rain_mean_": lambda n, c: self._rain(c.day, _days(n)),
            "rain_sum_": lambda n, c: self._rain(c.day, _days(n)) * _days(n),
            "road_age": lambda n, c: self._area(c.place, "road_age"),
            "population": lambda n, c: self._area(c.place, "population"),
            "season_sin": lambda n, c: np.sin(_angle(self._start(c))),
            "season_cos": lambda n, c: np.cos(_angle(self._start(c))),
            "month": lambda n, c: self._start(c).month,
            "trend": lambda n, c: (self._start(c) - self.city.spec["as_of"]["first"]).days / 365.25,
            "exposure": lambda n, c: self._area(c.place, "population"),
            "scale": lambda n, c: self._scale(c),
            "baseline_season_index": lambda n, c: self._season_index(c),
            "baseline_seasonal_naive": lambda n, c: self._seasonal_naive(c),
            "baseline_": lambda n, c: self._simple_count(n.removeprefix("baseline_"), c),
        }

    def _trailing(self, name: str, cell: Cell, kinds: Kinds, kind: str | None) -> float:
        return self._stretched(cell.place, (cell.day - timedelta(_days(name)), cell.day), kinds, kind)

    def _around(self, name: str, cell: Cell, kinds: Kinds, kind: str | None) -> float:
        span = (cell.day - timedelta(_days(name)), cell.day)
        return sum(self._stretched(other, span, kinds, kind) for other in self.next_to[cell.place])

    def _stretched(self, place: str, span: tuple[date, date], kinds: Kinds, kind: str | None) -> float:
        """Rows a day handed over, times all days of the span; NaN where over half of them are lost."""
        lost, days = self._silent(span, kinds, kind), (span[1] - span[0]).days
        if 2 * len(lost) > days:
            return np.nan
        within = [span[0] + timedelta(n + 1) for n in range(days)]
        kept = [(day - timedelta(1), day) for day in within if day not in lost]
        return sum(self._count(place, each, kinds) for each in kept) / len(kept) * days

    def _last_year(self, cell: Cell, kinds: Kinds, kind: str | None) -> float:
        start = self._start(cell) - timedelta(364)
        return self._stretched(cell.place, (start, start + timedelta(self.horizon)), kinds, kind)

    def _since(self, cell: Cell, kinds: Kinds, kind: str | None) -> float:
        days = [
            day
            for k, place, day in self.rows
            if place == cell.place and (kinds is None or k in kinds) and day <= cell.day
        ]
        if not days or self._silent((max(days), cell.day), kinds, kind):
            return np.nan
        return min((cell.day - max(days)).days, 1092)

    @cached_property
    def _rain_by_day(self) -> dict[date, float]:
        rows = self.city.tables["weather"].rows
        return dict(pd.DataFrame(rows, columns=["day", "rain"]).dropna().groupby("day").rain.mean())

    def _rain(self, day: date, window: int) -> float:
        by_day = self._rain_by_day.items()
        known = [value for known, value in by_day if day - timedelta(window) < known <= day]
        return float(np.mean(known)) if len(known) >= window / 2 else np.nan

    def _area(self, place: str, column: str) -> float:
        area = self.units.set_index("unit").area[place]
        table = self.city.tables["areas"]
        return dict(zip(table.column("area_id"), table.column(column), strict=True)).get(area, np.nan)

    def _scale(self, cell: Cell) -> float:
        """Root mean square of the differences between horizons in a row, counted off from the first date."""
        horizon, kinds = timedelta(self.horizon), self._label_kinds(cell)
        first, end = self._known_days[0], self.city.spec["as_of"]["first"]
        while end + horizon <= cell.day:
            end += horizon
        counts = []
        while end - horizon >= first - timedelta(1):
            counts.append(self._counted(cell.place, (end - horizon, end), kinds, cell.type))
            end -= horizon
        squares = np.diff(counts) ** 2
        return float(np.sqrt(np.nanmean(squares))) if np.isfinite(squares).any() else np.nan

    def _covered(self, cell: Cell, span: tuple[date, date]) -> int:
        """Days of a span that were handed over."""
        first = max(span[0], self._known_days[0] - timedelta(1))
        upto = max(span[1], first)
        return (upto - first).days - len(self._silent((first, upto), self._label_kinds(cell), cell.type))

    def _simple_count(self, name: str, cell: Cell) -> float:
        """The count of a simple rule; where its window is silent, that of the next longer one."""
        windows = {"last_value": self.horizon, "recent_count": 28, "quarter_count": 91, "year_count": 364}
        longer = [windows[each] for each in list(windows)[list(windows).index(name) :]]
        for window in [*longer, 100_000]:
            span = (cell.day - timedelta(window), cell.day)
            if self._covered(cell, span):
                a_day = self._count(cell.place, span, self._label_kinds(cell)) / self._covered(cell, span)
                return a_day * windows[name]
        return 0.0

    def _seasonal_naive(self, cell: Cell) -> float:
        start = self._start(cell) - timedelta(364)
        while start + timedelta(self.horizon) > cell.day:
            start -= timedelta(364)
        span = (start, start + timedelta(self.horizon))
        if not self._covered(cell, span):
            return self._simple_count("year_count", cell) * self.horizon / 364
        counted = self._count(cell.place, span, self._label_kinds(cell))
        return counted * self.horizon / self._covered(cell, span)

    def _season_index(self, cell: Cell) -> float:
        """Rows on days of the coming window's season over all rows, in years known whole, a day covered."""
        first, kinds = self._known_days[0], self._label_kinds(cell)
        season = {(cell.step * self.horizon + n) % 364 for n in range(min(self.horizon, 364))}
        rows, days = np.zeros(2), np.zeros(2)
        for year in range(1, 6):
            begin = cell.day - timedelta(364 * year)
            if begin < first - timedelta(1):
                break
            for n in range(364):
                span = (begin + timedelta(n), begin + timedelta(n + 1))
                covered, counted = self._covered(cell, span), self._count(None, span, kinds)
                in_season = np.array([n in season, True])
                days, rows = days + covered * in_season, rows + counted * in_season
        return float(rows[0] / days[0] / (rows[1] / days[1])) if days.all() and rows[1] else 1.0


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
    """The cell whose middle is nearer than half a cell; one on an edge lies in the cell north or east."""
    lat_step, lon_step = (np.diff(np.unique(units[axis])).min() for axis in ("lat", "lon"))
    for row in _known(city):
        if row["lat"] is None or row["lon"] is None:
            continue
        away = (row["lat"] - units.lat) / lat_step, (row["lon"] - units.lon) / lon_step
        near = [np.floor(each + 0.5 + ROUNDING) == 0 for each in away]
        for unit in units.unit[near[0] & near[1]]:
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
