from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.parts import Parts
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, City, made_city


def counted(parts: Parts, unit: int | None, after: int, upto: int) -> int:
    """Label rows of a unit (None: of all units) on the days (after, upto]."""
    events = parts.label.events
    here = events.unit == unit if unit is not None else events.unit >= 0
    return int(events.n[here & (events.day > after) & (events.day <= upto)].sum())


def expected_index(parts: Parts, day: int) -> float:
    """The rule of the brief, written out: windows (t - 364 j, t - 364 j + h] over whole years known."""
    horizon = min(parts.scope.horizon, 364)
    years = min(5, max(0, day - parts.label.first_day + 1) // 364)
    season = sum(counted(parts, None, day - 364 * j, day - 364 * j + horizon) for j in range(1, years + 1))
    whole = sum(counted(parts, None, day - 364 * j, day - 364 * (j - 1)) for j in range(1, years + 1))
    return season / (horizon / 364 * whole) if whole else 1.0


@pytest.mark.parametrize("days", [300, 700, 2500])
def test_the_columns_follow_their_rule(blobs: Blobs, days: int) -> None:
    parts = make_parts(*made_city(days, days=days, per_area=days / 10).seal(blobs), blobs)
    recent, year = parts.reserved["baseline_recent_count"], parts.reserved["baseline_year_count"]
    index = parts.reserved["baseline_season_index"]
    for position in range(0, len(parts.scope.dates), 5):
        day = int(parts.scope.dates[position])
        known = day - parts.label.first_day + 1
        for unit in range(9):
            for column, window in ((recent, 28), (year, 364)):
                rows = counted(parts, unit, day - window, day)
                assert column[position, unit] == pytest.approx(rows * window / min(window, known))
        assert index[position, 0] == pytest.approx(expected_index(parts, day))


def late_city() -> City:
    """Data begins forty days after the first as-of date."""
    city = made_city(1)
    start = datetime(FIRST.year, FIRST.month, FIRST.day) + timedelta(days=40)
    requests = city.tables["requests"]
    return city.with_table("requests", requests.with_rows([row for row in requests.rows if row[2] >= start]))


def test_before_the_data_begins_the_rules_say_nothing_and_are_never_blank(blobs: Blobs) -> None:
    parts = make_parts(*late_city().seal(blobs), blobs)
    assert (parts.reserved["baseline_recent_count"][:5] == 0).all()
    assert (parts.reserved["baseline_year_count"][:5] == 0).all()
    assert (parts.reserved["baseline_season_index"] == 1).all()
    assert all(np.isfinite(column).all() for column in parts.reserved.values())
    assert parts.reserved["baseline_recent_count"][8:].sum() > 0


def test_an_even_city_has_an_average_season(blobs: Blobs) -> None:
    """One pothole in each area on each day, for three years: the index is 1 on every date."""
    city = made_city(1, rows=1, columns=2)
    start = datetime(FIRST.year - 3, FIRST.month, FIRST.day)
    rows = [
        (f"q{day}{area}", "pothole", start + timedelta(days=day), area, None, None)
        for day in range(3 * 365 + 240)
        for area in ("a00", "a01")
    ]
    city = city.with_table("requests", city.tables["requests"].with_rows(rows))
    parts = make_parts(*city.seal(blobs), blobs)
    np.testing.assert_allclose(parts.reserved["baseline_season_index"], 1.0)
    assert (parts.reserved["baseline_year_count"] == 364).all()
