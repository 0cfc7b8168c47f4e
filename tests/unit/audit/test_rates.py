"""Rates of groups: equal to fairlearn's point values, honest about places, weighted by residents."""

from __future__ import annotations

import fairlearn.metrics as fm
import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from civic_ai.audit.cells import Scored, list_cells
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import effective_number, few_clusters, rates, sum_groups
from civic_ai.evaluation.chance import visit_chance
from civic_ai.panel.groups import Grouping
from tests.unit.audit.made import cells_of, one_hot, random_cells


@pytest.fixture(scope="module")
def scored():
    """Rows of 60 units on 30 days with binary labels, scores without ties, and three groups of units."""
    rng = np.random.default_rng(5)
    unit, day = np.tile(np.arange(60), 30), np.repeat(np.arange(30), 60)
    score = rng.random(1800)
    label = (rng.random(1800) < 0.2 + 0.3 * score).astype(float)
    return Scored(unit, day, score, label), visit_chance(day, score, 12), rng.integers(0, 3, 60)


def _false_discovery_rate(y_true, y_pred):
    return 1 - precision_score(y_true, y_pred)


FAIRLEARN = {
    "recall": recall_score,
    "selection_rate": fm.selection_rate,
    "precision": precision_score,
    "false_positive_rate": fm.false_positive_rate,
    "false_discovery_rate": _false_discovery_rate,
}


@pytest.mark.parametrize("name", FAIRLEARN)
def test_point_values_equal_fairlearns(scored, name):
    rows, chance, group = scored
    (sums,) = sum_groups(list_cells(rows, chance, 60), [one_hot(group, 3)], seed=1)
    frame = fm.MetricFrame(
        metrics=FAIRLEARN[name], y_true=rows.label, y_pred=chance, sensitive_features=group[rows.unit]
    )
    np.testing.assert_allclose(rates(sums, METRICS[name]).value, frame.by_group.to_numpy(), atol=1e-12)


def test_service_per_need_is_the_share_of_visits_over_the_share_of_cases(scored):
    rows, chance, group = scored
    (sums,) = sum_groups(list_cells(rows, chance, 60), [one_hot(group, 3)], seed=1)
    of = group[rows.unit]
    visits = np.bincount(of, chance) / chance.sum()
    cases = np.bincount(of, rows.label) / rows.label.sum()
    np.testing.assert_allclose(rates(sums, METRICS["service_per_need"]).value, visits / cases)


def test_bias_ratio_is_what_came_over_what_was_predicted(scored):
    rows, chance, group = scored
    (sums,) = sum_groups(list_cells(rows, chance, 60), [one_hot(group, 3)], seed=1)
    of = group[rows.unit]
    expected = np.bincount(of, rows.label) / np.bincount(of, rows.score)
    made = rates(sums, METRICS["bias_ratio"])
    np.testing.assert_allclose(made.value, expected)
    assert made.n.tolist() == np.bincount(of, rows.label).tolist()


