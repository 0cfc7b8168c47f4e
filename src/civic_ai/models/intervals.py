"""Conformal intervals for counts that arrive over time: scaled, by group, adaptive.

For E1 (totals of events by area) and for ``fit``:

    conformal_bounds(forecasts: Forecasts, *, level: float, first: np.datetime64) -> Bounds

``Forecasts`` has one entry a forecast, in any order: ``as_of`` and ``matured_on`` (days; the label is read
on no day before ``matured_on``), ``group`` (an integer; coverage is kept in each group by itself), ``mean``
(what was forecast, >= 0) and ``label`` (what came; NaN: never known). ``Bounds.lower`` and ``upper`` are
whole numbers, ``lower`` >= 0; NaN for forecasts from before ``first`` (they only calibrate) and where too
little was known. ``size_groups(mean, reference)`` cuts forecasts at the thirds of a reference known before.

Method. The score of a forecast is |y - m| / sqrt(m + 0.25), so that busy and quiet units share one scale
(scaled split conformal: Papadopoulos et al. 2002; Vovk et al. 2005). On each as-of date the interval of a
group is m -+ q sqrt(m + 0.25), with q the ceil((n + 1) (1 - a))-th smallest of the group's n scores that
matured in the last ``WINDOW_DAYS`` (Mondrian: Vovk et al. 2005, section 4.5; a rolling window lets old errors
go). Each group's a starts at 1 - level and moves by ``STEP`` times the difference between 1 - level and the
share of its intervals that missed, as misses become known (adaptive conformal inference: Gibbs and Candes
2021). A group with too few scores for its level takes all groups' scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from civic_ai.models.scorer import Floats

Days = NDArray[np.datetime64]
Groups = NDArray[np.int64]
Positions = NDArray[np.int64]

WINDOW_DAYS = 182
"""Scores that matured longer ago are let go."""
STEP = 0.05
"""How far a moves for a missed share that is off by 1 (Gibbs and Candes use 0.005 to 0.05)."""
MOST_TIMES = 2.0
"""a never exceeds so many times 1 - level: counts that are nearly always 0 are covered more often than asked,
and a must not run away meanwhile."""
LEVEL_OFF = 0.25
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Bounds:
    """Whole numbers between which the outcome lies, one pair a forecast; NaN where nothing can be said."""

    lower: Floats
    upper: Floats


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Forecasts of counts, in any order, and what came; see the module."""

    as_of: Days
    matured_on: Days
    group: Groups
    mean: Floats
    label: Floats

    @cached_property
    def spread(self) -> Floats:
        """The scale of a count's error: sqrt(m + 0.25)."""
        return np.sqrt(self.mean + LEVEL_OFF)

    @cached_property
    def scores(self) -> Floats:
        """How far what came lies from what was forecast, in spreads; NaN where it is never known."""
        return np.abs(self.label - self.mean) / self.spread

    def take(self, positions: Positions) -> Forecasts:
        """Some of them."""
        return Forecasts(
            self.as_of[positions],
            self.matured_on[positions],
            self.group[positions],
            self.mean[positions],
            self.label[positions],
        )

    def within(self, quantile: float) -> Bounds:
        """m -+ q sqrt(m + 0.25) in whole numbers from 0; floor(m), the likeliest count, is always inside."""
        likeliest = np.floor(self.mean)
        lower = np.ceil(self.mean - quantile * self.spread - ROUNDING)
        upper = np.floor(self.mean + quantile * self.spread + ROUNDING)
        return Bounds(np.clip(lower, 0.0, likeliest), np.maximum(upper, likeliest))


@dataclass(frozen=True, eq=False)
class _Pool:
    """Scores in the order in which they matured; those of one day are read together."""

    matured_on: Days
    scores: Floats
    positions: Positions

    @classmethod
    def of(cls, forecasts: Forecasts) -> _Pool:
        known = np.flatnonzero(~np.isnan(forecasts.scores))
        order = known[np.argsort(forecasts.matured_on[known], kind="stable")]
        return cls(forecasts.matured_on[order], forecasts.scores[order], order)

    def between(self, after: np.datetime64, upto: np.datetime64) -> slice:
        """What matured on the days after the one and up to the other."""
        ends = np.searchsorted(self.matured_on, np.array([after, upto]), side="right")
        return slice(int(ends[0]), int(ends[1]))

    def quantile(self, upto: np.datetime64, miss: float, least: int) -> float:
        """The score that a new one exceeds with chance ``miss``; NaN with fewer than ``least`` to go by."""
        scores = self.scores[self.between(upto - np.timedelta64(WINDOW_DAYS, "D"), upto)]
        if len(scores) < least:
            return math.nan
        rank = min(math.ceil((len(scores) + 1) * (1.0 - miss) - ROUNDING), len(scores))
        return float(np.partition(scores, rank - 1)[rank - 1])


def conformal_bounds(forecasts: Forecasts, *, level: float, first: np.datetime64) -> Bounds:
    """Bounds that hold ``level`` of the outcomes of each group, for forecasts made on or after ``first``."""
    everyone = _Pool.of(forecasts)
    lower, upper = (np.full(len(forecasts.mean), np.nan) for _ in range(2))
    for group in np.unique(forecasts.group):
        members = np.flatnonzero(forecasts.group == group)
        own = _bounds_of_group(forecasts.take(members), everyone, level, first)
        lower[members], upper[members] = own.lower, own.upper
    return Bounds(lower, upper)


def size_groups(mean: Floats, reference: Floats) -> Groups:
    """0, 1 or 2: a small, middling or large forecast by the thirds of ``reference``."""
    thirds = np.quantile(reference, [1 / 3, 2 / 3])
    return np.searchsorted(thirds, mean, side="right").astype(np.int64)


def _bounds_of_group(own: Forecasts, everyone: _Pool, level: float, first: np.datetime64) -> Bounds:
    """One date after another: learn from what has matured since the last one, then say the next interval."""
    pool, least = _Pool.of(own), math.ceil(level / (1.0 - level) - ROUNDING)
    lower, upper = (np.full(len(own.mean), np.nan) for _ in range(2))
    miss, before = 1.0 - level, first
    for today, asked in _by_date(own.as_of, first):
        fresh = pool.positions[pool.between(before, today)]
        fresh = fresh[~np.isnan(lower[fresh])]
        if len(fresh):
            label = own.label[fresh]
            missed = np.mean((label < lower[fresh]) | (label > upper[fresh]))
            miss = float(np.clip(miss + STEP * (1.0 - level - missed), 0.0, MOST_TIMES * (1.0 - level)))
        widths = (each.quantile(today, miss, least) for each in (pool, everyone))
        said = own.take(asked).within(next((width for width in widths if not math.isnan(width)), math.nan))
        lower[asked], upper[asked] = said.lower, said.upper
        before = today
    return Bounds(lower, upper)


def _by_date(as_of: Days, first: np.datetime64) -> Iterator[tuple[np.datetime64, Positions]]:
    """Each as-of date from ``first`` on with the positions of its forecasts."""
    order = np.argsort(as_of, kind="stable")
    dates, starts = np.unique(as_of[order], return_index=True)
    for today, positions in zip(dates, np.split(order, starts[1:]), strict=True):
        if today >= first:
            yield today, positions
