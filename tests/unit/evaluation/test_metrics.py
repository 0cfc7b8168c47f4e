from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from sklearn import metrics as reference

from civic_ai.evaluation.metrics import METRICS, metrics_for
from civic_ai.pilot.spec import Objective

from .worlds import draw, lists_of


def value(name: str, scores, labels, kind: str = "event", capacity: int = 2, **more) -> float:
    return METRICS[name].measure(lists_of(scores, labels, capacity, **more), kind).value


def test_found_at_capacity_by_hand() -> None:
    scores, labels = [[4, 3, 2, 1], [1, 2, 3, 4]], [[1, 0, 1, 0], [1, 1, 0, 0]]
    # visited: labels 1, 0 on the first date and 0, 0 on the second; four events, four visits
    assert value("recall_at_capacity", scores, labels) == 1 / 4
    assert value("precision_at_capacity", scores, labels) == 1 / 4
    assert value("lift_over_random", scores, labels) == 1 / 2


def test_counts_are_summed() -> None:
    assert value("recall_at_capacity", [3, 2, 1], [5, 0, 3], "count") == 5 / 8
    assert value("precision_at_capacity", [3, 2, 1], [5, 0, 3], "count") == 5 / 2


def test_busy_dates_weigh_more_because_events_count_and_not_dates() -> None:
    scores = [[2, 1, 0], [2, 1, 0]]
    labels = [[1, 0, 0], [0, 1, 1]]
    assert value("recall_at_capacity", scores, labels, capacity=1) == 1 / 3


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_agrees_on_one_date(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = (rng.random(200) < 0.3).astype(float)
    tied = np.round(rng.random(200), 1)
    probability = np.clip(rng.random(200), 0.01, 0.99)
    assert value("average_precision", tied, labels) == pytest.approx(
        reference.average_precision_score(labels, tied), abs=1e-12
    )
    assert value("brier_score", probability, labels) == pytest.approx(
        reference.brier_score_loss(labels, probability), abs=1e-12
    )
    assert value("log_loss", probability, labels) == pytest.approx(
        reference.log_loss(labels, probability), abs=1e-12
    )


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_agrees_on_many_dates_of_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    expected = rng.gamma(1.0, 1.0, (6, 40)) + 0.01
    labels = rng.poisson(expected).astype(float)
    assert value("mean_poisson_deviance", expected, labels, "count") == pytest.approx(
        reference.mean_poisson_deviance(labels.ravel(), expected.ravel()), abs=1e-12
    )
    assert value("mean_absolute_error", expected, labels, "count") == pytest.approx(
        reference.mean_absolute_error(labels.ravel(), expected.ravel()), abs=1e-12
    )


def test_scikit_learn_agrees_on_certain_probabilities() -> None:
    probability, labels = np.array([0.0, 1.0, 1.0, 0.0, 0.5]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    assert value("log_loss", probability, labels) == pytest.approx(
        reference.log_loss(labels, probability), rel=1e-9
    )


def test_average_precision_over_dates_is_the_mean_over_events() -> None:
    rates, labels = draw(dates=6, units=40)
    by_date = [reference.average_precision_score(y, s) for y, s in zip(labels, rates, strict=True)]
    assert value("average_precision", rates, labels) == pytest.approx(
        np.average(by_date, weights=labels.sum(axis=1)), abs=1e-12
    )


def test_a_date_with_fewer_units_than_capacity_visits_them_all() -> None:
    assert value("recall_at_capacity", [[1, 2]], [[1, 1]], capacity=10) == 1.0
    assert value("precision_at_capacity", [[1, 2]], [[1, 1]], capacity=10) == 1.0


def test_a_rule_that_says_none_is_wrong_but_not_infinitely() -> None:
    deviance = value("mean_poisson_deviance", [0.0, 0.5, 2.0], [1, 0, 2], "count")
    by_hand = 2 * ((np.log(1 / 0.25) - 1 + 0.25) + 0.5 + 0) / 3
    assert deviance == pytest.approx(by_hand)


def test_expected_calibration_error_by_hand() -> None:
    scores = np.repeat([0.1, 0.9], 10)
    labels = np.concatenate([[1, 1, 1], np.zeros(7), np.ones(10)])
    assert value("expected_calibration_error", scores, labels) == pytest.approx(0.5 * 0.2 + 0.5 * 0.1)


def test_bias_ratio_says_how_much_too_much_was_predicted() -> None:
    rates, labels = draw(kind="count")
    once = value("bias_ratio", rates, labels, "count")
    assert once == pytest.approx(rates.sum() / labels.sum())
    assert value("bias_ratio", 3 * rates, labels, "count") == pytest.approx(3 * once)


@pytest.mark.parametrize("name", [m.name for m in METRICS.values() if m.rests_on == "events"])
def test_without_events_there_is_no_value(name: str) -> None:
    assert not np.isfinite(value(name, [3, 2, 1], [0, 0, 0], due_in_days=[1, 2, 2]))
    assert METRICS[name].when_undefined == "no_events"


def test_gain_and_lead_point_the_same_way_for_every_metric() -> None:
    recall, deviance = METRICS["recall_at_capacity"], METRICS["mean_poisson_deviance"]
    assert recall.gain(np.array(0.4), np.array(0.2)) == 2.0
    assert deviance.gain(np.array(1.0), np.array(2.0)) == 2.0
    assert recall.ahead(0.4, 0.2) == pytest.approx(0.2)
    assert deviance.ahead(1.0, 2.0) == 1.0
    assert deviance.ahead(2.0, 1.0) == -1.0


def test_every_objective_that_a_pilot_may_declare_is_a_metric_with_a_direction() -> None:
    for name in get_args(get_args(Objective)[0]):
        assert METRICS[name].direction in {"higher", "lower"}


def test_rules_are_not_read_as_probabilities() -> None:
    visited = frozenset({"capacity"})

    def names(kind: str, gives_rates: bool) -> set[str]:
        return {metric.name for metric in metrics_for(kind, gives_rates=gives_rates, holds=visited)}

    order = names("event", False)
    assert order == {
        "recall_at_capacity",
        "precision_at_capacity",
        "lift_over_random",
        "average_precision",
        "area_under_roc",
        "area_under_roc_overall",
    }
    assert order < names("event", True)
    assert "brier_score" not in names("count", True)
    assert "mean_poisson_deviance" not in names("event", True)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_every_metric_says_what_it_means_to_a_resident_and_when_not_to_use_it(metric) -> None:
    assert METRICS[metric.name] is metric
    assert metric.measure.__doc__
    for sentence in (metric.high, metric.low, metric.not_for):
        assert sentence.endswith(".")
        assert len(sentence.split()) < 26
    assert len({metric.high, metric.low, metric.not_for}) == 3
