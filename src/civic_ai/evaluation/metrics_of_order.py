"""Metrics that read the order of the lists: they hold for any score, also for a rule's count."""

from __future__ import annotations

import numpy as np

from civic_ai.evaluation.capacity import expected_found, random_found
from civic_ai.evaluation.lists import Lists, running_total
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.roc import placements
from civic_ai.evaluation.statistic import Statistic, ratio


def recall_at_capacity(lists: Lists, _: Kind) -> Statistic:
    """Share of all events (or counts) that lie in the visited places, equal scores in expectation."""
    return ratio(expected_found(lists, lists.capacity), lists.events)


def precision_at_capacity(lists: Lists, _: Kind) -> Statistic:
    """Events (or counts) found for each visit, equal scores in expectation."""
    return ratio(expected_found(lists, lists.capacity), lists.visits)


def lift_over_random(lists: Lists, _: Kind) -> Statistic:
    """Found at capacity over what as many visits drawn by lot would find on the same dates."""
    return ratio(expected_found(lists, lists.capacity), random_found(lists, lists.capacity))


def average_precision(lists: Lists, _: Kind) -> Statistic:
    """Mean over events of the precision at the event's place in the list of its date.

    Equal scores count as one place. On a single date this is scikit-learn's ``average_precision_score``.
    """
    precision = np.take_along_axis(lists.cumulative, lists.tied_until, axis=1) / lists.tied_until
    return ratio((lists.labels * precision).sum(axis=1), lists.events)


def area_under_roc(lists: Lists, _: Kind) -> Statistic:
    """Share of pairs of an event and a quiet row *of the same date* in which the event stands higher.

    Equal scores count half. On a single date this is scikit-learn's ``roc_auc_score`` (Hanley and McNeil
    1982): the order within the lists that are made, whatever the level of each date.
    """
    quiet = running_total(np.where(lists.filled, 1.0 - lists.labels, 0.0))
    up_to = np.take_along_axis(quiet, lists.tied_until, axis=1)
    before = np.take_along_axis(quiet, lists.tied_from, axis=1)
    below = quiet[:, -1:] - (before + up_to) / 2
    return ratio((lists.labels * below).sum(axis=1), lists.events * quiet[:, -1])


def area_under_roc_overall(lists: Lists, _: Kind) -> Statistic:
    """Share of pairs of an event and a quiet row of *any* dates in which the event scores higher.

    All dates are read as one list, as published figures over a test period are. In replicates the other
    side of each pair stays as it was (the U statistic's projection, DeLong et al. 1988).
    """
    is_event = lists.labels[lists.filled] > 0
    placed = placements(lists.scores[lists.filled], is_event)
    date = np.nonzero(lists.filled)[0]
    parts = (is_event * placed, is_event, ~is_event * placed, ~is_event)
    by_date = [np.bincount(date, part, minlength=len(lists.sizes)) for part in parts]
    sums = np.column_stack(by_date).astype(np.float64)
    whole = placed[is_event].mean() if is_event.any() else np.nan
    return Statistic(sums, lambda t: t[..., 0] / t[..., 1] + t[..., 2] / t[..., 3] - whole)


METRICS_OF_ORDER = (
    Metric(
        "recall_at_capacity",
        recall_at_capacity,
        kinds=("event", "count"),
        reads="order",
        direction="higher",
        needs=("capacity",),
        optimum=None,
        rests_on="events",
        proportion_for=("event",),
        high="Most of what happened was at the places that the city would have visited.",
        low="Most residents with a problem would have waited: their place was not on the list.",
        not_for="comparing cities or periods with different capacity or different numbers of events.",
    ),
    Metric(
        "precision_at_capacity",
        precision_at_capacity,
        kinds=("event", "count"),
        reads="order",
        direction="higher",
        needs=("capacity",),
        optimum=None,
        rests_on="visits",
        proportion_for=("event",),
        high="A crew that follows the list seldom drives in vain.",
        low="Many visits find nothing; the time is missing elsewhere.",
        not_for="judging who is left out: a precise list can miss whole neighbourhoods.",
    ),
    Metric(
        "lift_over_random",
        lift_over_random,
        kinds=("event", "count"),
        reads="order",
        direction="higher",
        needs=("capacity",),
        optimum=None,
        rests_on="events",
        high="The list finds many times what a lottery among all places would find.",
        low="Near 1, a lottery would do as well, and be easier to explain.",
        not_for="showing that a model is needed: simple rules beat a lottery too.",
    ),
    Metric(
        "average_precision",
        average_precision,
        kinds=("event",),
        reads="order",
        direction="higher",
        needs=("capacity",),
        optimum=1.0,
        rests_on="events",
        high="Places with a problem stand near the top, however many the city can visit.",
        low="Places with a problem are scattered down the list.",
        not_for="deciding at a fixed capacity: it also rewards order that no crew will ever reach.",
    ),
    Metric(
        "area_under_roc",
        area_under_roc,
        kinds=("event",),
        reads="order",
        direction="higher",
        optimum=1.0,
        rests_on="events",
        high="Of a place with a problem and one without, the list puts the right one first.",
        low="Near 0.5, the list orders places as a lottery would.",
        not_for="saying how much a crew finds: most of the order lies below what can be visited.",
    ),
    Metric(
        "area_under_roc_overall",
        area_under_roc_overall,
        kinds=("event",),
        reads="order",
        direction="higher",
        optimum=1.0,
        rests_on="events",
        high="Over the whole period, what had a problem scored higher than what had none.",
        low="Near 0.5, scores of the whole period say nothing about problems.",
        not_for="judging single lists: it also rewards knowing that one month is busier than another.",
    ),
)
"""How well the right rows stand at the top."""
