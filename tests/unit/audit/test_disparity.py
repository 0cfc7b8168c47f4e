"""Verdicts on groups: three states, with the n that it would take."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.disparity import group_counts, group_figures, judge_disparities, measure
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import Grouping
from tests.unit.audit.made import PERIOD, POLICY, cells_of, one_hot, policy, random_cells


def _recalls(events, found, units=40, chosen=POLICY):
    """Disparities of groups whose cases are spread evenly over their units."""
    groups = len(events)
    codes = np.repeat(np.arange(groups), units)
    spread = np.concatenate([np.bincount(np.arange(n) % units, minlength=units) for n in events])
    seen = np.concatenate([np.bincount(np.arange(n) % units, minlength=units) for n in found])
    cells = cells_of(rows=spread + 10, events=spread, found=np.minimum(seen, spread))
    sums = sum_groups(cells, [one_hot(codes, groups)], seed=1)
    return judge_disparities(measure(sums, METRICS["recall"], PERIOD), chosen), sums


def test_equal_service_of_many_cases_passes():
    (item,), _ = _recalls([4000, 4000], [1200, 1200])
    assert (item.verdict, item.needed) == ("pass", None)
    assert item.ratio.value == pytest.approx(1.0)
    assert item.ratio.lower < 1 < item.ratio.upper


def test_half_the_service_of_many_cases_fails():
    (item,), _ = _recalls([3000, 3000], [1200, 600])
    assert item.verdict == "fail"
    assert item.joint.upper < 0.8


def test_equal_service_of_few_cases_is_insufficient_and_says_what_it_takes():
    (item,), _ = _recalls([100, 100], [30, 30])
    assert item.verdict == "insufficient_evidence"
    assert item.needed == pytest.approx(803, rel=0.05)


@pytest.mark.parametrize("limit", [30, 500])
def test_below_the_policys_minimum_nothing_is_judged(limit):
    (item,), _ = _recalls([3000, 400], [1200, 40], chosen=policy(group_events=limit))
    assert item.verdict == ("fail" if limit == 30 else "insufficient_evidence")
    assert item.needed is None if limit == 30 else item.needed >= 500


def test_nothing_found_for_a_large_group_is_a_failure():
    (item,), _ = _recalls([2000, 2000], [600, 0])
    assert (item.verdict, item.ratio.value) == ("fail", 0.0)
    assert item.ratio.lower == 0.0


def test_nothing_found_for_a_small_group_may_be_chance():
    (item,), _ = _recalls([2000, 31], [200, 0])
    assert item.verdict == "insufficient_evidence"


def test_a_reference_group_that_nobody_visits_leaves_no_ratio_to_show():
    (item,), _ = _recalls([2000, 2000], [0, 600])
    assert item.ratio.value is None


def test_a_group_in_one_unit_cannot_be_judged_but_is_told_how_much_it_takes():
    codes = np.array([0] * 20 + [1])
    cells = cells_of(rows=50.0, events=np.full(21, 60.0), found=np.full(21, 20.0))
    sums = sum_groups(cells, [one_hot(codes, 2)], seed=1)
    (item,) = judge_disparities(measure(sums, METRICS["recall"], PERIOD), POLICY)
    assert item.verdict == "insufficient_evidence"
    assert (item.ratio.lower, item.ratio.value) == (None, pytest.approx(1.0))
    assert item.needed > 60


def test_more_groups_make_a_failure_harder_but_a_pass_no_harder():
    few, _ = _recalls([900, 900], [300, 230])
    many, _ = _recalls([900] * 9, [300, 230] + [300] * 7)
    assert many[0].joint.upper > few[0].joint.upper
    assert many[0].ratio.upper == pytest.approx(few[0].ratio.upper, rel=0.1)


def test_false_alarms_at_equality_and_at_the_edge_are_as_rare_as_stated():
    """METHODS 3.4 with 300 cases a group, recall .3: FAIL at most 1 % at 1.0 and about 5 % at 0.8."""
    rng, failed, runs = np.random.default_rng(9), {1.0: 0, 0.8: 0}, 150
    codes = np.repeat([0, 1], 60)
    for ratio in failed:
        recall = np.where(codes == 0, 0.3, 0.3 * ratio)
        for run in range(runs):
            events = rng.multinomial(300, np.full(60, 1 / 60), 2).ravel()
            cells = cells_of(events=events, found=rng.binomial(events, recall))
            sums = sum_groups(cells, [one_hot(codes, 2)], seed=run)
            (item,) = judge_disparities(measure(sums, METRICS["recall"], PERIOD), POLICY)
            failed[ratio] += item.verdict == "fail"
    assert failed[1.0] <= 2
    assert failed[0.8] / runs <= 0.09


@pytest.mark.parametrize("name", METRICS)
def test_figures_hold_their_value_within_their_interval(name):
    rng = np.random.default_rng(10)
    sums = sum_groups(random_cells(rng, 80, 3.0), [one_hot(np.arange(80) % 4, 4)], seed=1)
    for item in group_figures(measure(sums, METRICS[name], PERIOD)[0], 0.90):
        figure = item.figure
        assert 0 <= figure.lower <= figure.value <= figure.upper
        assert figure.upper <= 1 or not METRICS[name].is_share
        assert figure.period == PERIOD
        assert figure.n > 0


def test_a_figure_without_cases_says_why():
    cells = cells_of(rows=9.0, events=np.array([0.0, 50.0]), found=np.array([0.0, 9.0]))
    sums = sum_groups(cells, [one_hot(np.array([0, 1]), 2)], seed=1)
    empty, whole = group_figures(measure(sums, METRICS["recall"], PERIOD)[0], 0.90)
    assert (empty.figure.value, empty.figure.why_missing, empty.events) == (None, "no_positives", 0)
    assert whole.figure.value == pytest.approx(0.18)


def test_counts_say_what_the_figures_rest_on():
    _, sums = _recalls([400, 80], [100, 20])
    first, second = group_counts(sums[0])
    assert (first.events, first.found, second.events, second.found) == (400, 100, 80, 20)
    assert first.units == pytest.approx(40, abs=0.5)


def test_what_could_have_been_seen_is_told_whatever_the_verdict():
    (passed,), _ = _recalls([4000, 4000], [1200, 1200])
    (failed,), _ = _recalls([3000, 3000], [1200, 600])
    (open_,), _ = _recalls([300, 300], [90, 90])
    (blind,), _ = _recalls([40, 40], [8, 8])
    assert 1.25 < passed.detectable < 1.5 < open_.detectable
    assert 1.25 < failed.detectable < 1.6
    assert blind.detectable is None
    assert not any(item.needed_is_least for item in (passed, failed, open_, blind))


def test_below_the_policys_minimum_nothing_could_have_been_seen():
    (item,), _ = _recalls([3000, 400], [1200, 160], chosen=policy(group_events=500))
    assert item.detectable is None


def test_a_number_that_nobody_will_wait_for_is_marked():
    """Three of 80 places have nearly all that was reached: no number of such places settles it."""
    events, found = np.full(80, 300.0), np.full(80, 1.0)
    found[[0, 1, 3]] = 300.0
    cells = cells_of(rows=events, events=events, found=found)
    sums = sum_groups(cells, [one_hot(np.arange(80) % 2, 2)], seed=1)
    (item,) = judge_disparities(measure(sums, METRICS["recall"], PERIOD), POLICY)
    assert item.verdict == "insufficient_evidence"
    assert (item.needed, item.needed_is_least, item.detectable) == (120_000, True, None)


def test_the_base_of_a_metric_is_what_it_divides_by():
    cells = cells_of(rows=np.array([9.0, 7.0]), positives=np.array([2.0, 3.0]), events=1.0)
    sums = sum_groups(cells, [one_hot(np.array([0, 1]), 2)], seed=1)
    assert measure(sums, METRICS["false_positive_rate"], PERIOD)[0].base.tolist() == [7.0, 4.0]


def test_cases_that_are_shared_between_groups_are_told_in_whole_numbers():
    share = np.array([0.25, 0.5, 0.3])
    grouping = Grouping("a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), np.ones(3))
    sums = sum_groups(cells_of(rows=50.0, events=np.array([8.0, 5.0, 3.0])), [grouping], seed=1)
    (measured,) = measure(sums, METRICS["recall"], PERIOD)
    told = group_figures(measured, 0.9)
    assert [(one.group, one.events) for one in told] == [("rest", 11), ("part", 5)]
    assert [one.figure.n for one in told] == [11, 5]
