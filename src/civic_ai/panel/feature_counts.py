"""Rows counted in trailing windows: here, next door, a year ago, and how long since the last."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.cube import Cube, DailyCounts, build_cube, count_daily, days_since_last
from civic_ai.panel.known import Days, known_rows
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.spec import CountFeature
from civic_ai.pilot.where import Combination, Comparison, Condition, parse_where
from civic_ai.records.panel import Feature

YEAR_DAYS = 364
"""Fifty-two whole weeks, so that a window a year ago begins on the same day of the week."""
LONGEST_WAIT_DAYS = 1092
"""Time since the last row is capped here (three years of 364 days): longer makes no difference."""


def count_columns(block: CountFeature, scope: Scope) -> list[FeatureColumn]:
    """The columns of one block, all from one cube. Raises :class:`ConfigError`."""
    _refuse_impossible(block, scope)
    counts = count_daily(known_rows(scope.city, block.source, block.where), scope.units)
    cube = build_cube(counts, _ends(block, scope), len(scope.units))
    subject = subject_of(block.where) or block.source
    columns = _trailing(block, scope.dates, cube, subject)
    if block.neighbours:
        columns += _trailing(block, scope.dates, cube.around(scope.units.neighbours), f"{subject}_neighbours")
    if block.last_year:
        columns.append(_last_year(block, scope, cube, subject))
    if block.since_last:
        columns.append(_since_last(block, scope, counts, subject))
    return columns


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
    a_year_ago = [dates - YEAR_DAYS, dates - YEAR_DAYS + scope.horizon] if block.last_year else []
    return [dates, *starts, *a_year_ago]


def _trailing(block: CountFeature, dates: Days, cube: Cube, subject: str) -> list[FeatureColumn]:
    is_next_door = subject.endswith("_neighbours")
    return [
        FeatureColumn(
            Feature(
                name=f"{subject}_count_{days}d",
                source=block.source,
                known_by="known_at",
                family="neighbours" if is_next_door else "history",
            ),
            _floats(cube.between(dates - days, dates)),
        )
        for days in block.count_days
    ]


def _last_year(block: CountFeature, scope: Scope, cube: Cube, subject: str) -> FeatureColumn:
    start = scope.dates - YEAR_DAYS
    record = Feature(
        name=f"{subject}_last_year_{scope.horizon}d",
        source=block.source,
        known_by="known_at",
        family="season",
    )
    return FeatureColumn(record, _floats(cube.between(start, start + scope.horizon)))


def _since_last(block: CountFeature, scope: Scope, counts: DailyCounts, subject: str) -> FeatureColumn:
    waited = days_since_last(counts, scope.dates, len(scope.units))
    record = Feature(
        name=f"{subject}_days_since_last", source=block.source, known_by="known_at", family="history"
    )
    return FeatureColumn(record, _floats(np.minimum(waited, LONGEST_WAIT_DAYS)))


def _floats(values: NDArray[np.int32] | NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _refuse_impossible(block: CountFeature, scope: Scope) -> None:
    if block.neighbours and scope.units.neighbours is None:
        raise ConfigError.because(
            say("counts of neighbours are asked for, but nothing says which areas touch"),
            about="features",
            remedy=say("Give the areas their polygons, or leave out 'neighbours'."),
        )
    if block.last_year and scope.horizon > YEAR_DAYS:
        raise ConfigError.because(
            say(
                "the same season last year would reach into the future: the horizon is over {days} days",
                days=YEAR_DAYS,
            ),
            about="features",
            remedy=say("Leave out 'last_year', or shorten label.horizon_days."),
        )
