"""Means and sums over trailing days of a daily table that holds for the whole city (weather)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.known import DAY, City, Days, day_numbers, known_rows
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.panel.where import number_of
from civic_ai.pilot.feature_blocks import TrailingFeature
from civic_ai.records.panel import Feature

Floats = NDArray[np.float64]
LEAST_SHARE_KNOWN = 0.5
"""With fewer of the window's days known than this share, the value is not known."""


def trailing_columns(block: TrailingFeature, scope: Scope) -> list[FeatureColumn]:
    """One column for each table column, way of summing and window (dates x 1).

    The mean is over the days known; the sum is that mean times the days of the window, so that a missing
    day counts as an average day and not as zero.
    """
    wanted = [(name, "mean") for name in block.mean] + [(name, "sum") for name in block.sum]
    return [_column(block, scope, name, (how, days)) for name, how in wanted for days in block.trailing_days]


def _column(block: TrailingFeature, scope: Scope, name: str, window: tuple[str, int]) -> FeatureColumn:
    how, days = window
    means = _trailing_means(daily_values(scope.city, block.source, name), scope.dates, days)
    values = means * days if how == "sum" else means
    record = Feature(name=f"{name}_{how}_{days}d", source=block.source, known_by="known_at", family="weather")
    return FeatureColumn(record, values.astype(np.float32)[:, None])


def daily_values(city: City, source: str, name: str) -> tuple[Days, Floats]:
    """Days in order and the value of each; several rows of one day are averaged. Blanks are left out."""
    rows = known_rows(city, source)
    value = number_of(rows, name)
    read = rows.filter(value.notnull()).select(day=rows[DAY], value=value).to_pyarrow()
    days, values = day_numbers(read["day"].to_numpy()), read["value"].to_numpy().astype(np.float64)
    order = np.lexsort((values, days))
    unique, first = np.unique(days[order], return_index=True)
    if len(unique) == 0:
        return unique, np.zeros(0)
    sizes = np.diff(np.append(first, len(days)))
    return unique, np.add.reduceat(values[order], first) / sizes


def _trailing_means(daily: tuple[Days, Floats], dates: Days, window: int) -> Floats:
    """Mean over the days ``(date - window, date]``, each date by itself, so that none depends on another."""
    days, values = daily
    first, beyond = (
        np.searchsorted(days, dates - window, side="right"),
        np.searchsorted(days, dates, side="right"),
    )
    means = [values[a:b].mean() if b > a else np.nan for a, b in zip(first, beyond, strict=True)]
    return np.where(beyond - first >= LEAST_SHARE_KNOWN * window, np.array(means), np.nan)