def test_shares_give_the_mean_over_residents():
    """METHODS 3.5: Y_g = sum pop_a s_ag y_a / sum pop_a s_ag, for counts that a resident inherits."""
    pop, share = np.array([900.0, 50.0, 400.0]), np.array([0.1, 0.9, 0.4])
    grouping = Grouping("a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), pop, "people")
    found, events = np.array([3.0, 20.0, 8.0]), np.array([10.0, 30.0, 20.0])
    (sums,) = sum_groups(cells_of(found=found, events=events), [grouping], seed=1)
    part = pop * share
    inherited = (part @ found / part.sum()) / (part @ events / part.sum())
    assert rates(sums, METRICS["recall"]).value[1] == pytest.approx(inherited, rel=1e-12)


def test_counts_are_shared_out_so_that_each_case_counts_once():
    share = np.array([0.25, 0.5])
    grouping = Grouping(
        "a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), np.array([9.0, 1.0])
    )
    (sums,) = sum_groups(cells_of(events=np.array([8.0, 4.0])), [grouping], seed=1)
    assert sums.events.tolist() == [8.0, 4.0]
    assert sums.events.sum() == 12


def test_units_that_differ_make_the_error_larger_than_single_cases_would():
    rng = np.random.default_rng(6)
    events = rng.poisson(80, 40)
    cells = cells_of(rows=events + 5, events=events, found=rng.binomial(events, rng.beta(2, 4, 40)))
    (sums,) = sum_groups(cells, [one_hot(np.arange(40) % 2, 2)], seed=1)
    made = rates(sums, METRICS["recall"])
    assert (made.error(sums.units) > 3 * made.error_floor).all()


def test_the_error_of_empty_cells_is_never_nothing():
    cells = cells_of(rows=20.0, events=np.full(30, 2.0), found=0.0)
    (sums,) = sum_groups(cells, [one_hot(np.arange(30) % 2, 2)], seed=1)
    made = rates(sums, METRICS["recall"])
    assert made.value.tolist() == [0, 0]
    assert (made.error(sums.units) > 1).all()


def test_a_group_without_cases_has_no_value():
    cells = cells_of(rows=5.0, events=np.array([0.0, 3.0]), found=np.array([0.0, 1.0]))
    (sums,) = sum_groups(cells, [one_hot(np.array([0, 1]), 2)], seed=1)
    made = rates(sums, METRICS["recall"])
    assert np.isnan(made.value[0])
    assert np.isnan(made.log[0])


def test_effective_units_are_all_of_them_only_when_they_weigh_alike():
    assert effective_number(np.array([[2.0, 9.0, 0.0], [2.0, 1.0, 0.0]])) == pytest.approx([2, 100 / 82, 0])


def test_few_units_widen_the_error_and_one_unit_has_none():
    widening = few_clusters(np.array([2.0, 5.0, 1.0, 0.0]))
    assert widening[:2] == pytest.approx([2**0.5, 1.25**0.5])
    assert np.isnan(widening[2:]).all()


def test_intervals_cover_the_truth_as_often_as_they_say():
    """Recall ratio of two groups of 15 units that differ among themselves; nominal 90 %."""
    from civic_ai.audit.disparity import judge_disparities, measure
    from tests.unit.audit.made import PERIOD, POLICY

    rng, covered, runs = np.random.default_rng(7), 0, 250
    group = np.arange(30) % 2
    for run in range(runs):
        events = rng.negative_binomial(2, 0.03, 30)
        cells = cells_of(events=events, found=rng.binomial(events, rng.beta(6, 14, 30)))
        sums = sum_groups(cells, [one_hot(group, 2)], seed=run)
        (item,) = judge_disparities(measure(sums, METRICS["recall"], PERIOD), POLICY)
        covered += item.ratio.lower <= 1.0 <= item.ratio.upper
    assert 0.85 <= covered / runs <= 0.95


def test_units_in_another_order_give_the_same_values_and_nearly_the_same_errors():
    rng = np.random.default_rng(8)
    cells, codes, order = random_cells(rng, 50, 3.0), rng.integers(0, 3, 50), rng.permutation(50)
    (sums,) = sum_groups(cells, [one_hot(codes, 3)], seed=1)
    (other,) = sum_groups(cells[order], [one_hot(codes[order], 3)], seed=1)
    one, two = rates(sums, METRICS["recall"]), rates(other, METRICS["recall"])
    np.testing.assert_allclose(one.value, two.value, rtol=1e-12)
    np.testing.assert_allclose(one.error(sums.units), two.error(other.units), rtol=0.1)


def test_all_attributes_are_drawn_from_the_same_units():
    rng = np.random.default_rng(9)
    cells, codes = random_cells(rng, 40, 3.0), rng.integers(0, 2, 40)
    first, second = sum_groups(cells, [one_hot(codes, 2), one_hot(1 - codes, 2)], seed=1)
    np.testing.assert_allclose(first.replicates[:, :2], second.replicates[:, 1::-1])
    np.testing.assert_allclose(first.replicates[:, 2], first.replicates[:, :2].sum(axis=1))


@pytest.mark.parametrize(("name", "spread"), [("recall", [1 - 3 / 10, 1 - 20 / 30]), ("bias_ratio", [1, 1])])
def test_logarithms_have_half_a_case_more_above_and_below_and_errors_the_floor_of_single_cases(name, spread):
    """Haldane (1956); a share's errors are binomial, a count's those of Poisson."""
    few, many = np.array([3.0, 20.0]), np.array([10.0, 30.0])
    cells = {"recall": ("found", "events"), "bias_ratio": ("events", "predicted")}[name]
    columns = cells_of(**dict(zip(cells, (few, many), strict=True)))
    (sums,) = sum_groups(columns, [one_hot(np.array([0, 1]), 2)], seed=1)
    made = rates(sums, METRICS[name])
    np.testing.assert_allclose(made.log, np.log((few + 0.5) / (many + 0.5)))
    np.testing.assert_allclose(made.error_floor, np.sqrt(np.array(spread) / (few + 0.5)))
