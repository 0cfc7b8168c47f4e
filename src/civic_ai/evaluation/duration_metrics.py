"""Metrics of predicted durations where some cases are still open: weighted so that the open ones count.

A case whose outcome is known at a time stands for those that were lost sight of before it: it counts with
one over the chance of being watched so long (inverse probability of censoring weights; Robins and Rotnitzky
1992). The chance is that of the cases at hand, and is not estimated again in bootstrap replicates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civic_ai.evaluation.duration import NOT_WATCHED, Durations, durations_of, told_days
from civic_ai.evaluation.lists import Floats, Integers, Lists
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Statistic, ratio
from civic_ai.models.curves import OPEN_AFTER
from civic_ai.models.survival import Waits


def integrated_brier_score(lists: Lists, _: Kind) -> Statistic:
    """Mean squared distance between the chance of being open and whether it was, averaged over days.

    Graf, Schmoor, Sauerbrei and Schumacher (1999). From the first to the last day that is told of, by the
    trapezoid rule, over the length of that stretch; for one day alone it is the Brier score of that day.
    """
    durations, days = durations_of(lists), told_days(lists)
    weights = _trapezoid(days.astype(np.float64))
    loss = np.zeros(len(durations.score))
    for day, weight in zip(days, weights, strict=True):
        is_open = lists.more[f"{OPEN_AFTER}{day}"][lists.filled]
        loss += weight * _brier(durations.waits, float(day), is_open)
    return ratio(np.bincount(durations.date, loss, minlength=durations.dates), lists.sizes)


def concordance(lists: Lists, _: Kind) -> Statistic:
    """Of two cases of one list, how often the one that took longer had been said to: 0.5 by lot.

    Uno, Cai, Pencina, D'Agostino and Wei (2011), pairs within an as-of date. A pair counts where one had
    ended at the end of a day on which the other was still open; equal scores count half.
    """
    durations = durations_of(lists)
    waits = durations.waits
    right, pairs = _pairs(durations)
    weight = np.where(waits.ended, waits.watched**-2.0, 0.0)
    by_date = [
        np.bincount(durations.date, weight * each, minlength=durations.dates) for each in (right, pairs)
    ]
    return ratio(by_date[0], by_date[1])


def restricted_mean_ratio(lists: Lists, _: Kind) -> Statistic:
    """Mean of the predicted means over the restricted mean by Kaplan-Meier: 1 where it is right overall."""
    return durations_of(lists).over_kaplan_meier()


def restricted_mean_slope(lists: Lists, _: Kind) -> Statistic:
    """Slope of the line through days taken (of at most the horizon) over days predicted.

    Weighted least squares over the cases whose days are known (Tian, Zhao and Wei 2014). Below 1 the
    predictions are too far apart, above 1 too close together.
    """
    durations = durations_of(lists)
    weight, days = known_weight(durations.waits), durations.waits.days
    score = durations.score
    parts = (weight, weight * score, weight * days, weight * score**2, weight * score * days)
    by_date = [np.bincount(durations.date, part, minlength=durations.dates) for part in parts]
    sums = np.column_stack(by_date).astype(np.float64)

    def slope(totals: Floats) -> Floats:
        n, x, y, xx, xy = np.moveaxis(totals, -1, 0)
        spread = n * xx - x * x
        return np.asarray(np.where(spread > 1e-9 * n * xx, (n * xy - x * y) / spread, np.nan))

    return Statistic(sums, slope)


def known_weight(waits: Waits) -> Floats:
    """One over the chance of being watched until the case ended, or up to tau; 0 where it was lost before."""
    is_known = waits.ended | (waits.days >= waits.tau)
    return np.asarray(np.where(is_known, 1.0 / waits.watched, 0.0))


def _brier(waits: Waits, day: float, predicted: Floats) -> Floats:
    """(cases,): weighted squared distance on one day; 0 for cases that were lost sight of before it.

    NaN where nobody was watched so long: then nothing is known of that day.
    """
    is_done = waits.ended & (waits.days <= day)
    is_open = (waits.days > day) | ((waits.days == day) & ~waits.ended)
    still = waits.chance_watched(np.array([day]))[0]
    if still <= 0:
        return np.full(len(predicted), np.nan)
    weight = np.where(is_done, 1.0 / waits.watched, np.where(is_open, 1.0 / still, 0.0))
    return np.asarray(weight * (predicted - is_open) ** 2)


def _trapezoid(days: Floats) -> Floats:
    """Weights of a mean over the days from first to last; they sum to 1."""
    if len(days) == 1:
        return np.ones(1)
    widths = np.diff(days)
    return np.asarray((np.append(widths, 0.0) + np.append(0.0, widths)) / (2.0 * (days[-1] - days[0])))


@dataclass(frozen=True, eq=False)
class _Ranks:
    """Cases ranked by date and score, equal scores of a date alike; a date's ranks begin at ``begins``."""

    rank: Integers
    begins: Integers
    ends: Integers


