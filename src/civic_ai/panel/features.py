"""Every feature that the spec declares, block by block, under names that do not repeat."""

from __future__ import annotations

from collections import Counter

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.baseline_columns import RESERVED
from civic_ai.panel.feature_calendar import calendar_columns
from civic_ai.panel.feature_columns import attribute_columns
from civic_ai.panel.feature_counts import count_columns
from civic_ai.panel.feature_trailing import trailing_columns
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.spec import CalendarFeature, ColumnFeature, CountFeature, FeatureBlock

_TAKEN = frozenset({"unit", "as_of", "label"})


def make_features(scope: Scope) -> tuple[FeatureColumn, ...]:
    """All feature columns in the order of the spec. Raises :class:`ConfigError` for names used twice."""
    columns = tuple(column for block in scope.city.spec.features for column in _columns(block, scope))
    names = Counter(column.record.name for column in columns)
    for name, times in names.items():
        if times > 1 or name in _TAKEN or name.startswith(RESERVED):
            raise ConfigError.because(
                say(
                    "the column {name} would be made {times} times or has a reserved name",
                    name=name,
                    times=times,
                ),
                about="features",
                remedy=say("Leave out the repeated feature, or rename the column in the source."),
            )
    return columns


def _columns(block: FeatureBlock, scope: Scope) -> list[FeatureColumn]:
    if isinstance(block, CountFeature):
        return count_columns(block, scope)
    if isinstance(block, ColumnFeature):
        return attribute_columns(block, scope)
    if isinstance(block, CalendarFeature):
        return calendar_columns(block, scope)
    return trailing_columns(block, scope)
