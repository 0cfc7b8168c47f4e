"""Small groups drawn towards the whole: closer to the truth, and no difference where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit.disparity import measure
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import sum_groups
from civic_ai.audit.shrink import Small, _worth, small_groups
from civic_ai.panel.groups import Grouping
from tests.unit.audit.made import PERIOD, cells_of, one_hot


def _with_all(codes, groups):
    """A grouping with everybody as the last group and reference."""
    plain = one_hot(codes, groups)
    shares = np.column_stack([plain.shares, np.ones(len(codes))])
    return Grouping("part", (*plain.groups, "all"), "all", shares, np.ones(len(codes)))


def _measured(cells, codes, groups, metric="recall"):
    sums = sum_groups(cells, [_with_all(codes, groups)], seed=1)
    return measure(sums, METRICS[metric], PERIOD)[0]


def _small(value, weight, city, unit):
    value, weight = np.array(value, float), np.array(weight, float)
    return Small(value, weight, weight, city, unit)


def test_the_shrunken_value_is_the_mean_of_a_beta_prior():
    """(y + a) / (n + a + b), with a + b cases behind the prior, its mean at the city's value."""
    small = _small([0.0, 0.5], [10, 40], 0.3, 0.21)
    behind = 0.21 / 0.01
    a, b = behind * 0.3, behind * 0.7
    expected = [stats.beta(a + 0, b + 10).mean(), stats.beta(a + 20, b + 20).mean()]
    np.testing.assert_allclose(small.shrunken(0.01), expected)


def test_the_shrunken_count_is_the_mean_of_a_gamma_prior():
    small = _small([1.5], [12.0], 0.9, 0.9)
    behind = 0.9 / 0.04
    assert small.shrunken(0.04)[0] == pytest.approx(
        stats.gamma(18 + behind * 0.9, scale=1 / (12 + behind)).mean()
    )


@pytest.mark.parametrize("between", [None, 0.0, -0.001])
def test_where_groups_do_not_differ_all_have_the_citys_value(between):
    np.testing.assert_allclose(_small([0.1, 0.9], [5, 5], 0.4, 0.24).shrunken(between), 0.4)


def test_a_group_without_a_case_has_the_citys_value():
    assert _small([np.nan, 0.6], [0, 50], 0.4, 0.24).shrunken(0.01)[0] == pytest.approx(0.4)


def test_a_city_that_reaches_everybody_has_nothing_to_shrink():
    small = _small([1.0, 1.0], [9, 9], 1.0, 0.0)
    np.testing.assert_allclose(small.shrunken(0.01), 1.0)


def test_shrunken_values_are_closer_to_the_truth():
    """METHODS 3.3: root mean squared error from 0.0743 to 0.0554 in the city measured there; here 12 groups
    of very different size, truths spread by 0.08."""
    rng, plain, drawn = np.random.default_rng(2), [], []
    sizes = np.array([40, 40, 40, 60, 60, 80, 100, 150, 200, 300, 400, 600])
    for _ in range(400):
        truth = np.clip(rng.normal(0.35, 0.08, 12), 0.05, 0.9)
        value = rng.binomial(sizes, truth) / sizes
        city = float((value * sizes).sum() / sizes.sum())
        small = _small(value, sizes, city, city * (1 - city))
        plain.append(value - truth)
        drawn.append(small.shrunken(small.spread(1).variance) - truth)
    before, after = (float(np.sqrt(np.mean(np.square(each)))) for each in (plain, drawn))
    assert after < 0.9 * before


@pytest.mark.parametrize("truth", [0.0, 0.05])
def test_the_spread_is_right_on_average_where_the_naive_one_is_not(truth):
    """METHODS 3.3: truth 0: naive .00187, corrected -.00002; truth .0025: corrected .00255."""
    rng, corrected, naive = np.random.default_rng(3), [], []
    for _ in range(2000):
        chance = np.clip(rng.normal(0.3, truth, 12), 0, 1)
        value = rng.binomial(110, chance) / 110
        city = float(value.mean())
        small = _small(value, np.full(12, 110), city, city * (1 - city))
        corrected.append(small.spread(1).variance)
        naive.append(value.var(ddof=1))
    assert np.mean(corrected) == pytest.approx(truth**2, abs=0.0001)
    assert np.mean(naive) > truth**2 + 0.0015


