from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.metrics_of_time import METRICS_OF_TIME, days_earlier, days_until_found, first_half

from .worlds import lists_of, make_cases, make_world


def lists(score, label=(0, 1, 1, 0), due=(1, 2, 3, 4)):
    return lists_of([score], [label], due_in_days=[due])


def test_the_best_order_finds_every_positive_on_the_first_days() -> None:
    best = lists([0, 1, 1, 0])
    assert days_earlier(best, "event").value == ((2 + 3) - (1 + 2)) / 2
    assert days_until_found(best, "event").value == 1.5
    assert first_half(best, "event").value == 1.0


def test_the_worst_order_is_late() -> None:
    worst = lists([1, 0, 0, 1])
    assert days_earlier(worst, "event").value == ((2 + 3) - (3 + 4)) / 2
    assert first_half(worst, "event").value == 0.0


def test_equal_scores_find_positives_in_the_middle() -> None:
    tied = lists([1, 1, 1, 1])
    assert days_earlier(tied, "event").value == 0.0
    assert days_until_found(tied, "event").value == 2.5
    assert first_half(tied, "event").value == 0.5


def test_the_order_of_due_days_changes_nothing() -> None:
    assert days_earlier(lists([4, 3, 2, 1]), "event").value == 0.0
    assert days_earlier(lists([4, 3, 2, 1], label=(1, 0, 0, 1)), "event").value == 0.0


def test_each_date_is_its_own_list_and_events_count_alike() -> None:
    together = lists_of([[0, 1, 2], [2, 1, 0]], [[0, 0, 1], [1, 1, 0]], due_in_days=[[1, 2, 3], [1, 2, 3]])
    assert days_earlier(together, "event").value == pytest.approx((2 + 0 + 0) / 3)


def test_today_less_the_gain_is_the_day_on_which_it_is_found() -> None:
    rng = np.random.default_rng(3)
    due = rng.integers(1, 8, (9, 30)).astype(float)
    label = (rng.random((9, 30)) < 0.3).astype(float)
    made = lists_of(np.round(rng.random((9, 30)), 1), label, due_in_days=due)
    today = (due * label).sum() / label.sum()
    assert days_until_found(made, "event").value == pytest.approx(today - days_earlier(made, "event").value)


def test_the_lift_is_told_of_days_until_found_because_a_gain_may_be_nothing(evaluated) -> None:
    made = evaluated(make_cases())
    best, rule = (
        made.score(name, "days_until_found").value for name in (made.best_candidate, made.best_baseline)
    )
    assert made.objective == "days_earlier"
    assert made.lift_over_best_baseline.value == pytest.approx(rule / best)
    assert made.score("arrival_order", "days_earlier").value == 0.0
    assert made.score("logistic_glm", "days_earlier").value > 0


def test_without_due_days_nothing_is_measured_of_time(evaluated) -> None:
    made = evaluated(make_world())
    assert not {score.metric for score in made.scores} & {metric.name for metric in METRICS_OF_TIME}


def test_only_the_gain_may_be_negative_and_is_told_by_another_metric_s_ratio() -> None:
    told = {metric.name: (metric.is_signed, metric.lift_on) for metric in METRICS_OF_TIME}
    assert told.pop("days_earlier") == (True, "days_until_found")
    assert set(told.values()) == {(False, None)}
