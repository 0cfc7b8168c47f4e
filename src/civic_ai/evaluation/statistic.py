"""A number as a function of sums over dates, so that it can be recomputed exactly when time is resampled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from civic_ai.evaluation.lists import Floats, Integers
from civic_ai.evaluation.uncertainty import Interval, Replicates, wilson
from civic_ai.records.figure import Figure, Period, missing


@dataclass(frozen=True, eq=False)
class Statistic:
    """``sums`` has shape (dates, parts); ``of`` turns totals (..., parts) into values (...).

    A value that does not exist (nothing to divide by) is NaN.
    """

    sums: Floats
    of: Callable[[Floats], Floats]

    @property
    def value(self) -> float:
        """The value over all dates; NaN where it does not exist."""
        return float(self._values(self.sums.sum(axis=0)))

    def replicates(self, resampled: Replicates) -> Floats:
        """(replicates,): the value in each replicate."""
        return self._values(resampled.weights @ self.sums)

    def then(self, function: Callable[[Floats], Floats]) -> Statistic:
        """The same statistic with ``function`` applied to its value."""
        return Statistic(self.sums, lambda totals: function(self.of(totals)))

    def _values(self, totals: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.of(totals), dtype=np.float64)


@dataclass(frozen=True)
class Basis:
    """What a figure rests on: how many, over which dates, resampled how, and why it might be missing."""

    resampled: Replicates
    level: float
    n: int
    period: Period | None
    when_undefined: str

    def figure(self, statistic: Statistic) -> Figure:
        """The statistic's value with its interval."""
        return self.bounded(
            statistic.value, self.resampled.interval(statistic.replicates(self.resampled), self.level)
        )

    def proportion(self, statistic: Statistic) -> Figure:
        """A share of ``n`` with the wider of its interval over time and Wilson's.

        Blocks that all say the same (nothing found in any) would give an interval of width zero.
        """
        figure = self.figure(statistic)
        if figure.lower is None or figure.upper is None or figure.value is None:
            return figure
        lower, upper = wilson(figure.value * self.n, self.n, self.level)
        return figure.model_copy(
            update={"lower": min(figure.lower, lower), "upper": max(figure.upper, upper)}
        )

    def counting(self, n: int) -> Basis:
        """The same basis for a part of ``n``."""
        return replace(self, n=n)

    def without_value(self, when_undefined: str) -> Basis:
        """The same basis with another reason for a missing value."""
        return replace(self, when_undefined=when_undefined)

    def compared(self, left: Statistic, right: Statistic, by: Callable[[Floats, Floats], Floats]) -> Figure:
        """``by(left, right)`` (a ratio, a difference), paired: both sides share every replicate."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(by(np.asarray(left.value), np.asarray(right.value)))
            values = by(left.replicates(self.resampled), right.replicates(self.resampled))
        return self.bounded(value, self.resampled.interval(values, self.level))

    def bounded(self, value: float, interval: Interval | None) -> Figure:
        """A figure of a value and its interval; missing when there is no value.

        The interval is made to hold the value, for a percentile interval of a statistic that chance can
        only push one way (the expected calibration error) may miss it.
        """
        if not math.isfinite(value):
            return missing(self.when_undefined, n=self.n)
        lower, upper = (min(interval[0], value), max(interval[1], value)) if interval else (None, None)
        return Figure(
            value=value,
            lower=lower,
            upper=upper,
            level=self.level,
            n=self.n,
            period=self.period,
            why_missing=None if interval else "too_few_periods_for_an_interval",
        )


def ratio(above: Floats | Integers, below: Floats | Integers) -> Statistic:
    """Sum of ``above`` (dates,) over sum of ``below`` (dates,); each a number for every date."""
    sums = np.column_stack([above, below]).astype(np.float64)
    return Statistic(sums, lambda totals: totals[..., 0] / totals[..., 1])
