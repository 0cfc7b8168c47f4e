from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.parts import Parts
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, TYPED, City, made_city, with_gaps


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


WEEK = {"from": "requests", "where": "request_type == 'pothole'", "horizon_days": 7, "kind": "count",
        "called": "a pothole"}  # fmt: skip


def daily_city(**parts: Any) -> City:
    """In a00 one pothole on each day for three years; in a01 two on each day."""
    city = made_city(1, rows=1, columns=2)
    start = datetime(FIRST.year - 3, FIRST.month, FIRST.day)
    rows = [
        (f"q{day}{area}{n}", "pothole", start + timedelta(days=day), area, None, None)
        for day in range(3 * 365 + 240)
        for area, times in (("a00", 1), ("a01", 2))
        for n in range(times)
    ]
    requests = city.tables["requests"].with_rows(rows)
    return city.with_table("requests", requests).with_spec(label=WEEK, **parts)


def test_each_rule_has_its_window(blobs: Blobs) -> None:
    made = make_parts(*daily_city().seal(blobs), blobs).reserved
    for name, days in [("last_value", 7), ("recent_count", 28), ("quarter_count", 91), ("year_count", 364)]:
        assert made[f"baseline_{name}"].tolist() == [[days, 2 * days]] * 30
    assert made["baseline_seasonal_naive"].tolist() == [[7, 14]] * 30


@pytest.mark.parametrize(
    ("first", "name"), [(-20, "recent_count"), (-80, "quarter_count"), (-300, "year_count")]
)
def test_what_was_not_handed_over_is_no_zero(blobs: Blobs, first: int, name: str) -> None:
    """The gap ends on the first as-of date; every rule still says one pothole a day, from what is covered."""
    made = make_parts(*with_gaps(daily_city(), (first, 0, [])).seal(blobs), blobs).reserved
    for rule, days in [("last_value", 7), ("recent_count", 28), ("quarter_count", 91), ("year_count", 364)]:
        np.testing.assert_allclose(made[f"baseline_{rule}"], [[days, 2 * days]] * 30)
    np.testing.assert_allclose(made["baseline_season_index"], 1.0)
    assert name in {rule.removeprefix("baseline_") for rule in made}


def test_a_year_ago_that_was_not_handed_over_is_told_by_the_years_mean(blobs: Blobs) -> None:
    made = make_parts(*with_gaps(daily_city(), (-364, -300, [])).seal(blobs), blobs).reserved
    np.testing.assert_allclose(made["baseline_seasonal_naive"], [[7, 14]] * 30)


def test_where_nothing_was_ever_handed_over_there_is_nothing_to_go_by(blobs: Blobs) -> None:
    """Water is silent from before the data begins until after the first dates: 0, and no label either."""
    city = made_city(1, days=600).with_spec(unit=TYPED, label={**WEEK, "where": "lat > 0"})
    parts = make_parts(*with_gaps(city, (-500, 20, ["water"])).seal(blobs), blobs)
    water = parts.scope.units.frame["type"].to_numpy() == "water"
    assert (parts.reserved["baseline_year_count"][:3, water] == 0).all()
    assert np.isnan(parts.label.values[:3, water]).all()
    assert np.isfinite(parts.label.values[:3, ~water]).all()
    assert all(np.isfinite(v).all() for name, v in parts.reserved.items() if name.startswith("baseline_"))


def test_steps_look_at_their_own_season(blobs: Blobs) -> None:
    """Twice as many potholes in the second half of every year of 364 days."""
    city = daily_city()
    requests, start = city.tables["requests"], datetime(FIRST.year, FIRST.month, FIRST.day)
    busy = [(*row[:2], row[2], *row[3:]) for row in requests.rows if (row[2] - start).days % 364 >= 182]
    doubled = requests.with_rows([*requests.rows, *((f"x{row[0]}", *row[1:]) for row in busy)])
    label = {**WEEK, "horizon_days": 91, "steps": 4}
    city = city.with_table("requests", doubled).with_spec(label=label)
    city = city.with_spec(validation={"splits": 1, "test_days": 35, "lockbox_days": 35})
    parts = make_parts(*city.seal(blobs), blobs)
    first = parts.reserved["baseline_season_index"][:4, 0]
    np.testing.assert_allclose(first, [2 / 3, 2 / 3, 4 / 3, 4 / 3], atol=0.01)
    naive = parts.reserved["baseline_seasonal_naive"][:4, 0]
    np.testing.assert_allclose(naive, [91, 91, 182, 182], atol=2)


def test_each_type_has_its_own_season(blobs: Blobs) -> None:
    city = made_city(4, days=1000).with_spec(unit=TYPED, label={**WEEK, "where": "lat > 0"})
    parts = make_parts(*city.seal(blobs), blobs)
    kinds = parts.scope.units.frame["type"].to_numpy()
    index = parts.reserved["baseline_season_index"]
    for kind in ("water", "pothole"):
        assert (index[:, kinds == kind] == index[:, kinds == kind][:, :1]).all()
    assert (index[:, kinds == "water"][:, 0] != index[:, kinds == "pothole"][:, 0]).any()
