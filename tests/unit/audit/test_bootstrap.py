"""Resampled units: known mean and variance, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit import bootstrap
from civic_ai.audit.bootstrap import accelerated, clusters_of, resample_sums, sum_clusters
from civic_ai.evaluation.uncertainty import Interval


def test_replicates_have_the_mean_and_variance_of_drawing_with_replacement():
    sums = np.random.default_rng(1).gamma(2, 3, (40, 3))
    drawn = resample_sums(sums, seed=5, replicates=20_000)
    np.testing.assert_allclose(drawn.mean(axis=0), sums.sum(axis=0), rtol=0.01)
    np.testing.assert_allclose(drawn.var(axis=0), 40 * sums.var(axis=0), rtol=0.05)


def test_columns_of_one_replicate_come_from_the_same_units():
    sums = np.random.default_rng(2).random((10, 1))
    drawn = resample_sums(np.hstack([sums, 3 * sums]), seed=1, replicates=50)
    np.testing.assert_allclose(drawn[:, 1], 3 * drawn[:, 0])


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    sums = np.random.default_rng(3).random((12, 2))
    one, two, other = (resample_sums(sums, seed=seed) for seed in (7, 7, 8))
    assert one.tobytes() == two.tobytes()
    assert one.tobytes() != other.tobytes()
    assert one.shape == (bootstrap.REPLICATES, 2)


def test_many_units_are_drawn_in_pieces(monkeypatch):
    monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", 50)
    drawn = resample_sums(np.ones((20, 1)), seed=1, replicates=7)
    assert drawn.ravel().tolist() == [20.0] * 7


def test_no_more_is_drawn_at_once_than_memory_has_room_for(monkeypatch):
    monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", 50)
    drawn, times_drawn = [], bootstrap._times_drawn
    monkeypatch.setattr(
        bootstrap,
        "_times_drawn",
        lambda rng, many, units: drawn.append(many) or times_drawn(rng, many, units),
    )
    resample_sums(np.ones((20, 1)), seed=1, replicates=7)
    assert drawn == [2, 2, 2, 1]


def test_units_of_an_area_are_one_cluster_and_a_unit_without_one_stands_alone():
    codes = clusters_of(["b", None, "a", "b", None])
    assert codes[0] == codes[3]
    assert len(set(codes.tolist())) == 4
    assert set(codes.tolist()) == {0, 1, 2, 3}


def test_an_area_cannot_have_the_name_of_a_unit():
    assert len(set(clusters_of(["1", None, "unit 1"]).tolist())) == 3


def test_sums_of_clusters_are_those_of_a_plain_group_by():
    rng = np.random.default_rng(2)
    clusters = np.append(rng.integers(0, 7, 50), np.arange(7))
    sums = rng.random((57, 3))
    expected = np.array([sums[clusters == code].sum(axis=0) for code in range(7)])
    np.testing.assert_allclose(sum_clusters(sums, clusters), expected)


def test_how_many_are_drawn_at_once_changes_nothing(monkeypatch):
    sums = np.random.default_rng(4).random((20, 2))
    whole = resample_sums(sums, seed=1, replicates=7)
    for at_once in (5, 50):  # fewer than there are units, and a few replicates
        monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", at_once)
        np.testing.assert_allclose(resample_sums(sums, seed=1, replicates=7), whole)


def _mean_interval(values: np.ndarray, level: float, of: Callable[[np.ndarray], np.ndarray]) -> Interval:
    """Of a figure of the mean."""
    units = len(values)
    draws = resample_sums(values[:, None], seed=1)[:, 0] / units
    without_one = (values.sum() - values) / (units - 1)
    return accelerated(float(of(values.mean())), of(draws), of(without_one), level)


def test_of_a_symmetric_figure_the_accelerated_interval_is_that_of_students_t():
    values = np.random.default_rng(4).normal(5, 2, 400)
    values = np.concatenate([values, 10 - values])
    half = stats.t.ppf(0.95, 799) * values.std(ddof=1) / np.sqrt(800)
    assert _mean_interval(values, 0.9, np.positive) == pytest.approx((5 - half, 5 + half), abs=0.02)


def test_the_accelerated_interval_of_a_skewed_figure_misses_as_often_above_as_below():
    """Means of 30 exponential numbers, nominal 90 %: Student's t misses 1.6 % below and 10.5 % above."""
    rng = np.random.default_rng(5)
    ends = np.array([_mean_interval(rng.exponential(1, 30), 0.9, np.positive) for _ in range(600)])
    above, below = (ends[:, 0] > 1).mean(), (ends[:, 1] < 1).mean()
    assert 0.03 <= above <= 0.07
    assert 0.03 <= below <= 0.08


def test_an_accelerated_interval_is_that_of_the_figure_on_any_scale():
    """The ends of a rising function are that function of the ends (Efron 1987), but for the jackknife."""
    values = np.random.default_rng(6).gamma(2, 1, 60)
    low, high = _mean_interval(values, 0.9, np.positive)
    assert _mean_interval(values, 0.9, np.exp) == pytest.approx((np.exp(low), np.exp(high)), rel=0.01)


def test_few_units_say_less_and_units_that_are_alike_say_all():
    few, many = (np.tile([1.0, 2.0, 4.0], times) for times in (2, 40))
    (low, high), (lower, upper) = (_mean_interval(values, 0.9, np.positive) for values in (few, many))
    assert high - low > 4 * (upper - lower)
    assert _mean_interval(np.full(9, 3.0), 0.9, np.positive) == (3.0, 3.0)


def test_the_ends_are_figures_that_were_drawn_even_where_some_have_no_end():
    """A share of a gain that could be nothing has no upper end; between it and a number lies no number."""
    draws, without_one = np.arange(1.0, 1001.0), np.linspace(498, 502, 40)
    for endless in (0, 30, 45, 50, 55, 60, 200):
        some = np.where(draws > 1000 - endless, np.inf, draws)
        ends = accelerated(500.0, some, without_one, 0.9)
        assert set(ends) <= set(some)
    assert ends[1] == np.inf
