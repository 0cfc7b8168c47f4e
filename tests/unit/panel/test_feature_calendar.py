from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.panel.feature_calendar import calendar_columns, step_columns
from civic_ai.panel.known import day_numbers
from civic_ai.pilot.feature_blocks import CalendarFeature

DAYS = st.lists(st.dates(date(1990, 1, 1), date(2060, 12, 31)), min_size=1, max_size=10, unique=True).map(
    sorted
)


def made(*days: date) -> dict[str, Any]:
    block = CalendarFeature(calendar=("season", "month", "trend"))
    scope: Any = SimpleNamespace(starts=day_numbers(list(days)))
    return {column.record.name: column.values[:, 0] for column in calendar_columns(block, scope)}


@given(days=DAYS)
def test_month_and_trend_are_those_of_the_calendar(days: list[date]) -> None:
    columns = made(*days)
    assert columns["month"].tolist() == [day.month for day in days]
    years = [(day - days[0]).days / 365.25 for day in days]
    np.testing.assert_allclose(columns["trend"], years, rtol=1e-6)


@given(days=DAYS)
def test_the_season_is_a_point_on_a_circle_at_the_day_of_the_year(days: list[date]) -> None:
    columns = made(*days)
    angle = np.arctan2(columns["season_sin"], columns["season_cos"]) % (2 * np.pi)
    day_of_year = np.array([day.timetuple().tm_yday - 1 for day in days])
    np.testing.assert_allclose(np.cos(angle - 2 * np.pi * day_of_year / 365.25), 1.0, atol=1e-6)
    np.testing.assert_allclose(columns["season_sin"] ** 2 + columns["season_cos"] ** 2, 1.0, atol=1e-5)


def test_the_year_begins_at_the_top_of_the_circle() -> None:
    columns = made(date(2021, 1, 1), date(2021, 7, 2))
    assert columns["season_cos"][0] == pytest.approx(1.0)
    assert columns["season_cos"][1] == pytest.approx(-1.0, abs=1e-3)


def test_the_step_is_told_where_there_are_several() -> None:
    several: Any = SimpleNamespace(steps=3, step=np.tile(np.arange(3), 2))
    [column] = step_columns(several)
    assert column.values[:, 0].tolist() == [0, 1, 2, 0, 1, 2]
    assert (column.record.name, column.record.family) == ("step", "season")
    assert column.is_citywide
    one: Any = SimpleNamespace(steps=1, step=np.zeros(2))
    assert step_columns(one) == []
