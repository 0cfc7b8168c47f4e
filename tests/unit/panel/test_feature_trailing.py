from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.build import make_parts
from civic_ai.panel.feature_trailing import daily_values
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, WEATHER, Table, made_city
from tests.unit.panel.test_known import opened


def rain(blobs: Blobs, rows: list[tuple[int, float | None]], **block: Any) -> dict[str, list[float]]:
    """The first two as-of dates' values for rain on days counted from the first as-of date."""
    table = Table(WEATHER, [(FIRST + timedelta(days=day), value) for day, value in rows])
    block = {"from": "weather", "trailing_days": [4], "mean": ["rain"], "sum": ["rain"], **block}
    city = made_city(1).with_table("weather", table).with_spec(features=[block])
    parts = make_parts(*city.seal(blobs), blobs)
    return {column.record.name: column.values[:2, 0].tolist() for column in parts.features}


def test_the_window_ends_with_the_as_of_day_itself(blobs: Blobs) -> None:
    made = rain(blobs, [(-4, 100.0), (-3, 1), (-2, 2), (-1, 3), (0, 6), (1, 100)])
    assert made["rain_mean_4d"][0] == 3.0
    assert made["rain_sum_4d"][0] == 12.0


def test_a_missing_day_counts_as_an_average_day(blobs: Blobs) -> None:
    made = rain(blobs, [(-3, 2.0), (-1, None), (0, 4.0)])
    assert made["rain_mean_4d"][0] == 3.0
    assert made["rain_sum_4d"][0] == 12.0


def test_with_fewer_than_half_of_the_days_it_is_not_known(blobs: Blobs) -> None:
    made = rain(blobs, [(0, 4.0), (7, 1.0), (6, 1.0)])
    assert np.isnan(made["rain_mean_4d"][0])
    assert made["rain_mean_4d"][1] == 1.0


def test_several_rows_of_one_day_are_averaged(blobs: Blobs) -> None:
    made = rain(blobs, [(0, 2.0), (0, 4.0), (-1, 9.0)], trailing_days=[2])
    assert made["rain_mean_2d"][0] == 6.0


def test_a_table_without_a_value_is_not_known(blobs: Blobs) -> None:
    made = rain(blobs, [(0, None)])
    assert np.isnan(made["rain_mean_4d"]).all()


def test_daily_values_are_in_order(blobs: Blobs) -> None:
    rows = [(FIRST + timedelta(days=day), float(day)) for day in (3, 1, 2)]
    city = opened(made_city(1).with_table("weather", Table(WEATHER, rows)), blobs)
    days, values = daily_values(city, "weather", "rain")
    assert values.tolist() == [1.0, 2.0, 3.0]
    assert np.diff(days).tolist() == [1, 1]


def test_text_cannot_be_averaged(blobs: Blobs) -> None:
    city = made_city(1)
    weather = city.tables["weather"].with_column("sky", "text", ["grey"] * 600)
    block = {"from": "weather", "trailing_days": [4], "mean": ["sky"]}
    city = city.with_table("weather", weather).with_spec(features=[block])
    with pytest.raises(ConfigError, match="sky is string"):
        make_parts(*city.seal(blobs), blobs)
