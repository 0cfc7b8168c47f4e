"""Features that alone nearly decide the label, or are the label of another date.

Places differ: in a city of busy and quiet streets an honest count may separate almost all rows. What no
honest feature can do is to say, within one unit, on which dates something will happen. So the area under the
curve (Hanley and McNeil 1982) is taken over pairs of dates of the same unit (a stratified Mann-Whitney
statistic, van Elteren 1960). A feature that separates all rows, but not the dates of a unit, is noted as
strong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.findings import panel_finding
from civic_ai.panel.parts import Parts
from civic_ai.panel.scope import FeatureColumn
from civic_ai.records.panel import LeakFinding
from civic_ai.records.snapshot import Finding

Ints = NDArray[np.int64]

LEAST_ROWS = 30
"""Fewer rows than this with, or without, an event cannot be searched."""
MOST_ROWS = 200_000
"""Beyond this, every second (third, ...) place is looked at."""
MOST_SHIFT = 26
COPY_SHARE = 0.999


@dataclass(frozen=True)
class Rows:
    """The rows that are looked at: positions of date and unit, dates apart by a horizon at least.

    ``happened[k]`` says what the label of the date ``shifts[k]`` as-of dates later was: for counts, whether
    it is above the unit's median, so that a busy unit is compared with itself.
    """

    date: Ints
    unit: Ints
    shifts: tuple[int, ...]
    happened: NDArray[np.bool_]

    @property
    def fewest(self) -> int:
        """Rows with an event or rows without, whichever are fewer."""
        if self.happened.size == 0:
            return 0
        return int(min(self.happened[0].sum(), (~self.happened[0]).sum()))

    def parted(self, type_of: Ints) -> list[Rows]:
        """All rows, and those of each type that has enough of them: a leak may tell of one type only."""
        kind = type_of[self.unit]
        found = [self._where(kind == one) for one in np.unique(kind)]
        return [self, *(rows for rows in found if LEAST_ROWS <= rows.fewest < self.fewest)]

    def _where(self, chosen: NDArray[np.bool_]) -> Rows:
        return Rows(self.date[chosen], self.unit[chosen], self.shifts, self.happened[:, chosen])


def sample_rows(parts: Parts) -> Rows:
    """Rows of the cohort (the first step) whose own and shifted labels are all known."""
    values = parts.scope.first_step(parts.label.values)
    matured = int(parts.scope.first_step(parts.label.is_matured).sum())
    every = parts.scope.city.spec.as_of.every_days
    apart, reach = (-(-days // every) for days in (parts.scope.horizon, parts.scope.reach))
    shifts = tuple(range(min(2 * reach, MOST_SHIFT, max(matured - 1, 0) // 3) + 1))
    dates = np.arange(0, max(matured - shifts[-1], 0), apart)
    place_of = parts.scope.units.place_of
    units = np.flatnonzero(place_of % max(1, -(-len(dates) * len(place_of) // MOST_ROWS)) == 0)
    date, unit = (axis.ravel() for axis in np.meshgrid(dates, units, indexing="ij"))
    is_known = ~np.isnan([values[date + shift, unit] for shift in shifts]).any(axis=0)
    listed = parts.cohort[date, unit] & is_known
    date, unit = date[listed], unit[listed]
    usual = _usual(values, parts.scope.city.spec.label.kind)
    happened = [values[date + shift, unit] > usual[unit] for shift in shifts]
    return Rows(date, unit, shifts, np.array(happened, dtype=bool).reshape(len(shifts), len(date)))


def _usual(values: Any, kind: str) -> Any:
    """What a label must exceed to count as an event: 0, for counts the unit's own median over known dates."""
    if kind == "event":
        return np.zeros(values.shape[1])
    usual = np.zeros(values.shape[1])
    known = ~np.isnan(values).all(axis=0)
    usual[known] = np.nanmedian(values[:, known], axis=0)
    return usual