def _ranks(durations: Durations) -> _Ranks:
    date, score = durations.date, durations.score
    order = np.lexsort((score, date))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(date[order]) != 0) | (np.diff(score[order]) != 0)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.flatnonzero(is_new)[np.cumsum(is_new) - 1]
    edges = np.searchsorted(date[order], np.arange(durations.dates + 1))
    return _Ranks(rank, edges[date], edges[date + 1])


def _pairs(durations: Durations) -> tuple[Floats, Floats]:
    """For each case that ended: how many of its list were open then and had a higher score (equal ones count
    half), and how many were open in all; 0 for cases that did not end.

    From the last day to the first; the ranks of all that lies later stand in one sorted array.
    """
    waits, ranks = durations.waits, _ranks(durations)
    moment = 2 * np.ceil(waits.days).astype(np.int64) + ~waits.ended
    right, pairs = np.zeros(len(moment)), np.zeros(len(moment))
    later = np.empty(0, dtype=np.int64)
    in_order = np.argsort(moment, kind="stable")
    for cases in np.split(in_order, np.flatnonzero(np.diff(moment[in_order])) + 1)[::-1]:
        if waits.ended[cases[0]]:
            first, last = (np.searchsorted(later, edge[cases]) for edge in (ranks.begins, ranks.ends))
            below = np.searchsorted(later, ranks.rank[cases])
            upto = np.searchsorted(later, ranks.rank[cases], side="right")
            right[cases] = (last - upto) + 0.5 * (upto - below)
            pairs[cases] = last - first
        later = np.sort(np.concatenate([later, ranks.rank[cases]]), kind="stable")
    return right, pairs


_NEEDS = ("ended",)
METRICS_OF_DURATIONS = (
    Metric(
        "integrated_brier_score",
        integrated_brier_score,
        kinds=("duration",),
        reads="rate",
        direction="lower",
        needs=_NEEDS,
        optimum=0.0,
        rests_on="rows",
        when_undefined=NOT_WATCHED,
        high="The chances of being done by a day are far from what came.",
        low="The chances of being done by a day are close to what came.",
        not_for="comparing services: one that is always done at once is easy to predict.",
    ),
    Metric(
        "concordance",
        concordance,
        kinds=("duration",),
        reads="order",
        direction="higher",
        needs=_NEEDS,
        optimum=None,
        rests_on="rows",
        when_undefined="no_rows",
        high="Requests that were said to take longer did take longer.",
        low="Near 0.5, who is said to wait longer is a matter of chance.",
        not_for="telling residents how long: the order can be right and every number wrong.",
    ),
    Metric(
        "restricted_mean_ratio",
        restricted_mean_ratio,
        kinds=("duration",),
        reads="rate",
        direction="closer",
        needs=_NEEDS,
        optimum=1.0,
        rests_on="rows",
        when_undefined=NOT_WATCHED,
        high="Above 1: residents are told longer waits than they had.",
        low="Below 1: residents are promised shorter waits than they had.",
        not_for="single services or groups: errors up and down cancel.",
    ),
    Metric(
        "restricted_mean_slope",
        restricted_mean_slope,
        kinds=("duration",),
        reads="rate",
        direction="closer",
        needs=_NEEDS,
        optimum=None,
        rests_on="rows",
        when_undefined="not_estimable",
        high="Above 1: waits differ more than the model dares to say.",
        low="Below 1: the model exaggerates; its longest waits are too long.",
        not_for="judging the order of the waits, which it does not depend on.",
    ),
)
"""How well durations are told. The censoring is accounted for in each."""
