"""Metrics that read scores as rates: a probability of an event, an expected count."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from civic_ai.evaluation.calibration import bin_rows
from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.metric import Metric, mean_over_rows, mean_where_known
from civic_ai.evaluation.recalibration import Kind, recalibration_intercept, recalibration_slope
from civic_ai.evaluation.statistic import Statistic, ratio


def brier_score(lists: Lists, _: Kind) -> Statistic:
    """Mean squared distance of probability and event (Brier 1950)."""
    return mean_over_rows(lists, lambda score, label: (score - label) ** 2)


def log_loss(lists: Lists, _: Kind) -> Statistic:
    """Mean negative log likelihood of events in nats; probabilities are kept 2.2e-16 from 0 and 1."""
    edge = np.finfo(np.float64).eps

    def loss(score: Floats, label: Floats) -> Floats:
        probability = np.clip(score, edge, 1 - edge)
        return np.asarray(-(xlogy(label, probability) + xlogy(1 - label, 1 - probability)))

    return mean_over_rows(lists, loss)


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

    return mean_over_rows(lists, deviance)


def mean_absolute_error(lists: Lists, _: Kind) -> Statistic:
    """Mean distance of expected count and count."""
    return mean_over_rows(lists, lambda score, label: np.abs(score - label))


def root_mean_squared_scaled_error(lists: Lists, _: Kind) -> Statistic:
    """sqrt(mean over rows of ((y - m) / scale)^2), the scale being the unit's own past change from one
    horizon to the next (RMS), as known on the date; rows that never changed are left out.

    After Hyndman and Koehler (2006) and the M5 competition (Makridakis et al. 2022), pooled over rows
    instead of averaged over series, so that it is exact in every replicate.
    """
    scale = lists.more["scale"]
    apart = (lists.labels - np.where(lists.filled, lists.scores, 0.0)) / np.where(scale > 0, scale, np.nan)
    return mean_where_known(apart**2).then(np.sqrt)


def bias_ratio(lists: Lists, _: Kind) -> Statistic:
    """Sum of scores over sum of labels: 1 when as much came as was predicted in all."""
    return ratio(np.where(lists.filled, lists.scores, 0.0).sum(axis=1), lists.events)


METRICS_OF_RATES = (
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
        "root_mean_squared_scaled_error",
        root_mean_squared_scaled_error,
        kinds=("count",),
        reads="rate",
        direction="lower",
        needs=("scale",),
        optimum=0.0,
        rests_on="rows",
        when_undefined="not_estimable",
        high="Near or above 1: guessing that next time will be like last time would do about as well.",
        low="Well below 1: the forecast knows more than what came last time.",
        not_for="places where nothing ever changed: there is nothing to scale by.",
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
"""How close the numbers themselves come."""
