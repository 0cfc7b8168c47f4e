from __future__ import annotations

import numpy as np

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scope import NO_ROWS
from civic_ai.evaluation.scores import make_scope

from .worlds import draw, lists_of, terms

RATES, LABELS = draw()


def test_n_is_what_the_metric_rests_on() -> None:
    bounds = np.where(np.arange(60) < 15, np.nan, RATES)
    lists = lists_of(RATES, LABELS, 6, lower=bounds, upper=bounds)
    scope = make_scope("all", lists, lists.split >= 0, terms())
    n = {name: scope.basis(lists, METRICS[name]).n for name in METRICS}
    assert n["recall_at_capacity"] == LABELS.sum()
    assert n["precision_at_capacity"] == 6 * 48
    assert n["brier_score"] == 60 * 48
    assert n["interval_coverage"] == 45 * 48


def test_a_basis_for_anything_that_is_counted() -> None:
    lists = lists_of(RATES, LABELS)
    scope = make_scope("all", lists, lists.split >= 0, terms(level=0.8))
    basis = scope.counting(lists, 17, "no_events")
    assert (basis.n, basis.level, basis.when_undefined) == (17, 0.8, "no_events")
    assert basis.period == lists.period
    assert basis.resampled is scope.resampled
    assert scope.counting(lists, 1).when_undefined == "no_rows"


def test_without_dates_nothing_was_measured() -> None:
    lists = lists_of(RATES, LABELS).where(np.zeros(48, bool))
    scope = make_scope("2", lists, lists.split >= 0, terms())
    assert scope.figure(lists, METRICS["brier_score"], "event").why_missing == NO_ROWS


def test_shares_are_bounded_as_shares_where_the_kind_says_so() -> None:
    lists = lists_of(np.tile([3.0, 2, 1], (20, 1)), np.tile([1.0, 0, 0], (20, 1)), 1)
    scope = make_scope("all", lists, lists.split >= 0, terms())
    recall = METRICS["recall_at_capacity"]
    assert scope.figure(lists, recall, "event").lower < 1.0
    assert scope.figure(lists, recall, "count").lower == 1.0
