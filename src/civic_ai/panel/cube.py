"""Rows counted by unit and time, as prefix sums: any window of any unit is one subtraction.

The time axis holds only the days at which some window begins or ends. With weekly as-of dates and
windows of whole weeks it is a week cube by itself, and it never holds more numbers than the windows that are
asked of it. Sums of whole numbers are exact, so the order of rows cannot change a count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.panel.known import DAY, Days, day_numbers
from civic_ai.panel.request_types import of_types, type_number
from civic_ai.panel.unit_list import Ints, Units

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class DailyCounts:
    """Rows by unit (position, -1: no unit) and day; each pair once. ``n`` is how many rows."""

    unit: Ints
    day: Days
    n: Ints

    def placed(self) -> DailyCounts:
        """Only what lies in a unit."""
        inside = self.unit >= 0
        return DailyCounts(self.unit[inside], self.day[inside], self.n[inside])


def count_daily(rows: Any, units: Units) -> DailyCounts:
    """One group-by over known rows (ibis, with the day): how many by place (and type) and day.

    Where units have types, rows of other types are left out.
    """
    crossing = units.crossing
    rows = of_types(rows, None if crossing is None else crossing.types)
    kind = ibis.literal(0) if crossing is None else type_number(rows, crossing.types)
    placed = rows.select(rows[DAY], place=units.places.place(rows), kind=kind)
    counted = placed.group_by(["place", "kind", DAY]).aggregate(n=placed.count()).to_pyarrow()
    place = _place_positions(counted["place"], units.by_place)
    unit = place if crossing is None else np.where(place < 0, -1, crossing.at[place, counted["kind"]])
    days = day_numbers(counted[DAY].to_numpy())
    return DailyCounts(unit, days, counted["n"].to_numpy().astype(np.int64))


def _place_positions(places: pa.ChunkedArray, units: Units) -> Ints:
    """The position of each place among the units; each different place is looked up once."""
    coded = pc.dictionary_encode(places).combine_chunks()
    found = np.append(units.positions(coded.dictionary.to_pandas()), -1)
    return np.asarray(found[coded.indices.fill_null(len(found) - 1).to_numpy()])


@dataclass(frozen=True)
class Cube:
    """``totals[i, u]``: rows of unit u known by the end of day ``ends[i]``; ends are in order."""

    ends: Days
    totals: Counts

    def between(self, after: Days, upto: Days) -> Counts:
        """Rows on the days ``(after, upto]``: one line a window, one column a unit (int32)."""
        return np.asarray(self.totals[self._at(upto)] - self.totals[self._at(after)])

    def _at(self, days: Days) -> Ints:
        found = np.searchsorted(self.ends, days)
        assert np.array_equal(self.ends[found], days), "a window was not announced when the cube was built"
        return found

    def around(self, neighbours: Any) -> Cube:
        """The same, summed over each unit's neighbours (symmetric 0/1 matrix)."""
        return Cube(self.ends, np.asarray(self.totals @ neighbours, dtype=np.int32))


def build_cube(counts: DailyCounts, ends: Iterable[Days], units: int) -> Cube:
    """The cube whose windows may begin and end at ``ends`` (several arrays of days)."""
    axis = np.unique(np.concatenate(list(ends)))
    placed = counts.placed()
    slot = _slots(axis, placed.day)
    seen = slot < len(axis)
    flat = slot[seen] * units + placed.unit[seen]
    daily = np.zeros(len(axis) * units, dtype=np.int32)
    np.add.at(daily, flat, placed.n[seen].astype(np.int32))
    return Cube(axis, np.cumsum(daily.reshape(len(axis), units), axis=0, dtype=np.int32))


def days_since_last(counts: DailyCounts, days: Days, units: int) -> NDArray[np.float64]:
    """Days from the last row known by each day (in order) to that day: days x units; NaN where there was
    none."""
    placed = counts.placed()
    slot = _slots(days, placed.day)
    seen = slot < len(days)
    last = np.full(len(days) * units, -np.inf)
    np.maximum.at(last, slot[seen] * units + placed.unit[seen], placed.day[seen].astype(np.float64))
    waited = days[:, None] - np.maximum.accumulate(last.reshape(len(days), units), axis=0)
    return np.where(np.isfinite(waited), waited, np.nan)


def _slots(axis: Days, days: Days) -> Ints:
    """The position of the first day of ``axis`` (in order) that is not before each day; days repeat, so each
    different one is looked up once."""
    if len(days) == 0:
        return np.zeros(0, dtype=np.int64)
    first = int(days.min())
    return np.asarray(np.searchsorted(axis, np.arange(first, int(days.max()) + 1))[days - first])
