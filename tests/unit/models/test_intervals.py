from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin

from civic_ai.models.intervals import (
    MOST_TIMES,
    WINDOW_DAYS,
    Bounds,
    Forecasts,
    conformal_bounds,
    size_groups,
)

FIRST = np.datetime64("2020-01-06")
LEVEL = 0.9


def forecasts_of(label: np.ndarray, mean: np.ndarray, *, days: np.ndarray, horizon: int = 7) -> Forecasts:
    as_of = FIRST + days.astype("timedelta64[D]")
    group = np.zeros(len(label), dtype=np.int64)
    return Forecasts(as_of, as_of + horizon, group, mean.astype(float), label.astype(float))


def weeks(dates: int, units: int, *, shift_from: int | None = None, seed: int = 0) -> Forecasts:
    """Weekly counts, overdispersed, forecast by their true mean; 1.6 times as many from a week on."""
    rng = np.random.default_rng(seed)
    level = np.tile(rng.gamma(0.8, 1.5, units) + 0.05, dates)
    week = np.repeat(np.arange(dates), units)
    mean = level * (1 + 0.3 * np.sin(week / 52 * 2 * np.pi))
    factor = 1.0 if shift_from is None else np.where(week >= shift_from, 1.6, 1.0)
    label = rng.poisson(mean * factor * rng.gamma(6, 1 / 6, dates * units))
    made = forecasts_of(label, mean, days=7 * week)
    return replace(made, group=size_groups(mean, mean[: 52 * units]))


def covered(forecasts: Forecasts, bounds: Bounds, rows: np.ndarray) -> float:
    held = (forecasts.label >= bounds.lower) & (forecasts.label <= bounds.upper)
    return float(held[rows].mean())


