"""Days on which rows were not handed over, as the city declares them: silence that is no zero.

A label window that touches such a day is blank. What features and simple rules count is counted on the days
that were handed over and scaled up to the whole window. Gaps may concern some types of request only, so
everything is kept by type (one column where there are no types).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.cube import Counts, DailyCounts
from civic_ai.panel.known import Days, day_numbers
from civic_ai.panel.unit_list import Ints
from civic_ai.pilot.spec import Gap, PilotSpec, Types
from civic_ai.pilot.where import Comparison, Condition, parse_where

Floats = NDArray[np.float32]

LEAST_COVERED = 0.5
"""Share of a window's days that must have been handed over, or what was counted in it says too little."""


@dataclass(frozen=True)
class Silence:
    """``totals[i, t]``: silent days of type t up to the end of day ``first + i``; none before ``first``."""

    first: int
    totals: Ints

    def between(self, after: Days, upto: Days) -> Ints:
        """Silent days among ``(after, upto]``: one line a window, one column a type."""
        return np.asarray(self.totals[self._at(upto)] - self.totals[self._at(after)])

    def since(self, after: Days, upto: Days, type_of: Ints) -> Ints:
        """Silent days among ``(after, upto]``, where each unit (of type ``type_of``) has its own ``after``:
        lines x units."""
        return np.asarray(self.totals[self._at(upto)][:, type_of] - self.totals[self._at(after), type_of])

    def spared(self, counts: DailyCounts, type_of: Ints) -> DailyCounts:
        """The counts in units (of type ``type_of``) on days that are not silent for them.

        A place counts rows of several types, and is silent as soon as one of them is: the others' rows of
        such a day must not be scaled up once more.
        """
        if not self.totals.any():
            return counts
        placed = counts.placed()
        kind = type_of[placed.unit]
        kept = self.totals[self._at(placed.day), kind] == self.totals[self._at(placed.day - 1), kind]
        return DailyCounts(placed.unit[kept], placed.day[kept], placed.n[kept])

    def scaled_up(self, counts: Counts, span: tuple[Days, Days], type_of: Ints) -> Floats:
        """Counts on the spared days of each window ``(after, upto]`` (lines x units), times all its days over
        those; NaN where fewer than ``LEAST_COVERED`` of them were handed over."""
        after, upto = span
        silent, days = self.between(after, upto), (upto - after)[:, None]
        counted = counts.astype(np.float32)
        if not silent.any():
            return counted
        covered = days - silent
        times = np.where(covered >= LEAST_COVERED * days, days / np.maximum(covered, 1), np.nan)
        return np.asarray(counted * times.astype(np.float32)[:, type_of])

    def _at(self, days: Days) -> Ints:
        return np.clip(days - self.first, 0, len(self.totals) - 1)


def silence_of_types(spec: PilotSpec, source: str) -> Silence:
    """The silence of ``source`` by type of the pilot's units (one column where there are no types)."""
    names = () if spec.unit.types is None else tuple(spec.unit.types.values)
    gaps = [(gap, _columns(gap, names)) for gap in spec.sources[source].gaps]
    return _silence(gaps, max(1, len(names)))


def silence_of_places(spec: PilotSpec, source: str, where: str | None) -> Silence:
    """The silence of rows counted whatever their type: one column, silent where any type is that they may
    have. A condition that names other types of ``unit.types`` is not touched by the gap of one type."""
    types = spec.unit.types
    selected = None if where is None or types is None else types_selected(parse_where(where), types)
    touching = [
        gap
        for gap in spec.sources[source].gaps
        if not gap.types or selected is None or selected & set(gap.types)
    ]
    return _silence([(gap, (0,)) for gap in touching], 1)


def types_selected(condition: Condition, types: Types) -> set[str] | None:
    """The types that rows satisfying ``condition`` may have; None where the condition does not say."""
    if isinstance(condition, Comparison):
        return _compared(condition, types)
    if condition.operator == "not":
        return None
    parts = [types_selected(part, types) for part in condition.parts]
    return _and(parts) if condition.operator == "and" else _or(parts)


def _compared(part: Comparison, types: Types) -> set[str] | None:
    if part.column != types.column or part.operator not in ("==", "in"):
        return None
    said = part.value if isinstance(part.value, tuple) else (part.value,)
    return {name for name, values in types.values.items() if set(values) & set(said)}


def _and(parts: Sequence[set[str] | None]) -> set[str] | None:
    known = [part for part in parts if part is not None]
    return set.intersection(*known) if known else None


def _or(parts: Sequence[set[str] | None]) -> set[str] | None:
    known = [part for part in parts if part is not None]
    return set.union(*known) if len(known) == len(parts) else None


def _columns(gap: Gap, names: tuple[str, ...]) -> tuple[int, ...]:
    if not gap.types:
        return tuple(range(max(1, len(names))))
    return tuple(names.index(name) for name in gap.types)


def _silence(gaps: Sequence[tuple[Gap, tuple[int, ...]]], types: int) -> Silence:
    if not gaps:
        return Silence(0, np.zeros((1, types), dtype=np.int64))
    first = int(day_numbers([gap.first for gap, _ in gaps]).min())
    last = int(day_numbers([gap.last for gap, _ in gaps]).max())
    silent = np.zeros((last - first + 2, types), dtype=np.int64)
    for gap, columns in gaps:
        begin, end = (day_numbers([gap.first, gap.last]) - first + 1).tolist()
        silent[begin : end + 1, list(columns)] = 1
    return Silence(first - 1, np.cumsum(silent, axis=0))
