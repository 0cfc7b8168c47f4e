from __future__ import annotations

from datetime import date, datetime

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.snapshot import open_tables
from civic_ai.panel.known import (
    DAY,
    City,
    day_numbers,
    first_and_last_day,
    known_rows,
    rows_without_known_at,
)
from civic_ai.store.blobs import Blobs
from tests.unit.panel import cities


def opened(city: cities.City, blobs: Blobs) -> City:
    spec, snapshot = city.seal(blobs)
    return City(spec, open_tables(snapshot, blobs))


def small(*moments: datetime | None) -> cities.City:
    rows = [(f"q{i}", "pothole", moment, "a00", None, None) for i, moment in enumerate(moments)]
    city = cities.made_city(1, rows=1, columns=1)
    return city.with_table("requests", cities.Table(cities.REQUESTS, rows))


def test_a_row_belongs_to_the_day_at_whose_end_it_is_known(blobs: Blobs) -> None:
    city = opened(small(datetime(2020, 1, 6), datetime(2020, 1, 6, 23, 59, 59), datetime(2020, 1, 7)), blobs)
    days = known_rows(city, "requests").order_by("request_id")[DAY].to_pyarrow().to_pylist()
    assert days == [date(2020, 1, 6), date(2020, 1, 6), date(2020, 1, 7)]


def test_rows_without_a_moment_are_counted_and_left_out(blobs: Blobs) -> None:
    city = opened(small(datetime(2020, 1, 6), None, None), blobs)
    assert rows_without_known_at(city, "requests") == 2
    assert known_rows(city, "requests").count().execute() == 1


def test_first_and_last_day_come_from_all_rows(blobs: Blobs) -> None:
    city = opened(small(datetime(2020, 3, 1, 5), datetime(2019, 1, 1), None), blobs)
    assert first_and_last_day(city, "requests") == tuple(day_numbers([date(2019, 1, 1), date(2020, 3, 1)]))


def test_a_source_without_any_moment_has_no_days(blobs: Blobs) -> None:
    assert first_and_last_day(opened(small(None), blobs), "requests") is None


def test_days_are_counted_from_1970() -> None:
    assert day_numbers([date(1970, 1, 1), date(1970, 2, 1), date(1969, 12, 31)]).tolist() == [0, 31, -1]


def test_what_is_not_declared_is_asked_for(blobs: Blobs) -> None:
    city = opened(small(datetime(2020, 1, 6)), blobs)
    with pytest.raises(ConfigError, match="areas does not say when"):
        city.known_at("areas")
    with pytest.raises(ConfigError, match="requests does not say which column names its area"):
        city.key("requests")


def test_a_moment_must_be_a_date_or_a_time(blobs: Blobs) -> None:
    made = small(datetime(2020, 1, 6))
    sources = {**made.spec["sources"], "requests": {**made.spec["sources"]["requests"], "known_at": "lat"}}
    with pytest.raises(ConfigError, match="lat is float64, not a date"):
        known_rows(opened(made.with_spec(sources=sources), blobs), "requests")
