"""Figures of many small groups: drawn towards the whole, and how much they truly differ.

The gap between the best and the worst of many small groups is large by chance alone (METHODS 3.3: 0.153 among
equal groups), so it is never shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.disparity import Measured
from civic_ai.audit.metrics import Metric

Floats = NDArray[np.float64]
_ENOUGH_GROUPS = 2


@dataclass(frozen=True, eq=False)
class Small:
    """One metric in many groups. ``value`` (groups,), NaN without a case; ``city``: the value over all.

    ``weight`` (groups,): how many independent cases each value is worth. ``unit_variance``: the variance that
    one such case would have at the city's value. ``events`` (groups,): cases behind each value.
    """

    value: Floats
    weight: Floats
    events: Floats
    city: float
    unit_variance: float

    @property
    def variance(self) -> Floats:
        """(groups,): sampling variance of each value, were its truth the city's."""
        made: Floats = np.divide(
            self.unit_variance, self.weight, out=np.full_like(self.weight, np.inf), where=self.weight > 0
        )
        return made

    def spread(self, least: int) -> BetweenGroups:
        """How the values of groups with at least ``least`` cases differ, less what chance brings."""
        used = np.isfinite(self.value) & np.isfinite(self.variance) & (self.events >= least)
        if used.sum() < _ENOUGH_GROUPS:
            return BetweenGroups(None, None, int(used.sum()))
        chance = float(self.variance[used].mean())
        return BetweenGroups(float(self.value[used].var(ddof=1)) - chance, chance, int(used.sum()))

    def shrunken(self, between: float | None) -> Floats:
        """(groups,): (n value + s city) / (n + s): the mean with a beta prior of shares, a gamma prior of
        counts, and s = unit variance / ``between`` cases behind the prior (Efron and Morris 1975)."""
        known = np.nan_to_num(self.value, nan=self.city)
        if between is None or between <= 0:
            return np.full(len(known), self.city)
        behind = self.unit_variance / between
        total = self.weight + behind
        made: Floats = np.where(total > 0, self.weight * known + behind * self.city, known)
        return made / np.where(total > 0, total, 1.0)


@dataclass(frozen=True)
class BetweenGroups:
    """``variance``: of the values, less their mean sampling variance (Lum, Zhang and Bower 2022); ``chance``:
    that mean. None where fewer than two ``groups`` have enough cases."""

    variance: float | None
    chance: float | None
    groups: int

    @property
    def beyond_chance(self) -> float | None:
        """A standard deviation; 0 where the values differ no more than by chance."""
        return None if self.variance is None else math.sqrt(max(self.variance, 0.0))

    @property
    def by_chance(self) -> float | None:
        """The standard deviation that chance alone brings."""
        return None if self.chance is None else math.sqrt(self.chance)


def small_groups(measured: Measured) -> Small:
    """The groups of one attribute, but for the reference group, which is the whole."""
    made, reference = measured.rates, measured.sums.grouping.reference
    others = np.arange(len(made.value)) != reference
    city = float(made.value[reference])
    unit = _unit_variance(measured.metric, city)
    return Small(
        value=made.value[others],
        weight=_worth(measured, unit)[others],
        events=measured.events[others],
        city=city,
        unit_variance=unit,
    )


def _unit_variance(metric: Metric, city: float) -> float:
    """Of one case: a share's (binomial), a count's (Poisson), or a mean's that spreads as it is large."""
    if _is_known_by_its_error(metric):
        return city**2
    return city * (1 - city) if metric.is_share else city


def _is_known_by_its_error(metric: Metric) -> bool:
    """Whether a metric is no plain ratio of sums: a mean of waits, or a ratio over another."""
    return not metric.over or metric.is_relative


def _worth(measured: Measured, unit: float) -> Floats:
    """(groups,): what the metric divides by, less where cases of one area vary together (design effect).

    A group in one area is worth one case.
    """
    made, errors = measured.rates, measured.errors
    if _is_known_by_its_error(measured.metric):
        return np.nan_to_num(1 / errors**2, nan=1.0, posinf=1.0)
    base = measured.base
    alone = np.isfinite(errors) & (made.error_floor > 0)
    ratio = np.divide(errors, made.error_floor, out=np.ones_like(errors), where=alone)
    worth: Floats = np.where(np.isfinite(errors), base / np.maximum(ratio, 1.0) ** 2, np.minimum(base, 1.0))
    return worth
