"""Every metric in every group as a ratio of sums, with its bootstrap replicates.

A group's sums are one matrix product of the sums of the units with the groups' weights, and the cluster
bootstrap is another, so that six attributes on a million rows take well under a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.bootstrap import Integers, resample_sums, sum_clusters
from civic_ai.audit.cells import CELLS
from civic_ai.audit.metrics import Metric
from civic_ai.panel.groups import Grouping

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GroupSums:
    """The sums of one attribute's groups; the last row of ``totals`` and of each replicate is all units.

    ``totals`` (groups + 1, cells) and ``replicates`` (replicates, groups + 1, cells) are weighted by
    residents; ``counts`` (groups, cells) are shared out by residents, each case counted once. ``units``
    (groups,) is the effective number of clusters: Kish's (1965) n of their shares of the group's ``basis``,
    the cell that figures rest on (events, or rows with an interval).
    """

    grouping: Grouping
    totals: Floats
    replicates: Floats
    counts: Floats
    units: Floats
    basis: str = "events"

    @property
    def events(self) -> Floats:
        """(groups,): what each group's figures rest on."""
        counted: Floats = self.counts[:, CELLS.index(self.basis)]
        return counted


def sum_groups(
    cells: Floats,
    groupings: Sequence[Grouping],
    *,
    seed: int,
    clusters: Integers | None = None,
    basis: str = "events",
) -> tuple[GroupSums, ...]:
    """Sums and bootstrap replicates of every attribute, all from the same resampled clusters.

    ``cells`` (units, cells). ``clusters`` (units,): see ``clusters_of``; without it every unit stands for
    itself. All rows of a cluster are kept together (see ``resample_sums``).
    """
    together = np.arange(len(cells)) if clusters is None else clusters
    sums = [sum_clusters(_weighted(cells, grouping), together) for grouping in groupings]
    drawn = resample_sums(np.concatenate(sums, axis=1), seed=seed)
    ends = np.cumsum([part.shape[1] for part in sums])[:-1]
    return tuple(
        _group_sums(grouping, part, replicates, (grouping.shares.T @ cells, basis))
        for grouping, part, replicates in zip(groupings, sums, np.split(drawn, ends, axis=1), strict=True)
    )


def _weighted(cells: Floats, grouping: Grouping) -> Floats:
    """(units, (groups + 1) x cells): the cells times each group's weight, the last group all units."""
    weights = np.column_stack([grouping.weights, np.ones(len(cells))])
    product: Floats = (weights[:, :, None] * cells[:, None, :]).reshape(len(cells), -1)
    return product


def _group_sums(
    grouping: Grouping, by_cluster: Floats, drawn: Floats, rests_on: tuple[Floats, str]
) -> GroupSums:
    shape, (counts, basis) = (-1, len(grouping.groups) + 1, len(CELLS)), rests_on
    per_cluster = by_cluster.reshape(shape)
    return GroupSums(
        grouping=grouping,
        totals=per_cluster.sum(axis=0),
        replicates=drawn.reshape(shape),
        counts=counts,
        units=effective_number(per_cluster[:, :-1, CELLS.index(basis)]),
        basis=basis,
    )


def effective_number(parts: Floats) -> Floats:
    """Kish's effective number of clusters in each column: (sum w)^2 / sum w^2; 0 for an empty column."""
    squares = (parts**2).sum(axis=0)
    number: Floats = np.divide(parts.sum(axis=0) ** 2, squares, out=np.zeros_like(squares), where=squares > 0)
    return number


@dataclass(frozen=True, eq=False)
class Rates:
    """One metric in each group of one attribute; arrays have one entry a group.

    ``value`` is NaN where there is nothing to measure it on, ``n`` what it is measured on. ``log`` and
    ``logs`` (replicates, groups) are the logarithms with half a case added above and below, which keeps
    them finite and nearly unbiased (Haldane 1956). ``error_floor`` is the standard error that ``log`` would
    have if every case stood for itself: a bootstrap of few or empty cells must not claim to know more.
    """

    value: Floats
    n: Floats
    log: Floats
    logs: Floats
    error_floor: Floats

    def error(self, units: Floats) -> Floats:
        """Standard error of ``log``: the bootstrap's, corrected for few units, at least the floor."""
        error: Floats = np.maximum(self.logs.std(axis=0) * few_clusters(units), self.error_floor)
        return error


def few_clusters(clusters: Floats) -> Floats:
    """sqrt(k / (k - 1)): resampling k clusters shows too little spread by that factor; NaN for one."""
    some = np.where(clusters > 1, clusters, np.nan)
    widening: Floats = np.sqrt(some / (some - 1))
    return widening


def rates(sums: GroupSums, metric: Metric) -> Rates:
    """One metric in every group, with its replicates."""
    over, under = _columns(metric.over), _columns(metric.under)
    number, base = sums.totals @ over, sums.totals @ under
    log, logs = _log_ratio(number, base), _log_ratio(sums.replicates @ over, sums.replicates @ under)
    value = np.divide(number, base, out=np.full(len(base), np.nan), where=base > 0)
    if metric.is_relative:
        value, log, logs = value / value[-1], log - log[-1], logs - logs[:, -1:]
    share = np.divide(number, base, out=np.ones(len(base)), where=base > 0)
    spread = np.clip(1 - share, 0, 1) if metric.is_share else np.ones(len(base))
    measured = base[:-1] > 0
    return Rates(
        value=value[:-1],
        n=sums.counts @ _columns(metric.rests_on or metric.under),
        log=np.where(measured, log[:-1], np.nan),
        logs=logs[:, :-1],
        error_floor=np.sqrt(spread / (number + 0.5))[:-1],
    )


def _columns(signs: dict[str, int]) -> Floats:
    return np.array([float(signs.get(cell, 0)) for cell in CELLS])


def _log_ratio(number: Floats, base: Floats) -> Floats:
    """Logarithm of a ratio of sums, half a case added to both."""
    ratio: Floats = np.log((np.maximum(number, 0) + 0.5) / (np.maximum(base, 0) + 0.5))
    return ratio
