"""Who waits longer, and of whom is it said wrongly? Delays of groups, like with like.

A group that asks for slower kinds of work waits longer without being served worse, and one that waits longer
for each kind may look well served (Simpson's paradox; Hamel and Holliday found the first in the requests of
thirteen cities: METHODS 1.3). So means are told by type and put together with the same weights for every
group (direct standardisation; Breslow and Day 1987): those of all cases, over the types in which each group
that decides has enough. All figures are Kaplan-Meier's: open cases count. Intervals resample areas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from civic_ai.audit.bootstrap import resample_sums
from civic_ai.audit.cells import Floats, Integers, sum_cells
from civic_ai.audit.disparity import Measured
from civic_ai.audit.metrics import Metric
from civic_ai.audit.rates import GroupSums, Rates, sum_groups
from civic_ai.models.survival import LifeTable, Mask, Waits
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Period

LEAST_CASES = 30
"""A type in which a deciding group has fewer cases is not compared."""

DELAY_METRICS = {
    metric.name: metric
    for metric in (
        Metric("restricted_mean_days", {}, {"rows": 1}, is_share=False, low_is_worse=False),
        Metric("done_by_horizon", {}, {"rows": 1}),
        Metric("restricted_mean_days_unadjusted", {}, {"rows": 1}, is_share=False, low_is_worse=False),
        Metric("bias_ratio", {}, {"rows": 1}, is_share=False, low_is_worse=False),
    )
}
"""Restricted mean days: days until done, of at most the horizon, for the same mix of types; unadjusted: for
each group's own mix. Done by horizon: the share that is done by then, for the same mix. Bias ratio: days that
it took per day that was predicted."""


@dataclass(frozen=True, eq=False)
class Delays:
    """Test cases of one candidate, one entry a case: codes of unit and type, wait, predicted mean days."""

    unit: Integers
    type: Integers
    waits: Waits
    predicted: Floats
    period: Period


def delay_sums(
    delays: Delays, groupings: Sequence[Grouping], clusters: Integers, *, seed: int
) -> tuple[GroupSums, ...]:
    """What each group's figures rest on, as in :func:`delay_cells`.

    ``clusters``: what is resampled together, a code a unit.
    """
    cells = delay_cells(delays, len(clusters))
    return sum_groups(cells, groupings, seed=seed, clusters=clusters)


def delay_cells(delays: Delays, units: int) -> Floats:
    """(units, cells): cases (``rows``), those seen to end (``positives``, ``events``), and days predicted."""
    ended = delays.waits.ended.astype(np.float64)
    columns = {
        "rows": np.ones_like(ended),
        "positives": ended,
        "events": ended,
        "predicted": delays.predicted,
    }
    return sum_cells(columns, delays.unit, units)


def measure_delays(
    delays: Delays, sums: Sequence[GroupSums], clusters: Integers, *, seed: int
) -> Mapping[str, list[Measured]]:
    """Every metric in every group of every attribute; unadjusted only where there are several types."""
    made: dict[str, list[Measured]] = {name: [] for name in DELAY_METRICS}
    several = len(np.unique(delays.type)) > 1
    for part in sums:
        rates = _rates(delays, part, clusters, seed)
        for name, rate in rates.items():
            made[name].append(_Delay(part, DELAY_METRICS[name], rate, delays.period))
    return {name: family for name, family in made.items() if several or not name.endswith("_unadjusted")}


@dataclass(frozen=True, eq=False)
class _Delay(Measured):
    """Its figures rest on the compared cases only, and so does whether there are enough."""

    @property
    def events(self) -> Floats:
        """Cases in each group that were seen to end, of those that are compared."""
        return np.minimum(self.sums.events, self.rates.n)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Sums over the cases of a type (or of all): first those of the sample, then of every replicate.

    ``values`` (1 + replicates, groups, 2 + 2 tau): cases, predicted days, at risk and ended on each day.
    """

    values: Floats
    times: Floats
    spent: Floats

    @property
    def table(self) -> LifeTable:
        """A life table for each replicate and group."""
        tau = len(self.times)
        return LifeTable(self.times, self.values[..., 2 : tau + 2], self.values[..., tau + 2 :], self.spent)

    def with_more(self, other: _Drawn) -> _Drawn:
        """The sums of both; the sample's replicates are of the same areas."""
        return _Drawn(self.values + other.values, self.times, self.spent)


@dataclass(frozen=True, eq=False)
class _Curve:
    """One figure of a life table: its value (1 + replicates, groups) and its standard error (groups,)."""

    value: Floats
    error: Floats


