"""How much the size of contributions depends on the weeks that were looked at.

Blocks of as-of dates are resampled (the model is not trained again). A ranking is only worth
publishing where most resamples agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.evaluation.uncertainty import LEAST_BLOCKS, Replicates, block_length, resample_dates
from civic_ai.models.scorer import Floats
from civic_ai.records.figure import Figure, Period

STABLE_AGREEMENT = 0.8
"""Share of resamples that must put a family at its place (METHODS 5)."""


@dataclass(frozen=True, eq=False)
class Weeks:
    """The as-of date of each explained row, as a position in ``dates``, and the dates resampled."""

    position: NDArray[np.int64]
    dates: NDArray[np.datetime64]
    replicates: Replicates
    level: float

    @property
    def has_interval(self) -> bool:
        """Whether there are blocks enough to see how weeks differ."""
        return self.replicates.blocks >= LEAST_BLOCKS


@dataclass(frozen=True, eq=False)
class Sizes:
    """Mean absolute size of each column: over all rows, and in each resample (resamples x columns)."""

    mean: Floats
    resampled: Floats

    @property
    def shares(self) -> Sizes:
        """The same as shares of their sum; all zero where nothing moves."""
        return Sizes(_share(self.mean), _share(self.resampled))

    @property
    def agreement(self) -> Floats:
        """Share of resamples in which each column has the rank that it has over all rows."""
        return np.asarray((_rank(self.resampled) == _rank(self.mean)).mean(axis=0))


def resample_weeks(as_of: NDArray[np.datetime64], overlap: int, *, seed: int, level: float) -> Weeks:
    """Blocks of the dates in ``as_of`` (one a row); labels or windows of ``overlap`` dates overlap."""
    dates, position = np.unique(as_of, return_inverse=True)
    one_period = np.zeros(len(dates), dtype=np.int64)
    replicates = resample_dates(one_period, block_length(one_period, overlap), seed=seed)
    return Weeks(position, dates, replicates, level)


def mean_sizes(columns: Floats, weeks: Weeks) -> Sizes:
    """Mean absolute value of each of ``columns`` (rows x columns), over all rows and in each resample."""
    size = np.abs(columns)
    sums = np.zeros((len(weeks.dates), size.shape[1]))
    np.add.at(sums, weeks.position, size)
    rows = np.bincount(weeks.position, minlength=len(weeks.dates)).astype(np.float64)
    weights = weeks.replicates.weights
    return Sizes(size.mean(axis=0), (weights @ sums) / (weights @ rows)[:, None])


def figures(sizes: Sizes, weeks: Weeks) -> list[Figure]:
    """Each column's size with its interval; the interval is None where there are too few blocks."""
    first, last = weeks.dates.min().astype("datetime64[D]"), weeks.dates.max().astype("datetime64[D]")
    period = Period(first=first.item(), last=last.item())
    made = []
    for value, resampled in zip(sizes.mean, sizes.resampled.T, strict=True):
        lower, upper = weeks.replicates.interval(resampled, weeks.level) or (None, None)
        made.append(
            Figure(
                value=float(value),
                lower=lower,
                upper=upper,
                level=weeks.level,
                n=len(weeks.position),
                period=period,
            )
        )
    return made


def _share(sizes: Floats) -> Floats:
    total = sizes.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(sizes, total, out=np.zeros_like(sizes), where=total > 0))


def _rank(sizes: Floats) -> NDArray[np.int64]:
    """0 for the largest; equal ones in the order of their columns."""
    order = np.argsort(-sizes, axis=-1, kind="stable")
    return np.argsort(order, axis=-1, kind="stable")