def test_groups_with_too_few_cases_do_not_tell_of_the_spread():
    small = _small([0.1, 0.3, 0.35, np.nan], [3, 200, 200, 0], 0.3, 0.21)
    made = small.spread(30)
    assert made.groups == 2
    assert made.chance == pytest.approx(0.21 / 200)
    assert made.variance == pytest.approx(0.05**2 / 2 - 0.21 / 200)
    assert made.by_chance == pytest.approx(made.chance**0.5)
    assert made.beyond_chance == pytest.approx(made.variance**0.5)
    assert small.spread(300).variance is None
    assert small.spread(300).beyond_chance is None


def test_independent_cases_are_worth_one_each():
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(3), 400)
    cells = cells_of(rows=1.0, events=1.0, found=rng.binomial(1, 0.3, 1200))
    small = small_groups(_measured(cells, codes, 3))
    np.testing.assert_allclose(small.weight, 400, rtol=0.12)
    assert small.unit_variance == pytest.approx(small.city * (1 - small.city))


def test_cases_of_one_place_that_go_together_are_worth_less():
    """20 cases a place, all reached or none: a group of 400 cases is worth its 20 places."""
    rng = np.random.default_rng(5)
    codes = np.repeat(np.arange(3), 20)
    reached = 20.0 * rng.binomial(1, 0.4, 60)
    small = small_groups(_measured(cells_of(rows=20.0, events=20.0, found=reached), codes, 3))
    np.testing.assert_allclose(small.weight, 20, rtol=0.35)


def test_a_group_in_one_place_is_worth_one_case():
    codes = np.array([0] * 20 + [1])
    small = small_groups(_measured(cells_of(rows=50.0, events=np.full(21, 50.0), found=20.0), codes, 2))
    assert small.weight[1] == 1.0
    assert small.weight[0] > 100


@pytest.mark.parametrize("metric", ["bias_ratio", "service_per_need"])
def test_counts_and_ratios_over_another_have_a_worth_too(metric):
    rng = np.random.default_rng(6)
    codes = np.repeat(np.arange(2), 300)
    cells = cells_of(rows=9.0, events=rng.poisson(2.0, 600), predicted=2.0, selected=rng.poisson(1.0, 600))
    small = small_groups(_measured(cells, codes, 2, metric))
    assert small.city == pytest.approx(1.0, abs=0.1)
    expected = 600 if metric == "bias_ratio" else 300  # what is predicted; a visit stands for itself
    np.testing.assert_allclose(small.weight, expected, rtol=0.3)


def test_a_value_worth_one_case_or_less_has_a_variance_and_one_worth_nothing_has_none():
    np.testing.assert_allclose(_small([0.3, 0.3, 0.3], [1, 0.5, 0], 0.3, 0.21).variance, [0.21, 0.42, np.inf])


@pytest.mark.filterwarnings("error")  # numpy warns of what a division left out and nobody filled in
def test_where_all_are_reached_chance_is_nothing_and_every_case_counts():
    cells = cells_of(rows=1.0, events=np.ones(60), found=1.0)
    small = small_groups(_measured(cells, np.repeat(np.arange(2), 30), 2))
    np.testing.assert_allclose(small.weight, 30)


def test_a_value_without_a_usable_error_is_worth_one_case():
    errors = np.array([0.1, 0.0, np.nan])
    measured = SimpleNamespace(metric=METRICS["service_per_need"], rates=None, errors=errors)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(_worth(measured, 0.2), [100.0, 1.0, 1.0])


def test_a_group_without_a_case_in_a_city_that_reaches_everybody_is_reached_like_all():
    np.testing.assert_allclose(_small([np.nan, 1.0], [0, 9], 1.0, 0.0).shrunken(0.01), 1.0)