def _rates(delays: Delays, sums: GroupSums, clusters: Integers, seed: int) -> dict[str, Rates]:
    by_type = list(_by_type(delays, sums, clusters, seed))
    every = by_type[0]
    for part in by_type[1:]:
        every = every.with_more(part)
    cases = np.array([part.values[0, :, 0] for part in by_type])
    total = every.values[0, :, 0]
    is_used = _enough(cases, sums)
    weights = np.where(is_used, cases.sum(axis=1), 0.0)
    means, done = ([_of(part) for part in by_type] for _of in (_mean, _done))
    own = _mean(every)
    predicted = every.values[..., 1] / np.where(every.values[..., 0] > 0, every.values[..., 0], np.nan)
    compared = cases[is_used].sum(axis=0)
    return {
        "restricted_mean_days": _rate(_standardise(means, weights), compared),
        "done_by_horizon": _rate(_standardise(done, weights), compared),
        "restricted_mean_days_unadjusted": _rate(own, total),
        "bias_ratio": _rate(_Curve(own.value / predicted, own.error / predicted[0]), total),
    }


def _by_type(delays: Delays, sums: GroupSums, clusters: Integers, seed: int) -> Iterator[_Drawn]:
    """Sums of each type with their replicates: the same areas are drawn for every type."""
    waits, weights = delays.waits, sums.grouping.weights[delays.unit]
    times = np.arange(1.0, waits.tau + 1.0)
    spent = waits.spent(times)
    for number in np.unique(delays.type):
        cases = delays.type == number
        by_cluster = _by_cluster(delays, weights, clusters, cases)
        drawn = resample_sums(by_cluster.reshape(len(by_cluster), -1), seed=seed)
        values = np.concatenate([by_cluster.sum(axis=0)[None], drawn.reshape(-1, *by_cluster.shape[1:])])
        yield _Drawn(values, times, spent)


def _by_cluster(delays: Delays, weights: Floats, clusters: Integers, cases: Mask) -> Floats:
    """(clusters, groups, 2 + 2 tau): the sums of the marked cases."""
    waits = Waits(delays.waits.days[cases], delays.waits.ended[cases], delays.waits.tau)
    at, count = clusters[delays.unit[cases]], int(clusters.max()) + 1
    made = []
    for weight in weights[cases].T:
        table = waits.daily_table(at, count, weight)
        sides = [np.bincount(at, each, count) for each in (weight, weight * delays.predicted[cases])]
        made.append(np.column_stack([*sides, table.at_risk, table.ended]))
    return np.stack(made, axis=1)


def _enough(cases: Floats, sums: GroupSums) -> Mask:
    """(types,): whether every group that decides has enough cases of the type; ``cases`` (types, groups)."""
    grouping = sums.grouping
    deciding = [grouping.groups.index(group) for group in grouping.deciding_groups(sums.events)]
    return np.asarray((cases[:, deciding] >= LEAST_CASES).all(axis=1))


def _mean(drawn: _Drawn) -> _Curve:
    table = drawn.table
    value = np.where(table.is_followed, table.restricted_mean(), np.nan)
    return _Curve(value, table.restricted_error()[0])


def _done(drawn: _Drawn) -> _Curve:
    table, tau = drawn.table, float(drawn.times[-1])
    return _Curve(np.where(table.is_followed, 1.0 - table.open_at(tau), np.nan), table.open_error(tau)[0])


def _standardise(curves: Sequence[_Curve], weights: Floats) -> _Curve:
    """The mean over types with the same weights for every group; a type without a value is left out."""
    values = np.array([curve.value for curve in curves])
    shares = np.where(np.isfinite(values), weights[:, None, None], 0.0)
    total = shares.sum(axis=0)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    value = np.where(total > 0, (shares * np.nan_to_num(values)).sum(axis=0), np.nan)
    errors = np.array([curve.error for curve in curves])
    return _Curve(value, np.sqrt(((shares[:, 0] * errors) ** 2).sum(axis=0)))


def _rate(curve: _Curve, n: Floats) -> Rates:
    """The figure as a rate of ``n`` cases; a single case says nothing of its own error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(curve.value > 0, curve.value, np.nan))
        floor = np.where(n > 1, np.nan_to_num(curve.error / curve.value[0]), np.nan)
    middle = np.where(np.isfinite(logs[1:]), logs[1:], logs[0])
    return Rates(value=curve.value[0], n=n, log=logs[0], logs=middle, error_floor=floor)
