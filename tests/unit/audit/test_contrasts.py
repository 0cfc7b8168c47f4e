"""Intervals, verdicts and needed numbers of ratios judged together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit.contrasts import (
    Contrasts,
    Seen,
    detectable_ratio,
    events_needed,
    judge,
    most_needed,
    worst_of,
)


def _contrasts(log_ratio, error, freedom=1e6, draws=None):
    log_ratio, error = np.atleast_1d(np.asarray(log_ratio, float)), np.atleast_1d(np.asarray(error, float))
    if draws is None:
        draws = np.random.default_rng(0).standard_normal((20_000, len(log_ratio)))
    return Contrasts(log_ratio, error, np.broadcast_to(float(freedom), log_ratio.shape), draws)


def test_the_own_interval_is_students_on_the_log_scale():
    ((lower, upper),) = _contrasts(math.log(0.8), 0.1, freedom=7).own(0.90)
    t = stats.t.ppf(0.95, 7)
    assert lower == pytest.approx(0.8 * math.exp(-0.1 * t))
    assert upper == pytest.approx(0.8 * math.exp(0.1 * t))


def test_one_ratio_alone_needs_no_wider_interval():
    one = _contrasts(0.1, 0.2)
    assert np.asarray(one.joint(0.90)) == pytest.approx(np.asarray(one.own(0.90)), rel=0.02)


def test_twelve_independent_ratios_have_the_critical_value_of_the_largest_of_twelve():
    joint = _contrasts(np.zeros(12), np.ones(12)).joint(0.95)
    exact = stats.norm.ppf((1 + 0.95 ** (1 / 12)) / 2)
    assert math.log(joint[0][1]) == pytest.approx(exact, rel=0.02)
    assert exact == pytest.approx(2.86, abs=0.01)


def test_ratios_that_move_together_pay_less_for_being_many():
    shared = np.random.default_rng(1).standard_normal((20_000, 1)) @ np.ones((1, 12))
    together = _contrasts(np.zeros(12), np.ones(12), draws=shared).joint(0.90)
    apart = _contrasts(np.zeros(12), np.ones(12)).joint(0.90)
    assert together[0][1] < apart[0][1]


def test_a_ratio_that_was_not_measured_has_no_interval_and_does_not_widen_others():
    both = _contrasts([0.1, np.nan], [0.2, 0.2])
    assert both.own(0.90)[1] is None
    assert both.joint(0.90)[1] is None
    assert both.joint(0.90)[0] == pytest.approx(both.own(0.90)[0], rel=0.02)


@pytest.mark.parametrize("freedom", [0.0, -1.0])
def test_one_area_tells_nothing_about_spread(freedom):
    assert _contrasts(0.1, 0.2, freedom=freedom).own(0.90) == [None]


@pytest.mark.parametrize(
    ("own", "joint", "verdict"),
    [
        ((0.85, 1.20), (0.75, 1.30), "pass"),
        ((0.80, 1.25), (0.80, 1.25), "pass"),
        ((0.50, 0.70), (0.45, 0.78), "fail"),
        ((1.30, 1.60), (1.26, 1.70), "fail"),
        ((0.60, 0.78), (0.55, 0.85), "insufficient_evidence"),
        ((0.70, 1.10), (0.60, 1.20), "insufficient_evidence"),
        (None, None, "insufficient_evidence"),
        (None, (0.45, 0.78), "insufficient_evidence"),
        ((0.85, 1.20), None, "insufficient_evidence"),
    ],
)
def test_passing_takes_the_own_interval_and_failing_the_joint_one(own, joint, verdict):
    assert judge(own, joint, 1.25) == verdict


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "insufficient_evidence"], "insufficient_evidence"),
        (["insufficient_evidence", "fail", "pass"], "fail"),
        (["unknown", "insufficient_evidence"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_worst_verdict(verdicts, worst):
    assert worst_of(verdicts) == worst


@pytest.mark.parametrize(("recall", "needed"), [(0.1, 3096), (0.3, 803), (0.5, 344)])
def test_needed_reproduces_the_published_table_for_equal_recalls(recall, needed):
    """METHODS 3.4: positives in each group for 80 % power to pass when recalls are equal, band 1.25."""
    events = (60.0, 90.0)
    error = math.sqrt((1 - recall) / recall * (1 / events[0] + 1 / events[1]))
    assert events_needed(0.0, error, events, 1.25) == pytest.approx(needed, abs=1)


@pytest.mark.parametrize("dispersion", [1.0, 4.0])
def test_needed_repeat_reports_are_344_times_the_dispersion(dispersion):
    error = math.sqrt(dispersion * (1 / 50 + 1 / 50))
    assert events_needed(0.0, error, (50.0, 50.0), 1.25) == pytest.approx(344 * dispersion, rel=0.002)


def test_near_the_edge_of_the_band_it_takes_more_than_there_is():
    error = math.sqrt(0.7 / 0.3 * (2 / 5000))
    near = events_needed(math.log(0.81), error, (5000.0, 5000.0), 1.25)
    far = events_needed(math.log(0.90), error, (200.0, 200.0), 1.25)
    assert near is not None
    assert far is not None
    assert near > 5000 > far


def test_far_outside_the_band_it_takes_less_than_equality_would():
    error = math.sqrt(0.7 / 0.3 * (2 / 50))
    far, equal = (events_needed(math.log(ratio), error, (50.0, 50.0), 1.25) for ratio in (0.4, 1.0))
    assert far is not None
    assert equal is not None
    assert 50 < far < equal
    assert far == pytest.approx(equal * (math.log(1.25) / math.log(0.8 / 0.4)) ** 2, rel=0.05)


@pytest.mark.parametrize(("error", "events"), [(math.nan, (9.0, 9.0)), (0.1, (0.0, 9.0))])
def test_needed_is_not_told_where_nothing_is_known_of_the_spread(error, events):
    assert events_needed(0.0, error, events, 1.25) is None


def test_a_fair_city_with_twelve_groups_is_failed_at_most_as_often_as_stated():
    """Family-wise error at equality on the edge of no band at all: any joint interval that misses 1."""
    rng, missed, runs = np.random.default_rng(2), 0, 1500
    draws = rng.standard_normal((4000, 12))
    for _ in range(runs):
        joint = _contrasts(0.1 * rng.standard_normal(12), np.full(12, 0.1), draws=draws).joint(0.95)
        missed += any(lower > 1 or upper < 1 for lower, upper in joint)
    assert 0.035 <= missed / runs <= 0.065


def _seen(recall, cases, ratio=1.0, critical=1.6449):
    own, reference = ((1 - r) / (r * cases) for r in (recall * ratio, recall))
    return Seen(math.sqrt(own + reference), math.sqrt(own), math.log(ratio), critical)


@pytest.mark.parametrize("cases", [300, 1000])
def test_a_ratio_as_small_as_the_detectable_one_fails_in_four_of_five_cities(cases):
    """Recall .3 for the reference; the data was seen at equality, and the truth is 1 / detectable."""
    detectable = detectable_ratio(_seen(0.3, cases), 1.25)
    assert detectable is not None
    rng, runs = np.random.default_rng(7), 4000
    found = rng.binomial(cases, 0.3 / detectable, runs) + 0.5, rng.binomial(cases, 0.3, runs) + 0.5
    error = np.sqrt(sum(1 / part - 1 / (cases + 0.5) for part in found))
    failed = np.mean(np.log(found[0] / found[1]) + 1.6449 * error < -math.log(1.25))
    assert 0.74 <= failed <= 0.88


def test_the_detectable_ratio_solves_its_own_equation():
    seen = _seen(0.3, 400)
    made = detectable_ratio(seen, 1.25)
    own = seen.of_group**2 * made
    expected = math.log(1.25) + (1.6449 + 0.8416) * math.sqrt(seen.error**2 - seen.of_group**2 + own)
    assert math.log(made) == pytest.approx(expected, rel=1e-3)


def test_more_cases_see_smaller_differences_and_a_wider_family_larger_ones():
    few, many = (detectable_ratio(_seen(0.3, cases), 1.25) for cases in (300, 30_000))
    assert 1.25 < many < 1.4 < few
    assert detectable_ratio(_seen(0.3, 300, critical=2.8), 1.25) > few


def test_what_was_measured_far_below_is_not_seen_better_than_at_equality():
    """The group's part of the error is that of the hypothesis, not of the sample: both ways agree."""
    low, equal = (detectable_ratio(_seen(0.1, 3000, ratio), 1.25) for ratio in (0.5, 1.0))
    assert low == pytest.approx(equal, rel=0.02)


