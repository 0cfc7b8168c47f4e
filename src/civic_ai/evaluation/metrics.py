"""Every metric in one table: how it is measured, which way is better, and what it means to a resident.

Metrics that read the *order* of the lists hold for any score; metrics that read *rates* need a
probability (events) or an expected count (counts), and are left out for rules that give neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from scipy.special import xlogy

from civic_ai.evaluation.calibration import bin_rows
from civic_ai.evaluation.capacity import expected_found, random_found
from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.recalibration import Kind, recalibration_intercept, recalibration_slope
from civic_ai.evaluation.statistic import Statistic, ratio

Values = TypeVar("Values", float, Floats)


@dataclass(frozen=True, eq=False)
class Metric:
    """One way to say how good a list is. ``measure`` takes the lists and the kind of label.

    ``optimum`` is the value of a perfect candidate (None: it depends on the data). ``direction`` says
    which way is better: ``higher``, ``lower``, or ``closer`` to the optimum. ``rests_on`` is what a
    figure's n counts. ``high``, ``low`` and ``not_for`` are for people.
    """

    name: str
    measure: Callable[[Lists, Kind], Statistic]
    kinds: tuple[Kind, ...]
    reads: Literal["order", "rate"]
    direction: Literal["higher", "lower", "closer"]
    optimum: float | None
    rests_on: Literal["events", "visits", "rows"]
    high: str
    low: str
    not_for: str
    proportion_for: tuple[Kind, ...] = ()
    when_undefined: str = "no_events"

    def gain(self, value: Floats, against: Floats) -> Floats:
        """``value`` over ``against``, turned so that more than 1 is better."""
        return against / value if self.direction == "lower" else value / against

    def ahead(self, value: Values, against: Values) -> Values:
        """How far ``value`` lies ahead of ``against``; negative when it is worse."""
        return against - value if self.direction == "lower" else value - against


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
    places = np.arange(1, lists.scores.shape[1] + 1)
    is_last = np.ones_like(lists.filled)
    is_last[:, :-1] = lists.scores[:, :-1] != lists.scores[:, 1:]
    end = np.where(is_last, places, places[-1] if places.size else 0)
    end = np.minimum.accumulate(end[:, ::-1], axis=1)[:, ::-1]
    precision = np.take_along_axis(lists.cumulative, end, axis=1) / end
    return ratio((lists.labels * precision).sum(axis=1), lists.events)


def brier_score(lists: Lists, _: Kind) -> Statistic:
    """Mean squared distance of probability and event (Brier 1950)."""
    return _mean(lists, lambda score, label: (score - label) ** 2)


def log_loss(lists: Lists, _: Kind) -> Statistic:
    """Mean negative log likelihood of events in nats; probabilities are kept 2.2e-16 from 0 and 1."""
    edge = np.finfo(np.float64).eps

    def loss(score: Floats, label: Floats) -> Floats:
        probability = np.clip(score, edge, 1 - edge)
        return np.asarray(-(xlogy(label, probability) + xlogy(1 - label, 1 - probability)))

    return _mean(lists, loss)


def expected_calibration_error(lists: Lists, _: Kind) -> Statistic:
    """Mean distance of score and what came, over bins of similar scores, weighted by rows.

    Naeini, Cooper and Hauskrecht (2015), with bins of equally many rows.
    """
    bins = bin_rows(lists)
    apart = bins.predicted - bins.observed
    sums = np.concatenate([apart, bins.rows.sum(axis=1, keepdims=True)], axis=1)
    return Statistic(sums, lambda totals: np.abs(totals[..., :-1]).sum(axis=-1) / totals[..., -1])


def mean_poisson_deviance(lists: Lists, _: Kind) -> Statistic:
    """2 mean[y log(y / m) - (y - m)] for count y and expected count m (McCullagh and Nelder 1989).

    An expected count of zero is read as half of the smallest positive one: a rule that says "none" where
    one came would otherwise be infinitely wrong, and nothing could be compared with it.
    """

    def deviance(score: Floats, label: Floats) -> Floats:
        expected = lists.positive(score)
        return np.asarray(2 * (xlogy(label, label / expected) - label + expected))

    return _mean(lists, deviance)


def mean_absolute_error(lists: Lists, _: Kind) -> Statistic:
    """Mean distance of expected count and count."""
    return _mean(lists, lambda score, label: np.abs(score - label))


def bias_ratio(lists: Lists, _: Kind) -> Statistic:
    """Sum of scores over sum of labels: 1 when as much came as was predicted in all."""
    return ratio(np.where(lists.filled, lists.scores, 0.0).sum(axis=1), lists.events)


def _mean(lists: Lists, loss: Callable[[Floats, Floats], Floats]) -> Statistic:
    """Mean over rows of a loss of score and label."""
    score = np.where(lists.filled, lists.scores, 1.0)
    return ratio(np.where(lists.filled, loss(score, lists.labels), 0.0).sum(axis=1), lists.sizes)


_TABLE = (
    Metric(
        "recall_at_capacity",
        recall_at_capacity,
        kinds=("event", "count"),
        reads="order",
        direction="higher",
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
        optimum=1.0,
        rests_on="events",
        high="Places with a problem stand near the top, however many the city can visit.",
        low="Places with a problem are scattered down the list.",
        not_for="deciding at a fixed capacity: it also rewards order that no crew will ever reach.",
    ),
    Metric(
        "brier_score",
        brier_score,
        kinds=("event",),
        reads="rate",
        direction="lower",
        optimum=0.0,
        rests_on="rows",
        high="The probabilities are far from what came.",
        low="The probabilities are close to what came.",
        not_for="rare events alone: always saying zero already looks good.",
    ),
    Metric(
        "log_loss",
        log_loss,
        kinds=("event",),
        reads="rate",
        direction="lower",
        optimum=0.0,
        rests_on="rows",
        high="The model was sure and wrong somewhere.",
        low="What came was seldom a surprise to the model.",
        not_for="scores that are no probabilities, and for people who want a number they can picture.",
    ),
    Metric(
        "expected_calibration_error",
        expected_calibration_error,
        kinds=("event",),
        reads="rate",
        direction="lower",
        optimum=None,
        rests_on="rows",
        high="Of places said to have 30 in 100 chances, far more or fewer than 30 in 100 had a problem.",
        low="A chance of 30 in 100 means about 30 in 100.",
        not_for="small samples: it is above zero by chance alone, even for true probabilities.",
    ),
    Metric(
        "calibration_slope",
        recalibration_slope,
        kinds=("event", "count"),
        reads="rate",
        direction="closer",
        optimum=None,
        rests_on="rows",
        when_undefined="not_estimable",
        high="Above 1: differences between places are larger than the model dares to say.",
        low="Below 1: the model exaggerates; its highest scores promise too much.",
        not_for="judging the order of the list, which it does not depend on.",
    ),
    Metric(
        "calibration_intercept",
        recalibration_intercept,
        kinds=("event", "count"),
        reads="rate",
        direction="closer",
        optimum=None,
        rests_on="rows",
        when_undefined="not_estimable",
        high="Above 0: more happens than the model says, overall.",
        low="Below 0: less happens than the model says, overall.",
        not_for="single places or groups: errors up and down cancel.",
    ),
    Metric(
        "mean_poisson_deviance",
        mean_poisson_deviance,
        kinds=("count",),
        reads="rate",
        direction="lower",
        optimum=0.0,
        rests_on="rows",
        high="The expected counts are far from what came, for how large they are.",
        low="The expected counts are close to what came.",
        not_for="comparing places or periods with different mean counts.",
    ),
    Metric(
        "mean_absolute_error",
        mean_absolute_error,
        kinds=("count",),
        reads="rate",
        direction="lower",
        optimum=0.0,
        rests_on="rows",
        high="A crew sent by these numbers would be off by many jobs a place.",
        low="A crew sent by these numbers would be about the right size.",
        not_for="rare events: always saying zero already looks good.",
    ),
    Metric(
        "bias_ratio",
        bias_ratio,
        kinds=("event", "count"),
        reads="rate",
        direction="closer",
        optimum=1.0,
        rests_on="events",
        high="Above 1: more was predicted than came; crews would be planned for nothing.",
        low="Below 1: less was predicted than came; crews would be too few.",
        not_for="single places or groups: errors up and down cancel.",
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _TABLE}
"""Every metric by its name."""


def metrics_for(kind: Kind, *, gives_rates: bool) -> tuple[Metric, ...]:
    """The metrics that mean something for a kind of label and of score."""
    return tuple(
        metric for metric in _TABLE if kind in metric.kinds and (gives_rates or metric.reads == "order")
    )