class Known(RegressorMixin, BaseEstimator):
    """Predicts its only feature: lets MAPIE calibrate around a forecast that stands."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> Known:
        self.n_features_in_, self.is_fitted, self.fitted_ = x.shape[1], True, True
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x[:, 0]


def test_without_scaling_the_quantile_is_that_of_mapies_split_conformal() -> None:
    """One mean for all makes the scaled score a constant times the absolute residual that MAPIE takes."""
    rng = np.random.default_rng(3)
    label = rng.poisson(40.0, 251).astype(float)
    mean = np.full(251, 40.3)
    days = np.array([0] * 200 + [30] * 51)
    ours = conformal_bounds(forecasts_of(label, mean, days=days), level=LEVEL, first=FIRST + 30)
    theirs = SplitConformalRegressor(Known().fit(mean[:, None], label), confidence_level=LEVEL, prefit=True)
    theirs.conformalize(mean[:200, None], label[:200])
    _, interval = theirs.predict_interval(mean[200:, None])
    np.testing.assert_array_equal(ours.lower[200:], np.ceil(interval[:, 0, 0] - 1e-9))
    np.testing.assert_array_equal(ours.upper[200:], np.floor(interval[:, 1, 0] + 1e-9))


def test_the_quantile_is_the_one_that_a_clerk_counts_off() -> None:
    """19 scores of size 1 to 19 at m = 0.75 (spread 1): rank ceil(20 * 0.9) = 18."""
    label = 0.75 + np.arange(1.0, 20.0)
    made = forecasts_of(np.append(label, 5.0), np.full(20, 0.75), days=np.array([0] * 19 + [10]))
    bounds = conformal_bounds(made, level=LEVEL, first=FIRST + 10)
    assert bounds.upper[-1] == np.floor(0.75 + 18)
    assert bounds.lower[-1] == 0.0
    assert np.isnan(bounds.upper[:-1]).all(), "what came before the first date only calibrates"


def test_bounds_are_whole_numbers_from_zero_and_hold_the_likeliest_count() -> None:
    made = weeks(80, 20)
    bounds = conformal_bounds(made, level=LEVEL, first=FIRST + 7 * 30)
    said = ~np.isnan(bounds.lower)
    lower, upper, mean = bounds.lower[said], bounds.upper[said], made.mean[said]
    np.testing.assert_array_equal(said, made.as_of >= FIRST + 7 * 30)
    assert (lower == np.round(lower)).all()
    assert (upper == np.round(upper)).all()
    assert (lower >= 0).all()
    assert (lower <= np.floor(mean)).all()
    assert (upper >= np.floor(mean)).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_level_is_held_overall_and_in_every_group(seed: int) -> None:
    made = weeks(156, 60, seed=seed)
    bounds = conformal_bounds(made, level=LEVEL, first=FIRST + 7 * 52)
    said = ~np.isnan(bounds.lower)
    assert 0.88 <= covered(made, bounds, said) <= 0.93
    for group in range(3):
        assert covered(made, bounds, said & (made.group == group)) >= 0.87


@pytest.mark.parametrize("seed", range(3))
def test_after_a_shift_of_60_percent_the_last_twelve_weeks_are_held_again(seed: int) -> None:
    made = weeks(156, 60, shift_from=104, seed=seed)
    first = FIRST + 7 * 52
    bounds = conformal_bounds(made, level=LEVEL, first=first)
    last = made.as_of >= made.as_of.max() - np.timedelta64(7 * 11, "D")
    assert covered(made, bounds, last) >= 0.87
    before = (made.as_of >= first) & (made.as_of < FIRST + 7 * 104)
    frozen = static_bounds(made, before=FIRST + 7 * 104)
    assert covered(made, frozen, last) < 0.85, "the shift is one that a frozen quantile does not survive"
    assert 0.88 <= covered(made, bounds, before) <= 0.93


def static_bounds(made: Forecasts, before: np.datetime64) -> Bounds:
    """One quantile for good, from all that matured before a day."""
    quantile = np.quantile(made.scores[made.matured_on <= before], LEVEL)
    return made.within(float(quantile))


def test_groups_are_held_where_one_quantile_for_all_would_not() -> None:
    """Two groups of one forecast, one three times as uncertain as the other."""
    rng = np.random.default_rng(5)
    days = np.repeat(np.arange(0, 7 * 100, 7), 30)
    noisy = np.arange(len(days)) % 2
    label = np.maximum(np.round(100 + rng.normal(0, np.where(noisy, 60, 10))), 0)
    made = forecasts_of(label, np.full(len(days), 100.0), days=days)
    late = made.as_of >= FIRST + 7 * 50
    for group, floor, ceiling in ((noisy, 0.88, 0.92), (np.zeros_like(noisy), 0.0, 0.86)):
        bounds = conformal_bounds(replace(made, group=group), level=LEVEL, first=FIRST + 7 * 50)
        by_group = [covered(made, bounds, late & (noisy == each)) for each in (0, 1)]
        assert floor <= min(by_group) <= ceiling


def test_a_group_too_small_for_its_level_takes_the_scores_of_all() -> None:
    made = weeks(60, 20)
    lonely = replace(made, group=np.where(np.arange(len(made.mean)) == len(made.mean) - 1, 9, 0))
    together = replace(made, group=np.zeros(len(made.mean), dtype=np.int64))
    first = made.as_of.max()
    alone = conformal_bounds(lonely, level=LEVEL, first=first)
    all_one = conformal_bounds(together, level=LEVEL, first=first)
    assert alone.upper[-1] == all_one.upper[-1] > 0


def test_nothing_is_said_where_nine_scores_are_not_there() -> None:
    for known, says in ((8, False), (9, True)):
        made = forecasts_of(np.arange(known + 1.0), np.full(known + 1, 3.0), days=np.array([0] * known + [7]))
        bounds = conformal_bounds(made, level=LEVEL, first=FIRST + 7)
        assert np.isfinite(bounds.upper[-1]) == says


def test_what_matured_long_ago_is_let_go() -> None:
    wild, calm = np.full(50, 90.0), np.full(50, 11.0)
    label = np.concatenate([wild, calm, [10.0]])
    days = np.array([0] * 50 + [WINDOW_DAYS] * 50 + [WINDOW_DAYS + 8])
    bounds = conformal_bounds(
        forecasts_of(label, np.full(101, 10.0), days=days), level=LEVEL, first=FIRST + 1
    )
    assert bounds.upper[-1] == 11.0


def test_counts_that_are_nearly_always_zero_do_not_make_it_forget_its_level() -> None:
    """A quiet service that wakes: intervals must widen within weeks, not after a slow way back."""
    rng = np.random.default_rng(0)
    days = np.repeat(np.arange(0, 7 * 200, 7), 40)
    awake = days >= 7 * 150
    mean = np.full(len(days), 0.02)
    label = rng.poisson(np.where(awake, 0.4, 0.02)).astype(float)
    made = forecasts_of(label, mean, days=days)
    bounds = conformal_bounds(made, level=LEVEL, first=FIRST + 7 * 30)
    assert covered(made, bounds, days >= 7 * 170) >= 0.85
    assert MOST_TIMES == 2.0


def test_no_label_is_read_before_it_matured() -> None:
    made = weeks(90, 12)
    first, cut = FIRST + 7 * 40, FIRST + 7 * 70
    honest = conformal_bounds(made, level=LEVEL, first=first)
    poisoned_label = np.where(made.matured_on > cut, made.label * 50 + 77, made.label)
    poisoned = conformal_bounds(replace(made, label=poisoned_label), level=LEVEL, first=first)
    upto = (made.as_of <= cut) & (made.as_of >= first)
    assert honest.upper[upto].tobytes() == poisoned.upper[upto].tobytes()
    assert honest.lower[upto].tobytes() == poisoned.lower[upto].tobytes()
    later = made.as_of > cut
    assert (honest.upper[later] != poisoned.upper[later]).any(), "the poison is strong enough to be seen"


def test_labels_never_known_neither_teach_nor_count_as_missed() -> None:
    made = weeks(90, 12)
    half = np.arange(len(made.mean)) % 2 == 0
    without = replace(made, label=np.where(half, np.nan, made.label))
    only = np.flatnonzero(~half)
    some = conformal_bounds(without, level=LEVEL, first=FIRST + 7 * 40)
    alone = conformal_bounds(made.take(only), level=LEVEL, first=FIRST + 7 * 40)
    assert some.upper[only].tobytes() == alone.upper.tobytes()


def test_the_order_of_forecasts_changes_nothing() -> None:
    made = weeks(70, 15)
    order = np.random.default_rng(1).permutation(len(made.mean))
    straight = conformal_bounds(made, level=LEVEL, first=FIRST + 7 * 30)
    mixed = conformal_bounds(made.take(order), level=LEVEL, first=FIRST + 7 * 30)
    assert straight.upper[order].tobytes() == mixed.upper.tobytes()
    assert straight.lower[order].tobytes() == mixed.lower.tobytes()


def test_sizes_are_thirds_of_the_reference() -> None:
    reference = np.arange(300.0)
    assert np.bincount(size_groups(reference, reference)).tolist() == [100, 100, 100]
    assert size_groups(np.array([-5.0, 150.0, 1e9]), reference).tolist() == [0, 1, 2]
