from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.case_moments import NEVER, Moments, read_moments

DAY = (date(2020, 3, 1) - date(1970, 1, 1)).days


def times(*values: datetime | None) -> Moments:
    return read_moments(pa.chunked_array([pa.array(values, type=pa.timestamp("us"))]))


def days(*values: date | None) -> Moments:
    return read_moments(pa.chunked_array([pa.array(values, type=pa.date32())]))


def test_a_time_stands_for_itself_to_the_second() -> None:
    read = times(datetime(2020, 3, 1), datetime(2020, 3, 1, 6), datetime(2020, 3, 1, 23, 59, 59))
    assert read.day.tolist() == [DAY] * 3
    assert read.at.tolist() == read.start.tolist() == [DAY, DAY + 0.25, DAY + 86_399 / 86_400]


def test_a_date_stands_for_the_end_of_its_day() -> None:
    read = days(date(2020, 3, 1))
    assert (read.day[0], read.at[0], read.start[0]) == (DAY, DAY + 1, DAY)


def test_a_blank_comes_after_everything() -> None:
    for read in (times(None, datetime(2020, 3, 1)), days(None, date(2020, 3, 1))):
        assert (read.day[0], read.at[0]) == (NEVER, np.inf)
        assert read.day[0] > read.day[1] + 10_000
        assert read.latest == DAY
    assert times(None).latest is None


def test_before_the_epoch_days_still_count_whole() -> None:
    assert times(datetime(1969, 12, 31, 18)).day.tolist() == [-1]


def test_what_may_have_been_in_time_does_not_lie_before() -> None:
    noon, day = times(datetime(2020, 3, 1, 12)), days(date(2020, 3, 1))
    morning, yesterday = times(datetime(2020, 3, 1, 6)), days(date(2020, 2, 29))
    assert morning.ends_before(noon).tolist() == [True]
    assert noon.ends_before(noon).tolist() == [False]
    assert day.ends_before(noon).tolist() == noon.ends_before(day).tolist() == [False]
    assert yesterday.ends_before(noon).tolist() == [True]
    assert times(None).ends_before(noon).tolist() == [False]


def test_only_dates_and_times_are_read() -> None:
    with pytest.raises(ConfigError, match="not a date or a time"):
        read_moments(pa.chunked_array([pa.array(["2020-03-01"])]))
