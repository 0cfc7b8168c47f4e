"""What the ratios would be had a share of repeat reports been taken for new incidents.

A repeat report whose link is lost is missing among the repeats, and is an incident that never was: its days
under watch count, without a repeat. Where each is lost with probability l, by itself, the repeats that are
left are 1 - l of all, and the days too many are on average l / (1 - l) of those that the linked ones would
bring, had each been lost. So both are put right without bias by the reports that are there::

    repeats / (1 - l)        days - l / (1 - l) x (days of the linked repeats, each standing alone)

The first cancels in ratios where all groups lose alike, the second does not: more are lost where more is
reported, so that a gap looks smaller than it is. Which links were lost is not in the data, nor is l.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.inflation import fit_rates
from civic_ai.audit.reporting import Watched, regression
from civic_ai.panel.groups import Grouping
from civic_ai.records.reporting import LinkageLoss, ReportingGroup

Floats = NDArray[np.float64]

LOST_PERCENTS = (10, 20, 40)
"""Shares of links that are taken to be lost, in one group alone or in the whole city."""


@dataclass(frozen=True, eq=False)
class Links:
    """``watched``: the incidents as they are linked; ``alone``: their repeat reports as if each were an
    incident (:func:`civic_ai.audit.duplicates.repeats_alone`); ``grouping`` over the areas of both."""

    watched: Watched
    alone: Watched
    grouping: Grouping

    def alone_in(self, groups: Sequence[ReportingGroup]) -> Iterator[LinkageLoss]:
        """Each ratio if links of that group alone were lost."""
        for item in groups:
            at = self.grouping.groups.index(item.group)
            for percent in LOST_PERCENTS:
                factors = self.factors(percent / 100 * self.grouping.shares[:, at])
                yield from _loss(item, percent, float(factors[at]))

    def everywhere(self, groups: Sequence[ReportingGroup]) -> Iterator[LinkageLoss]:
        """Each ratio if links of every group were lost alike."""
        everyone = np.ones(len(self.grouping.shares))
        factors = {percent: self.factors(percent / 100 * everyone) for percent in LOST_PERCENTS}
        for item in groups:
            at = self.grouping.groups.index(item.group)
            for percent in LOST_PERCENTS:
                yield from _loss(item, percent, float(factors[percent][at]))

    def factors(self, lost: Floats) -> Floats:
        """(groups,): what puts each ratio right if of the repeat reports of each area a share ``lost``
        (areas,) was not recognised; NaN where fewer days are left than such a loss takes away."""
        factors: Floats = np.exp(
            log_ratios(put_right(self.watched, self.alone, lost), self.grouping) - self._measured
        )
        return factors

    @cached_property
    def _measured(self) -> Floats:
        return log_ratios(self.watched, self.grouping)


def _loss(item: ReportingGroup, percent: int, factor: float) -> Iterator[LinkageLoss]:
    """The ratio put right, with its interval; nothing where the data contradict such a loss."""
    if item.ratio.value is not None and np.isfinite(factor):
        ratio = item.ratio.moved(lambda value: value * factor)
        yield LinkageLoss(percent=percent, attribute=item.attribute, group=item.group, ratio=ratio)


def put_right(watched: Watched, alone: Watched, lost: Floats) -> Watched:
    """The sums without the incidents that never were; some are taken away, so single entries are negative.

    ``lost`` (areas,): shares below 1. Sums of squares cannot be put right and are NaN.
    """
    odds = (lost / (1 - lost))[alone.area]
    return Watched(
        area=np.concatenate([watched.area, alone.area]),
        kind=np.concatenate([watched.kind, alone.kind]),
        incidents=np.concatenate([watched.incidents, -odds * alone.incidents]),
        days=np.concatenate([watched.days, -odds * alone.days]),
        repeats=np.concatenate([watched.repeats / (1 - lost)[watched.area], np.zeros(len(odds))]),
        squares=np.full(len(watched.area) + len(odds), np.nan),
    )


def log_ratios(watched: Watched, grouping: Grouping) -> Floats:
    """(groups,): as :func:`civic_ai.audit.reporting.fit_reporting` tells them, from sums that may be
    negative; NaN where a group or type has no days left."""
    kept, measured, design = regression(watched, grouping)
    made = np.full(len(grouping.groups), np.nan)
    made[grouping.reference] = 0.0
    reference = grouping.shares[kept.area][:, [grouping.reference]]
    if measured and (np.column_stack([design, reference]).T @ kept.days > 0).all():
        made[measured] = fit_rates(kept.repeats, kept.days, design)[: len(measured)]
    return made
