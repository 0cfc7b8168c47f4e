from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.dates import add_days, dates_every, days_between, read_day
from civic_ai.core.errors import ConfigError

DAYS = st.dates(date(1990, 1, 1), date(2050, 1, 1))


@given(DAYS, st.integers(-5000, 5000))
def test_moving_and_measuring_agree(day: date, days: int) -> None:
    assert days_between(day, add_days(day, days)) == days


@given(DAYS, st.integers(0, 900), st.integers(1, 90))
def test_dates_every_step_reach_the_last_and_not_beyond(first: date, span: int, step: int) -> None:
    dates = list(dates_every(first, add_days(first, span), step))
    assert dates[0] == first
    assert all(days_between(a, b) == step for a, b in itertools.pairwise(dates))
    assert 0 <= days_between(dates[-1], add_days(first, span)) < step


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "30/06/2027", "2027-02-30", "tomorrow"])
def test_what_is_no_day_is_an_error_that_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ConfigError, match="Write it as 2027-06-30") as refused:
        read_day(text)
    assert refused.value.mistakes[0].about == text
