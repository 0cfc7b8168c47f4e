"""Intervals, verdicts and needed numbers of ratios judged together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit.contrasts import Contrasts, events_needed, judge, worst_of


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
