from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.stability import (
    LEAST_WORST_RATIO,
    expected_in_lockbox,
    lockbox_verdict,
    stability_of,
)
from civic_ai.records.figure import Figure, missing

from .worlds import draw, lists_of, terms

RECALL, DEVIANCE = METRICS["recall_at_capacity"], METRICS["mean_poisson_deviance"]


def splits(*values: float, half: float = 0.01) -> dict[str, Figure]:
    return {
        str(i + 1): Figure(value=value, lower=value - half, upper=value + half, n=100)
        for i, value in enumerate(values)
    }


def judge(champion, baseline, metric=RECALL, *, is_baseline: bool = False):
    return stability_of(metric, champion, baseline, champion_is_baseline=is_baseline)


def test_even_splits_all_ahead_pass() -> None:
    made = judge(splits(0.40, 0.38, 0.42, 0.40), splits(0.3, 0.3, 0.3, 0.3))
    assert (made.worst_split, made.splits, made.splits_ahead_of_best_baseline) == ("2", 4, 4)
    assert made.worst_ratio == pytest.approx(0.38 / 0.40)
    assert made.verdict == "pass"
    assert made.least_worst_ratio == LEAST_WORST_RATIO


@pytest.mark.parametrize(
    ("champion", "baseline", "verdict"),
    [
        (splits(0.5, 0.5, 0.2), splits(0.1, 0.1, 0.1), "fail"),
        (splits(0.5, 0.5, 0.2, half=0.2), splits(0.1, 0.1, 0.1), "insufficient_evidence"),
        (splits(0.4, 0.4), splits(0.3, 0.3), "insufficient_evidence"),
        (splits(0.4, 0.4, 0.4), splits(0.5, 0.5, 0.3), "fail"),
        (splits(0.4, 0.4, 0.4, 0.4), splits(0.5, 0.5, 0.3, 0.3), "insufficient_evidence"),
        (splits(0.4, 0.4, 0.4, 0.4), splits(0.5, 0.3, 0.3, 0.3), "pass"),
        (splits(0.4, 0.4, 0.4), splits(0.4, 0.4, 0.4), "fail"),
        ({}, {}, "unknown"),
    ],
)
def test_verdicts(champion, baseline, verdict: str) -> None:
    assert judge(champion, baseline).verdict == verdict


def test_a_rule_need_not_be_ahead_of_itself() -> None:
    even = splits(0.4, 0.4, 0.4)
    made = judge(even, even, is_baseline=True)
    assert (made.splits_ahead_of_best_baseline, made.verdict) == (0, "pass")


def test_less_is_better_for_deviance() -> None:
    made = judge(splits(1.0, 1.1, 1.2), splits(1.3, 1.3, 1.3), DEVIANCE)
    assert (made.worst_split, made.splits_ahead_of_best_baseline) == ("3", 3)
    assert made.worst_ratio == pytest.approx(1.1 / 1.2)
    assert judge(splits(1.0, 1.0, 2.0), splits(3, 3, 3), DEVIANCE).verdict == "fail"
    unsure = judge(splits(1.0, 1.0, 2.0, half=0.9), splits(3, 3, 3), DEVIANCE)
    assert unsure.verdict == "insufficient_evidence"


def test_a_split_that_could_not_be_measured_leaves_it_unknown() -> None:
    champion = splits(0.4, 0.4, 0.4) | {"4": missing("no_events")}
    made = judge(champion, splits(0.3, 0.3, 0.3, 0.3))
    assert (made.verdict, made.splits, made.splits_ahead_of_best_baseline) == ("unknown", 4, 3)
    assert judge({"1": missing("no_events")}, splits(0.3)).worst_ratio is None


def test_what_to_expect_of_the_lockbox_is_a_prediction_interval_over_stretches_of_its_length() -> None:
    rates, labels = draw(dates=48)
    tests = lists_of(rates, labels, 6, np.repeat([0, 1], 24))
    lockbox = lists_of(*draw(dates=8))
    expected = expected_in_lockbox(tests, lockbox, terms())
    values = []
    for begin in range(0, 48, 8):
        dates = np.isin(np.arange(48), np.arange(begin, begin + 8))
        part = tests.where(dates)
        values.append(RECALL.measure(part, "event").value)
    assert expected.n == 6
    assert expected.value == pytest.approx(np.mean(values))
    half = stats.t.ppf(0.95, 5) * np.std(values, ddof=1) * np.sqrt(1 + 1 / 6)
    assert expected.upper == pytest.approx(np.mean(values) + half)
    assert expected.lower == pytest.approx(max(np.mean(values) - half, 0))
    assert expected.period == tests.period


def test_stretches_never_straddle_splits() -> None:
    rates, labels = draw(dates=20)
    tests = lists_of(rates, labels, 6, np.repeat([0, 1, 2, 3], 5))
    assert expected_in_lockbox(tests, lists_of(*draw(dates=4)), terms()).n == 4
    assert expected_in_lockbox(tests, lists_of(*draw(dates=9)), terms()).n == 4
    assert expected_in_lockbox(tests, lists_of(*draw(dates=2)), terms()).n == 8


def test_two_stretches_say_nothing_about_spread() -> None:
    rates, labels = draw(dates=20)
    expected = expected_in_lockbox(lists_of(rates, labels), lists_of(*draw(dates=10)), terms())
    assert expected.value is None
    assert expected.why_missing == "too_few_stretches_as_long_as_the_lockbox"


def test_a_lockbox_from_the_same_world_lies_in_nine_of_ten_prediction_intervals() -> None:
    held, worlds = 0, 200
    for seed in range(worlds):
        rates, labels = draw(dates=40, units=40, seed=seed)
        tests = lists_of(rates[:32], labels[:32], 6, np.repeat([0, 1], 16))
        lockbox = lists_of(rates[32:], labels[32:], 6)
        expected = expected_in_lockbox(tests, lockbox, terms())
        held += expected.lower <= RECALL.measure(lockbox, "event").value <= expected.upper
    assert 0.84 <= held / worlds <= 0.96


@pytest.mark.parametrize(
    ("observed", "verdict"),
    [(0.40, "pass"), (0.35, "pass"), (0.45, "pass"), (0.34, "fail"), (0.46, "fail"), (None, "unknown")],
)
def test_the_lockbox_agrees_when_it_lies_where_the_tests_let_expect(observed, verdict: str) -> None:
    expected = Figure(value=0.4, lower=0.35, upper=0.45, n=8)
    seen = missing("no_matured_rows") if observed is None else Figure(value=observed, n=10)
    assert lockbox_verdict(expected, seen) == verdict


def test_an_expectation_that_holds_almost_anything_cannot_agree() -> None:
    wide = Figure(value=0.4, lower=0.1, upper=0.7, n=3)
    assert lockbox_verdict(wide, Figure(value=0.4, n=10)) == "insufficient_evidence"
    assert lockbox_verdict(wide, Figure(value=0.8, n=10)) == "fail"
    assert lockbox_verdict(missing("too_few"), Figure(value=0.4, n=10)) == "insufficient_evidence"


def test_no_lockbox_dates_expect_something_but_are_unknown() -> None:
    rates, labels = draw(dates=30)
    tests = lists_of(rates, labels)
    empty = tests.where(tests.split > 0)
    expected = expected_in_lockbox(tests, empty, replace(terms(), level=0.8))
    assert expected.level == 0.8
    assert lockbox_verdict(expected, missing("no_matured_rows")) == "unknown"
