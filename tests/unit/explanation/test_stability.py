"""Sizes over weeks: equal to a resample written out by hand, and honest when weeks differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.explanation.stability import STABLE_AGREEMENT, Sizes, figures, mean_sizes, resample_weeks


def weekly(dates: int, units: int) -> np.ndarray:
    days = np.datetime64("2020-01-06") + 7 * np.arange(dates)
    return np.repeat(days, units)


@given(
    dates=st.integers(8, 30),
    units=st.integers(1, 6),
    columns=st.integers(1, 4),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=40, deadline=None)
def test_each_resample_is_the_mean_over_its_dates(dates: int, units: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    as_of = np.repeat(weekly(dates, 1), rng.integers(1, units + 1, dates))
    parts = rng.normal(size=(len(as_of), columns))
    weeks = resample_weeks(as_of, 2, seed=seed, level=0.9)
    sizes = mean_sizes(parts, weeks)
    np.testing.assert_allclose(sizes.mean, np.abs(parts).mean(axis=0))
    for replicate in (0, 7, 500):
        times = weeks.replicates.weights[replicate][weeks.position].astype(int)
        repeated = np.repeat(np.abs(parts), times, axis=0)
        np.testing.assert_allclose(sizes.resampled[replicate], repeated.mean(axis=0))


@given(shift=st.permutations(range(12)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(shift: list[int]) -> None:
    rng = np.random.default_rng(3)
    parts, as_of = rng.normal(size=(12, 2)), weekly(12, 1)
    order = np.array(shift)
    straight = mean_sizes(parts, resample_weeks(as_of, 1, seed=1, level=0.9))
    mixed = mean_sizes(parts[order], resample_weeks(as_of[order], 1, seed=1, level=0.9))
    np.testing.assert_allclose(mixed.resampled, straight.resampled)


def test_shares_sum_to_one_and_nothing_moved_is_no_share() -> None:
    sizes = Sizes(np.array([3.0, 1.0]), np.array([[1.0, 1.0], [0.0, 2.0]])).shares
    np.testing.assert_allclose(sizes.mean, [0.75, 0.25])
    np.testing.assert_allclose(sizes.resampled, [[0.5, 0.5], [0.0, 1.0]])
    nothing = Sizes(np.zeros(2), np.zeros((1, 2))).shares
    assert not nothing.mean.any()
    assert not nothing.resampled.any()


def test_agreement_counts_resamples_with_the_same_rank() -> None:
    sizes = Sizes(np.array([3.0, 2.0, 1.0]), np.array([[3.0, 2.0, 1.0], [9.0, 1.0, 2.0], [2.0, 3.0, 1.0]]))
    np.testing.assert_allclose(sizes.agreement, [2 / 3, 1 / 3, 2 / 3])


def test_what_holds_every_week_is_stable_and_what_a_few_weeks_bring_is_not() -> None:
    rng = np.random.default_rng(5)
    as_of = weekly(26, 20)
    steady = rng.normal(3.0, 0.1, len(as_of))
    even = rng.normal(1.0, 0.1, len(as_of))
    storm = np.where(np.arange(len(as_of)) < 4 * 20, 6.4, 0.02)
    weeks = resample_weeks(as_of, 4, seed=1, level=0.9)
    sizes = mean_sizes(np.column_stack([steady, even, storm]), weeks)
    assert sizes.mean[2] == pytest.approx(sizes.mean[1], rel=0.05)
    assert sizes.agreement[0] >= STABLE_AGREEMENT
    assert max(sizes.agreement[1:]) < STABLE_AGREEMENT


def test_an_interval_holds_its_value_and_is_wide_where_weeks_differ() -> None:
    rng = np.random.default_rng(5)
    as_of = weekly(40, 10)
    by_week = np.repeat(rng.gamma(1.0, 1.0, 40), 10)
    weeks = resample_weeks(as_of, 1, seed=1, level=0.9)
    steady, moody = figures(mean_sizes(np.column_stack([np.ones(400), by_week]), weeks), weeks)
    assert steady.lower == pytest.approx(1.0)
    assert steady.upper == pytest.approx(1.0)
    assert moody.lower is not None
    assert moody.upper is not None
    assert moody.lower < float(moody.value or 0) < moody.upper
    assert moody.upper - moody.lower > 0.3
    assert (moody.n, moody.level) == (400, 0.9)
    assert moody.period is not None
    assert (str(moody.period.first), str(moody.period.last)) == ("2020-01-06", "2020-10-05")


def test_ninety_percent_intervals_hold_the_truth() -> None:
    """Weeks with a common shock: over 200 worlds the interval holds the true mean as often as it says."""
    truth, held = np.exp(0.5**2 / 2), 0
    for world in range(200):
        rng = np.random.default_rng(world)
        parts = np.repeat(np.exp(rng.normal(0, 0.5, 30)), 8)[:, None]
        weeks = resample_weeks(weekly(30, 8), 1, seed=world, level=0.9)
        (figure,) = figures(mean_sizes(parts, weeks), weeks)
        assert figure.lower is not None
        assert figure.upper is not None
        held += figure.lower <= truth <= figure.upper
    assert 0.80 <= held / 200 <= 0.97


def test_too_few_weeks_give_no_interval() -> None:
    weeks = resample_weeks(weekly(6, 5), 4, seed=1, level=0.9)
    (figure,) = figures(mean_sizes(np.ones((30, 1)), weeks), weeks)
    assert not weeks.has_interval
    assert (figure.value, figure.lower, figure.upper) == (1.0, None, None)


def test_the_same_seed_gives_the_same_resamples() -> None:
    parts = np.random.default_rng(1).normal(size=(60, 2))
    made = [
        mean_sizes(parts, resample_weeks(weekly(20, 3), 2, seed=seed, level=0.9)).resampled
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])