def find_deciding(parts: Parts, rows: Rows, limit: float) -> tuple[list[LeakFinding], tuple[Finding, ...]]:
    """Leaks by single features, and the features that are only strong."""
    leaks: list[LeakFinding] = []
    strong: list[Finding] = []
    searched = rows.parted(parts.scope.units.type_of)
    for column in parts.features:
        found: dict[str, LeakFinding] = {}
        for leak in (leak for some in searched for leak in _leaks_of(column, some, parts, limit)):
            found.setdefault(leak.form, leak)
        leaks += found.values()
        values, one_group = column.at(parts.scope, rows.date, rows.unit), np.zeros_like(rows.unit)
        overall = float(either_way(areas_under_curve(values, one_group, rows.happened[:1]))[0])
        if overall >= limit and "single_feature" not in found:
            strong.append(_strong(column, overall))
    return leaks, tuple(strong)


def _leaks_of(column: FeatureColumn, rows: Rows, parts: Parts, limit: float) -> list[LeakFinding]:
    """Does the column decide the label within a unit, or is it the label of another date?"""
    values = column.at(parts.scope, rows.date, rows.unit)
    within = either_way(areas_under_curve(values, rows.unit, rows.happened))
    return [*_deciding(column, rows, within, limit), *_copied(column, rows, parts)]


def _strong(column: FeatureColumn, area: float) -> Finding:
    name, source = column.record.name, column.record.source
    return panel_finding("strong_feature", source, "note", column=name, values={"auc": round(area, 3)})


def _deciding(column: FeatureColumn, rows: Rows, within: Any, limit: float) -> list[LeakFinding]:
    best = int(np.argmax(within))
    if within[best] < limit:
        return []
    form = "single_feature" if within[0] >= limit else "shifted_label"
    auc, count = round(float(within[best]), 4), len(rows.unit)
    return [
        LeakFinding(form=form, column=column.record.name, rows=count, detail=f"auc {auc} at shift {best}")
    ]


def either_way(areas: Any) -> Any:
    """High or low values may give the event away."""
    return np.fmax(np.nan_to_num(areas, nan=0.5), 1 - np.nan_to_num(areas, nan=0.5))


def areas_under_curve(values: Any, group: Ints, happened: Any) -> Any:
    """Share of pairs (with, without event; same group) in the right order, ties half; one for each line
    of ``happened``.

    Not known counts as the lowest value: when only the blanks give the event away, that is found too.
    """
    ranks = _ranks(np.where(np.isnan(values), -np.inf, values), group)
    size = int(group.max(initial=0)) + 1
    areas = []
    for event in happened:
        with_event = np.bincount(group, event, size)
        without = np.bincount(group, ~event, size)
        above = np.bincount(group, ranks * event, size) - with_event * (with_event + 1) / 2
        pairs = (with_event * without).sum()
        areas.append(above.sum() / pairs if pairs else np.nan)
    return np.array(areas)


def _ranks(values: Any, group: Ints) -> Any:
    """Rank from 1 within each group, ties by their mean."""
    order = np.lexsort((values, group))
    value, owner = values[order], group[order]
    is_new_group = np.append(True, owner[1:] != owner[:-1])
    is_new = is_new_group | np.append(True, value[1:] != value[:-1])
    tie = np.cumsum(is_new) - 1
    starts = np.append(np.flatnonzero(is_new), len(values))
    group_start = np.flatnonzero(is_new_group)[np.cumsum(is_new_group) - 1]
    middle = (starts[tie] + starts[tie + 1] - 1) / 2
    ranks = np.empty(len(values))
    ranks[order] = middle - group_start + 1
    return ranks


def _copied(column: FeatureColumn, rows: Rows, parts: Parts) -> list[LeakFinding]:
    """Is the feature the label of an earlier date whose window had not yet ended?"""
    apart = -(-parts.scope.horizon // parts.scope.city.spec.as_of.every_days)
    is_event = parts.scope.city.spec.label.kind == "event"
    theirs = parts.scope.first_step(parts.label.values)[rows.date, rows.unit]
    for shift in rows.shifts[1:apart]:
        mine = np.nan_to_num(column.at(parts.scope, rows.date + shift, rows.unit))
        mine = mine != 0 if is_event else mine
        seen = (mine != 0) | (theirs > 0)
        same, count = int((seen & (mine == theirs)).sum()), int(seen.sum())
        if count >= LEAST_ROWS and same >= COPY_SHARE * count:
            name = column.record.name
            return [LeakFinding(form="shifted_label", column=name, rows=count, detail=f"shift -{shift}")]
    return []
