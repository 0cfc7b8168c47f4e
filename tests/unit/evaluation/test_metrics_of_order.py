from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from civic_ai.evaluation.metrics_of_order import METRICS_OF_ORDER, area_under_roc, area_under_roc_overall
from civic_ai.evaluation.uncertainty import resample_dates

from .worlds import draw, lists_of


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learn_agrees_on_one_date_with_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, tied = (rng.random(120) < 0.3).astype(float), np.round(rng.random(120), 1)
    lists = lists_of(tied, labels)
    reference = roc_auc_score(labels, tied)
    assert area_under_roc(lists, "event").value == pytest.approx(reference, abs=1e-12)
    assert area_under_roc_overall(lists, "event").value == pytest.approx(reference, abs=1e-12)


def test_within_dates_pairs_are_counted_and_overall_dates_are_one_list() -> None:
    rates, labels = draw(dates=8, units=30)
    rates = np.round(rates * np.linspace(0.2, 3, 8)[:, None], 2)
    lists = lists_of(rates, labels)
    has_both = [0 < date.sum() < len(date) for date in labels]
    pairs = [date.sum() * (len(date) - date.sum()) for date in labels[has_both]]
    by_date = [roc_auc_score(y, s) for y, s in zip(labels[has_both], rates[has_both], strict=True)]
    assert area_under_roc(lists, "event").value == pytest.approx(
        np.average(by_date, weights=pairs), abs=1e-12
    )
    overall = area_under_roc_overall(lists, "event").value
    assert overall == pytest.approx(roc_auc_score(labels.ravel(), rates.ravel()), abs=1e-12)


def test_the_level_of_a_date_matters_overall_and_not_within() -> None:
    rates, labels = draw(dates=6, units=40)
    lifted = rates + 10 * labels.mean(axis=1, keepdims=True)
    same, other = lists_of(rates, labels), lists_of(lifted, labels)
    assert area_under_roc(same, "event").value == area_under_roc(other, "event").value
    assert area_under_roc_overall(same, "event").value != area_under_roc_overall(other, "event").value


def test_dates_of_different_length_leave_the_padding_out() -> None:
    scores, labels = np.array([[4.0, 3, 2, 1], [9, 8, 7, 6]]), np.array([[1.0, 0, 1, 0], [0, 1, 0, 1]])
    whole = lists_of(scores, labels)
    part = whole.where(np.array([True, False]))
    assert area_under_roc(part, "event").value == 3 / 4
    assert area_under_roc(whole, "event").value == (3 + 1) / 8


def test_overall_replicates_follow_the_drawn_dates_closely() -> None:
    rates, labels = draw(dates=40, units=80)
    lists = lists_of(rates, labels)
    resampled = resample_dates(np.zeros(40, int), 2, seed=5, replicates=30)
    quick = area_under_roc_overall(lists, "event").replicates(resampled)
    slow = []
    for weights in resampled.weights.astype(int):
        dates = np.repeat(np.arange(40), weights)
        slow.append(roc_auc_score(labels[dates].ravel(), rates[dates].ravel()))
    assert np.std(slow) > 0.002
    assert quick == pytest.approx(np.array(slow), abs=0.1 * np.std(slow))


def test_only_what_is_visited_needs_a_capacity() -> None:
    needs = {metric.name for metric in METRICS_OF_ORDER if "capacity" in metric.needs}
    assert needs == {"recall_at_capacity", "precision_at_capacity", "lift_over_random", "average_precision"}
    assert {metric.reads for metric in METRICS_OF_ORDER} == {"order"}
