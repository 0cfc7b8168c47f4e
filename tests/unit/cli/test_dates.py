"""A typed day is a day or a clear error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cli.dates import read_day, today
from civic_ai.core.errors import ConfigError


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "30/06/2027", "2027-02-30", "tomorrow"])
def test_what_is_no_day_is_an_error_that_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ConfigError, match="Write it as 2027-06-30") as refused:
        read_day(text)
    assert refused.value.mistakes[0].about == text


def test_today_is_a_day() -> None:
    assert today() >= date(2026, 11, 23)
