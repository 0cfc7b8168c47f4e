"""Sums against need: every report counts as 1 / P problems, where P is the share that is ever reported there.

So an answer to a survey stands for the people who were not asked (Horvitz & Thompson, JASA 1952).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from civic_ai.audit.bootstrap import Integers
from civic_ai.audit.cells import CELLS, Floats
from civic_ai.audit.disparity import Measured
from civic_ai.audit.given import Given
from civic_ai.audit.rates import GroupSums, rates, sum_groups
from civic_ai.audit.reported_share import ReportedShares

NEED_METRICS = ("recall", "service_per_need", "bias_ratio")
"""The metrics that count cases, so that a case which nobody reported counts too."""

_CORRECTED = [CELLS.index("events"), CELLS.index("found")]


@dataclass(frozen=True, eq=False)
class Corrected:
    """Sums of each attribute against need. The replicates of ``sums`` are of resampled places, those of
    ``drawn`` of draws of what is not known about who reports."""

    sums: Sequence[GroupSums]
    drawn: Sequence[GroupSums]

    def measured(self, reports: Sequence[Measured]) -> list[Measured]:
        """One metric against need, with both errors; ``reports``: the same against reports, one entry an
        attribute. What it rests on is still counted in reports."""
        return [self._measured(own, i) for i, own in enumerate(reports)]

    def _measured(self, reports: Measured, i: int) -> Measured:
        made, drawn = rates(self.sums[i], reports.metric), rates(self.drawn[i], reports.metric).logs
        both = made.logs + drawn - drawn.mean(axis=0)
        known = reports.rates
        return replace(reports, rates=replace(made, logs=both, n=known.n, error_floor=known.error_floor))


def correct(given: Given, cells: Floats, shares: ReportedShares, area: Integers) -> Corrected:
    """``cells`` (units, cells) of reports counted anew; ``area`` (units,): positions in ``shares``."""
    counted = cells.copy()
    counted[:, _CORRECTED] /= shares.share[area, None]
    sums = sum_groups(counted, given.groupings, seed=given.spec.seed, clusters=given.clusters)
    drawn = [replace(part, replicates=_drawn(part, cells, shares, area)) for part in sums]
    return Corrected(sums, drawn)


def _drawn(sums: GroupSums, cells: Floats, shares: ReportedShares, area: Integers) -> Floats:
    """(draws, groups + 1, cells): the totals for each draw of what is not known about who reports."""
    weights = np.column_stack([sums.grouping.weights, np.ones(len(cells))])
    corrected = weights[:, :, None] * cells[:, None, _CORRECTED]
    by_area = np.zeros((shares.share.size, *corrected.shape[1:]))
    np.add.at(by_area, area, corrected)
    totals = np.tile(sums.totals, (len(shares.draws), 1, 1))
    totals[:, :, _CORRECTED] = np.tensordot(1 / shares.draws, by_area, axes=1)
    return totals
