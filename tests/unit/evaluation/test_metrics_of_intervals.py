from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_pinball_loss

from civic_ai.evaluation.metrics_of_intervals import (
    METRICS_OF_INTERVALS,
    interval_coverage,
    interval_width,
    pinball_lower,
    pinball_upper,
)

from .worlds import lists_of, make_demand, record_of, terms

NONE = np.nan


def test_both_ends_belong_to_the_interval_and_rows_without_one_are_left_out() -> None:
    lists = lists_of(
        [[9, 8, 7, 6, 5]],
        [[1, 3, 0, 4, 2]],
        lower=[[1, 1, 1, 1, NONE]],
        upper=[[3, 3, 3, 3, NONE]],
    )
    assert interval_coverage(lists, "count").value == 2 / 4
    assert interval_width(lists, "count").value == 2.0


def test_scikit_learn_agrees_on_pinball_losses() -> None:
    rng = np.random.default_rng(1)
    label, lower = rng.poisson(4.0, (6, 20)).astype(float), rng.poisson(2.0, (6, 20)).astype(float)
    upper = lower + rng.poisson(4.0, (6, 20))
    lists = lists_of(rng.random((6, 20)), label, lower=lower, upper=upper)
    below = mean_pinball_loss(label.ravel(), lower.ravel(), alpha=0.05)
    above = mean_pinball_loss(label.ravel(), upper.ravel(), alpha=0.95)
    assert pinball_lower(lists, "count").value == pytest.approx(below)
    assert pinball_upper(lists, "count").value == pytest.approx(above)


def test_the_true_quantile_has_the_least_pinball_loss() -> None:
    rng = np.random.default_rng(2)
    label = rng.gamma(4.0, 1.0, (50, 200))
    losses = {
        share: pinball_upper(
            lists_of(label, label, lower=0 * label, upper=np.full_like(label, np.quantile(label, share))),
            "count",
        ).value
        for share in (0.8, 0.95, 0.995)
    }
    assert min(losses, key=losses.__getitem__) == 0.95


def test_without_any_interval_there_is_no_value() -> None:
    lists = lists_of([[2, 1]], [[1, 0]], lower=[[NONE, NONE]], upper=[[NONE, NONE]])
    assert all(np.isnan(metric.measure(lists, "count").value) for metric in METRICS_OF_INTERVALS)


def test_they_are_measured_where_the_lists_hold_intervals_and_nowhere_else() -> None:
    measured = {metric.name for metric in METRICS_OF_INTERVALS}
    bounded = lists_of([1], [0], lower=[0], upper=[1])
    kind = terms(kind="count")
    assert measured <= {metric.name for metric in kind.metrics(record_of("poisson_glm"), bounded)}
    assert not measured & {m.name for m in kind.metrics(record_of("poisson_glm"), lists_of([1], [0]))}


def test_a_figure_rests_on_the_rows_that_have_an_interval(evaluated) -> None:
    made = evaluated(make_demand())
    covered = made.score("poisson_glm", "interval_coverage")
    assert covered.n == 36 * 36, "36 columns on the 36 dates after the first split"
    assert covered.lower < covered.value < covered.upper <= 1
    assert made.score("poisson_glm", "interval_coverage", "1").why_missing == "no_rows"
    assert made.score("poisson_glm", "mean_poisson_deviance").n == 48 * 36
