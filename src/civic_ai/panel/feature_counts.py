"""Rows counted in trailing windows: here, next door, a year ago, and how long since the last.

Days that were not handed over (``gaps``) are no days without rows: a count is scaled up from the days of its
window that were, or not known where these are fewer than half. Counts are whole numbers elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.cube import Cube, DailyCounts, build_cube, count_daily, days_since_last
from civic_ai.panel.gaps import Silence, silence_of_places, silence_of_types
from civic_ai.panel.known import Days, known_rows
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.panel.unit_list import Ints, Units
from civic_ai.pilot.feature_blocks import CountFeature
from civic_ai.pilot.where import Combination, Comparison, Condition, parse_where
from civic_ai.records.panel import Feature

Floats = NDArray[np.float32]

YEAR_DAYS = 364
"""Fifty-two whole weeks, so that a window a year ago begins on the same day of the week."""
LONGEST_WAIT_DAYS = 1092
"""Time since the last row is capped here (three years of 364 days): longer makes no difference."""


def count_columns(block: CountFeature, scope: Scope) -> list[FeatureColumn]:
    """The columns of one block, all from one cube. Raises :class:`ConfigError`.

    Where units have types, a block over the units' own source without ``where`` counts the rows of the unit's
    own type, here and next door. Any other block counts rows in the unit's place, whatever their type.
    """
    _refuse_impossible(block, scope)
    counted = _counted(block, scope)
    subject = subject_of(block.where) or block.source
    columns = _trailing(block, scope.dates, counted, subject)
    if block.neighbours:
        columns += _trailing(block, scope.dates, counted.around(), f"{subject}_neighbours")
    if block.last_year:
        columns.append(_last_year(block, scope, counted, subject))
    if block.since_last:
        columns.append(_since_last(block, scope, counted, subject))
    return columns


@dataclass(frozen=True)
class _Counted:
    """Rows counted by ``units`` (units of the pilot, or their places), when they were silent (by the type of
    each), and which of them each unit of the pilot is. The cube holds the days that were not silent."""

    units: Units
    daily: DailyCounts
    cube: Cube
    silence: Silence
    member: Ints | None

    def between(self, after: Days, upto: Days) -> Floats:
        """Rows in each window, units of the pilot as columns; scaled up or NaN where it touches a gap."""
        counts = self.cube.between(after, upto)
        return self.by_unit(self.silence.scaled_up(counts, (after, upto), self.units.type_of))

    def around(self) -> _Counted:
        """The same, next door."""
        return replace(self, cube=self.cube.around(self.units.neighbours))

    def by_unit(self, values: Floats) -> Floats:
        """From columns of ``units`` to those of the pilot's units."""
        return values if self.member is None else values[:, self.member]


def _counted(block: CountFeature, scope: Scope) -> _Counted:
    spec, units = scope.city.spec, scope.units
    is_own_type = block.where is None and block.source == spec.unit.source
    if not units.types or is_own_type:
        silence, member = silence_of_types(spec, block.source), None
    else:
        silence, member = silence_of_places(spec, block.source, block.where), units.place_of
        units = units.by_place
    daily = count_daily(known_rows(scope.city, block.source, block.where), units)
    spared = silence.spared(daily, units.type_of)
    return _Counted(units, daily, build_cube(spared, _ends(block, scope), len(units)), silence, member)


def subject_of(where: str | None) -> str:
    """A short name for what is counted: ``request_type == 'pothole'`` gives ``pothole``."""
    words = "" if where is None else _words(parse_where(where))
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:48]


def _words(condition: Condition) -> str:
    if isinstance(condition, Combination):
        joined = f" {condition.operator} ".join(_words(part) for part in condition.parts)
        return f"not {joined}" if condition.operator == "not" else joined
    return _comparison_words(condition)


_SAID = {
    "==": "", "in": "", "!=": "not", "not in": "not", "<": "below", "<=": "up to", ">": "above", ">=": "from",
    "is": "blank", "is not": "not blank",
}  # fmt: skip


def _comparison_words(part: Comparison) -> str:
    values = part.value if isinstance(part.value, tuple) else (part.value,)
    said = " ".join("" if value is None else str(value) for value in values)
    names_itself = part.operator in ("==", "in", "!=", "not in") and all(isinstance(v, str) for v in values)
    return f"{'' if names_itself else part.column} {_SAID[part.operator]} {said}"


def _ends(block: CountFeature, scope: Scope) -> list[Days]:
    """Every day at which a window of the block begins or ends."""
    dates = scope.dates
    starts = [dates - days for days in block.count_days]
    a_year_ago = scope.starts - YEAR_DAYS
    return [dates, *starts, *([a_year_ago, a_year_ago + scope.horizon] if block.last_year else [])]


def _trailing(block: CountFeature, dates: Days, counted: _Counted, subject: str) -> list[FeatureColumn]:
    is_next_door = subject.endswith("_neighbours")
    return [
        FeatureColumn(
            Feature(
                name=f"{subject}_count_{days}d",
                source=block.source,
                known_by="known_at",
                family="neighbours" if is_next_door else "history",
            ),
            counted.between(dates - days, dates),
        )
        for days in block.count_days
    ]


def _last_year(block: CountFeature, scope: Scope, counted: _Counted, subject: str) -> FeatureColumn:
    """The window of each step a year before."""
    start = scope.starts - YEAR_DAYS
    record = Feature(
        name=f"{subject}_last_year_{scope.horizon}d",
        source=block.source,
        known_by="known_at",
        family="season",
    )
    return FeatureColumn(record, counted.between(start, start + scope.horizon))


def _since_last(block: CountFeature, scope: Scope, counted: _Counted, subject: str) -> FeatureColumn:
    """Days since the last row that was handed over; NaN as long as a gap lies between it and the date,
    because there may have been a later one in it. Known again with the first row after the gap."""
    dates, units = scope.dates, counted.units
    waited = days_since_last(counted.daily, dates, len(units))
    last = np.where(np.isnan(waited), dates[:, None], dates[:, None] - waited).astype(np.int64)
    silent = counted.silence.since(last, dates, units.type_of) > 0
    known = np.where(silent, np.nan, np.minimum(waited, LONGEST_WAIT_DAYS))
    record = Feature(
        name=f"{subject}_days_since_last", source=block.source, known_by="known_at", family="history"
    )
    return FeatureColumn(record, counted.by_unit(known.astype(np.float32)))


def _refuse_impossible(block: CountFeature, scope: Scope) -> None:
    if block.neighbours and scope.units.neighbours is None:
        raise ConfigError.because(
            say("counts of neighbours are asked for, but nothing says which areas touch"),
            about="features",
            remedy=say("Give the areas their polygons, or leave out 'neighbours'."),
        )
    if block.last_year and scope.reach > YEAR_DAYS:
        raise ConfigError.because(
            say(
                "the same season last year would reach into the future: the horizon is over {days} days",
                days=YEAR_DAYS,
            ),
            about="features",
            remedy=say("Leave out 'last_year', shorten label.horizon_days, or ask for fewer label.steps."),
        )