@pytest.mark.parametrize(
    "seen", [Seen(0.9, 0.8, 0.0, 1.7), Seen(math.nan, 0.1, 0.0, 1.7), Seen(0.1, 0.1, math.nan, 1.7)]
)
def test_with_too_few_no_difference_can_be_seen(seen):
    assert detectable_ratio(seen, 1.25) is None


def test_what_nobody_will_wait_for_is_more_than_a_number():
    """Near the edge of the band the number has no bound: it stops at 100,000, or ten times what there is."""
    assert events_needed(math.log(0.801), 2.0, (300.0, 500.0), 1.25) == most_needed((300.0, 500.0)) == 100_000
    assert events_needed(math.log(0.801), 0.4, (40_000.5, 50_000.0), 1.25) == 400_010


@pytest.mark.parametrize(
    ("positives", "ratio", "passes", "fails"),
    [
        (100, 1.0, 0.0, 0.006), (300, 1.0, 0.12, 0.001), (1000, 1.0, 0.90, 0.0), (100, 0.8, 0.0, 0.043),
        (300, 0.8, 0.008, 0.048), (1000, 0.8, 0.051, 0.048), (100, 0.6, 0.0, 0.275), (300, 0.6, 0.0, 0.60),
        (1000, 0.6, 0.0, 0.97),
    ],
)  # fmt: skip
def test_the_published_table_of_passes_and_failures(positives, ratio, passes, fails):
    """METHODS 3.4, recall .3, 90 % intervals, band 1.25; 2,000 cities a cell, judged by binomial bounds."""
    rng, runs = np.random.default_rng(positives + int(10 * ratio)), 2000
    found = rng.binomial(positives, 0.3 * ratio, runs) + 0.5, rng.binomial(positives, 0.3, runs) + 0.5
    error = np.sqrt(sum(1 / part - 1 / (positives + 0.5) for part in found))
    draws = rng.standard_normal((4000, 1))
    verdicts = [
        judge(made.own(0.90)[0], made.joint(0.90)[0], 1.25)
        for made in (
            _contrasts(log, one, draws=draws)
            for log, one in zip(np.log(found[0] / found[1]), error, strict=True)
        )
    ]
    for verdict, published in (("pass", passes), ("fail", fails)):
        count = verdicts.count(verdict)
        lower, upper = stats.binom.ppf((0.001, 0.999), runs, [max(published - 0.015, 0), published + 0.015])
        assert lower <= count <= upper, (verdict, count / runs, published)


def test_where_there_is_enough_for_either_question_the_harder_one_is_told():
    """A ratio of .9 is told from .8 with more than a ratio of 1 is; both with less than there is."""
    error, plenty = math.sqrt(0.7 / 0.3 * (2 / 200_000)), (200_000.0, 200_000.0)
    even, near = (events_needed(math.log(ratio), error, plenty, 1.25) for ratio in (1.0, 0.9))
    assert even is not None
    assert near is not None
    assert 2 * even < near < 200_000
    assert near == pytest.approx(even * (math.log(1.25) / math.log(0.9 * 1.25)) ** 2, rel=0.1)


def test_an_error_below_the_groups_own_part_leaves_nothing_for_the_rest():
    alone, less = (detectable_ratio(Seen(error, 0.1, 0.0, 1.7), 1.25) for error in (0.1, 0.05))
    assert alone is not None
    assert less == pytest.approx(alone)
