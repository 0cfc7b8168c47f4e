"""The season as known from the date alone: that of the window looked at, and how far ahead it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.known import Days
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.feature_blocks import CalendarFeature
from civic_ai.records.panel import Feature

Floats = NDArray[np.float64]
_YEAR = 365.25


def calendar_columns(block: CalendarFeature, scope: Scope) -> list[FeatureColumn]:
    """``season_sin`` and ``season_cos`` (day of the year on a circle), ``month`` (1 to 12), ``trend``
    (years since the first as-of date), of the day after which the window begins; windows x 1."""
    return [
        FeatureColumn(
            Feature(name=name, source="calendar", known_by="calendar", family="season"),
            make(scope.starts).astype(np.float32)[:, None],
        )
        for part in block.calendar
        for name, make in _PARTS[part].items()
    ]


def step_columns(scope: Scope) -> list[FeatureColumn]:
    """``step``: windows ahead from 0 (windows x 1), where there are several."""
    record = Feature(name="step", source="calendar", known_by="calendar", family="season")
    return [FeatureColumn(record, scope.step.astype(np.float32)[:, None])] if scope.steps > 1 else []


def _angle(dates: Days) -> Floats:
    days = dates.astype("datetime64[D]")
    into_year = days - days.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(2 * np.pi * into_year.astype(np.int64) / _YEAR)


def _month(dates: Days) -> Floats:
    return (dates.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(
        np.float64
    )


_PARTS: Mapping[str, Mapping[str, Callable[[Days], Floats]]] = {
    "season": {"season_sin": lambda d: np.sin(_angle(d)), "season_cos": lambda d: np.cos(_angle(d))},
    "month": {"month": _month},
    "trend": {"trend": lambda d: (d - d[0]) / _YEAR},
}
