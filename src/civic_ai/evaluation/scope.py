"""Some of the as-of dates under a name, and what a figure on them rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civic_ai.evaluation.lists import Lists, Mask
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Basis, Statistic
from civic_ai.evaluation.uncertainty import Replicates
from civic_ai.records.figure import Figure, missing

NO_ROWS = "no_matured_rows"


@dataclass(frozen=True, eq=False)
class Scope:
    """Some of the as-of dates, under a name, resampled once for all candidates: all are paired."""

    name: str
    dates: Mask
    resampled: Replicates
    level: float

    def basis(self, lists: Lists, metric: Metric) -> Basis:
        """What a figure of ``metric`` on these ``lists`` rests on."""
        return self.counting(lists, round(_counted(lists, metric)), metric.when_undefined)

    def counting(self, lists: Lists, n: int, when_undefined: str = "no_rows") -> Basis:
        """What a figure on ``n`` of something in these ``lists`` rests on."""
        return Basis(self.resampled, self.level, n, lists.period, when_undefined)

    def figure(self, lists: Lists, metric: Metric, kind: Kind) -> Figure:
        """A metric of the ``lists`` of this scope's dates."""
        if not len(lists.sizes):
            return missing(NO_ROWS)
        return self.figure_of(metric.measure(lists, kind), lists, metric, kind)

    def figure_of(self, statistic: Statistic, lists: Lists, metric: Metric, kind: Kind) -> Figure:
        """A statistic that is read like ``metric`` (what a lottery finds, what another capacity finds)."""
        basis = self.basis(lists, metric)
        return basis.proportion(statistic) if kind in metric.proportion_for else basis.figure(statistic)


def _counted(lists: Lists, metric: Metric) -> float:
    """How many of what a figure of ``metric`` rests on."""
    match metric.rests_on:
        case "events":
            return float(lists.events.sum())
        case "visits":
            return float(lists.visits.sum())
        case "intervals":
            return float(np.isfinite(lists.more["lower"]).sum())
        case "rows":
            return float(lists.sizes.sum())
