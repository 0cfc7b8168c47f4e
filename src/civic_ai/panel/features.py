"""Every feature that the spec declares, block by block, under names that do not repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.baseline_columns import RESERVED
from civic_ai.panel.feature_calendar import calendar_columns, step_columns
from civic_ai.panel.feature_categories import category_columns
from civic_ai.panel.feature_columns import attribute_columns
from civic_ai.panel.feature_counts import count_columns
from civic_ai.panel.feature_trailing import trailing_columns
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.feature_blocks import (
    CalendarFeature,
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    FeatureBlock,
)

_TAKEN = frozenset({"unit", "as_of", "label", "ended", "exposure", "scale", "due_in_days"})


def make_features(scope: Scope) -> tuple[FeatureColumn, ...]:
    """All feature columns in the order of the spec, and the step where there are several.

    Raises :class:`ConfigError` for names used twice.
    """
    blocks = scope.city.spec.features
    columns = (
        *(column for block in blocks for column in columns_of_block(block, scope)),
        *step_columns(scope),
    )
    refuse_repeated([column.record.name for column in columns])
    return columns


def refuse_repeated(names: Sequence[str]) -> None:
    """Raise :class:`ConfigError` for a name that comes twice or that the panel needs itself."""
    for name, times in Counter(names).items():
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


def columns_of_block(block: FeatureBlock, scope: Scope) -> list[FeatureColumn]:
    """The columns of one block over dates and units. Raises :class:`ConfigError`."""
    if isinstance(block, CountFeature):
        return count_columns(block, scope)
    if isinstance(block, ColumnFeature):
        return attribute_columns(block, scope)
    if isinstance(block, CategoryFeature):
        return category_columns(block, scope)
    if isinstance(block, CalendarFeature):
        return calendar_columns(block, scope)
    return trailing_columns(block, scope)
