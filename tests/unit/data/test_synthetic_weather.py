"""The weather: seasons, days that follow each other, and sums that do not see their own day."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.data.synthetic_weather import Weather, make_weather, trailing_sum

YEARS = make_weather(date(2000, 1, 1), date(2019, 12, 31), np.random.default_rng(1))


def test_a_value_for_every_day():
    assert len(YEARS.tmin_c) == len(YEARS.tmax_c) == len(YEARS.rain_mm) == 7305


def test_days_are_warmer_than_nights_and_rain_is_never_negative():
    assert (YEARS.tmax_c > YEARS.tmin_c).all()
    assert YEARS.rain_mm.min() == 0
    assert 0.65 < (YEARS.rain_mm == 0).mean() < 0.78


def test_january_is_colder_than_july():
    month = (np.datetime64("2000-01-01") + np.arange(7305)).astype("datetime64[M]").astype(int) % 12
    means = [YEARS.tmax_c[month == m].mean() for m in range(12)]
    assert means[6] - means[0] > 18
    assert 4 < means[0] < 8


def test_days_follow_each_other():
    """The departure from the season is a first-order autoregression: lag correlations .75, .75^2."""
    middle = (YEARS.tmin_c + YEARS.tmax_c) / 2
    turn = 2 * np.pi * np.arange(7305) / 365.25
    season = np.column_stack([np.ones(7305), np.cos(turn), np.sin(turn)])
    left = middle - season @ np.linalg.lstsq(season, middle, rcond=None)[0]
    for lag in (1, 2, 3):
        assert np.corrcoef(left[lag:], left[:-lag])[0, 1] == pytest.approx(0.75**lag, abs=0.05)


def test_thaw_is_a_night_below_zero_and_a_day_above():
    weather = Weather(date(2020, 1, 1), np.array([-1.0, -5.0, 1.0]), np.array([3.0, -1.0, 9.0]), np.zeros(3))
    assert weather.thaw.tolist() == [1, 0, 0]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 50))
def test_trailing_sum_equals_a_loop(values, days):
    wanted = [sum(values[max(0, day - days) : day]) for day in range(len(values))]
    assert trailing_sum(np.array(values, dtype=float), days) == pytest.approx(wanted)


@given(st.integers(0, 19))
def test_trailing_sum_does_not_see_its_own_day_or_later(day):
    values = np.arange(20.0)
    later = values.copy()
    later[day:] += 100
    assert trailing_sum(later, 7)[day] == trailing_sum(values, 7)[day]


def test_the_same_seed_gives_the_same_weather():
    one, two = (make_weather(date(2020, 1, 1), date(2020, 3, 1), np.random.default_rng(4)) for _ in "ab")
    assert (one.tmin_c == two.tmin_c).all()
    assert (one.rain_mm == two.rain_mm).all()
