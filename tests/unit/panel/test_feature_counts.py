from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.build import make_parts
from civic_ai.panel.feature_counts import LONGEST_WAIT_DAYS, subject_of
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, OWN, POTHOLE, SOUTH, TYPED, WEST, City, made_city, with_gaps
from tests.unit.panel.reference import Reference


@pytest.mark.parametrize(
    ("where", "subject"),
    [
        (None, ""),
        ("request_type == 'pothole'", "pothole"),
        ("request_type == 'Street light out'", "street_light_out"),
        ("request_type in ['pothole', 'crack']", "pothole_crack"),
        ("request_type != 'pothole'", "not_pothole"),
        ("request_type == 'pothole' and channel == 'app'", "pothole_and_app"),
        ("not request_type == 'pothole'", "not_pothole"),
        ("size >= 3", "size_from_3"),
        ("size < 3", "size_below_3"),
        ("closed_at is None", "closed_at_blank"),
        ("closed_at is not None", "closed_at_not_blank"),
        ("is_urgent == True", "is_urgent_true"),
        ("kind in ['" + "x" * 60 + "']", "x" * 48),
    ],
)
def test_what_is_counted_has_a_short_name(where: str | None, subject: str) -> None:
    assert subject_of(where) == subject


def parts_of(city: City, blobs: Blobs, **block: Any) -> Any:
    block = {"from": "requests", "where": POTHOLE, "count_days": [28], **block}
    return make_parts(*city.with_spec(features=[block]).seal(blobs), blobs)


def test_the_same_season_last_year_is_a_window_of_the_horizon_364_days_ago(blobs: Blobs) -> None:
    city = made_city(4, days=700)
    parts = parts_of(city, blobs, last_year=True)
    reference = Reference.of(city, parts.scope)
    name = "pothole_last_year_14d"
    column = next(c for c in parts.features if c.record.name == name)
    days = parts.scope.dates.astype("datetime64[D]").astype(object)
    expected = [[reference.value(name, unit, day) for unit in parts.scope.units.frame.unit] for day in days]
    assert column.values.tolist() == expected
    assert column.values.sum() > 0


def test_a_unit_that_never_had_a_row_has_waited_for_an_unknown_time(blobs: Blobs) -> None:
    city = made_city(4, per_area=5)
    requests = city.tables["requests"]
    rows = [row for row in requests.rows if row[3] != "a04"]
    parts = parts_of(city.with_table("requests", requests.with_rows(rows)), blobs, since_last=True)
    waits = parts.features[-1].values
    assert np.isnan(waits[:, 4]).all()
    assert not np.isnan(waits[-1, [0, 1, 2, 3, 5]]).all()


def test_a_long_wait_is_capped_and_still_known(blobs: Blobs) -> None:
    city = made_city(4, days=3000, rows=1, columns=2, per_area=400)
    requests = city.tables["requests"]
    early = min(row[2] for row in requests.rows)
    rows = [row for row in requests.rows if row[3] == "a00"]
    rows.append(("old", "pothole", early, "a01", None, None))
    parts = parts_of(city.with_table("requests", requests.with_rows(rows)), blobs, since_last=True)
    assert (parts.features[-1].values[:, 1] == LONGEST_WAIT_DAYS).all()


def test_counts_next_door_leave_out_the_unit_itself(blobs: Blobs) -> None:
    city = made_city(4, rows=1, columns=1, per_area=80)
    parts = parts_of(city, blobs, neighbours=True)
    by_name = {c.record.name: c.values for c in parts.features}
    assert by_name["pothole_count_28d"].sum() > 0
    assert by_name["pothole_neighbours_count_28d"].sum() == 0


def test_neighbours_without_polygons_are_refused(blobs: Blobs) -> None:
    city = made_city(4)
    with pytest.raises(ConfigError, match="nothing says which areas touch"):
        parts_of(City(city.spec, city.tables), blobs, neighbours=True)


def test_last_year_must_not_reach_into_the_future(blobs: Blobs) -> None:
    city = made_city(4, days=1200)
    label = {**city.spec["label"], "horizon_days": 365}
    first = city.spec["as_of"]["first"]
    as_of = {"first": first.replace(year=2018), "last": first, "every_days": 7}
    with pytest.raises(ConfigError, match="reach into the future"):
        parts_of(city.with_spec(label=label, as_of=as_of), blobs, last_year=True)


def test_with_types_a_block_without_a_condition_counts_the_units_own_type(blobs: Blobs) -> None:
    city = made_city(4).with_spec(
        unit=TYPED, features=[OWN, {"from": "requests", "where": POTHOLE, "count_days": [14]}]
    )
    parts = make_parts(*city.seal(blobs), blobs)
    by_name = {c.record.name: c.values for c in parts.features}
    kinds = parts.scope.units.frame["type"].to_numpy()
    own, in_place = by_name["requests_count_14d"], by_name["pothole_count_14d"]
    assert (own[:, kinds == "pothole"] == in_place[:, kinds == "pothole"]).all()
    assert (in_place[:, kinds == "pothole"] == in_place[:, kinds == "water"]).all()
    assert (own[:, kinds == "water"] != in_place[:, kinds == "water"]).any()


def test_a_count_of_another_source_is_of_the_place(blobs: Blobs) -> None:
    city = made_city(4)
    visits = city.tables["requests"].with_rows(city.tables["requests"].rows[::2])
    source = {"path": "v.csv", "contract": "v.yaml", "known_at": "created_at"}
    city = city.with_table("visits", visits).with_spec(
        sources={**city.spec["sources"], "visits": source},
        unit=TYPED,
        features=[{"from": "visits", "count_days": [700]}],
    )
    parts = make_parts(*city.seal(blobs), blobs)
    [column] = parts.features
    last = dict(zip(parts.scope.units.frame["unit"], column.values[-1], strict=True))
    day = parts.scope.dates[-1].astype("datetime64[D]").item()
    for area in ("a00", "a05"):
        counted = sum(row[3] == area and row[2].date() <= day for row in visits.rows)
        assert last[f"{area}/pothole"] == last[f"{area}/water"] == counted


def test_steps_must_not_reach_beyond_a_year_either(blobs: Blobs) -> None:
    city = made_city(4)
    label = {**city.spec["label"], "kind": "count", "horizon_days": 14, "steps": 26}
    assert parts_of(city.with_spec(label=label), blobs, last_year=True).scope.reach == 364
    label["horizon_days"] = 15
    with pytest.raises(ConfigError, match="reach into the future"):
        parts_of(city.with_spec(label=label), blobs, last_year=True)


def steady_city(days: int = 1000) -> City:
    """One pothole and one flooding in every area on every day, up to five weeks after the last list."""
    city = made_city(4, rows=2, columns=2, days=days)
    end = max(city.tables["requests"].column("created_at"))
    rows = [
        (f"{kind}{area}{n}", kind, end - timedelta(days=n), area, SOUTH + 0.01, WEST + 0.01)
        for kind in ("pothole", "flooding")
        for area in ("a00", "a01", "a02", "a03")
        for n in range(days)
    ]
    return city.with_table("requests", city.tables["requests"].with_rows(rows))


WINDOWS = {"pothole_count_7d": 7, "pothole_count_28d": 28, "pothole_count_364d": 364}


@pytest.mark.parametrize("gap", [(-10, -1), (0, 20), (-400, -37), (-380, 0), (30, 30)])
def test_a_gap_does_not_change_what_a_steady_demand_looks_like(blobs: Blobs, gap: tuple[int, int]) -> None:
    """Where every day has one row, every window has as many rows as days, or is not known: never fewer."""
    city = with_gaps(steady_city(), (*gap, []))
    parts = parts_of(city, blobs, count_days=[7, 28, 364], neighbours=True, last_year=True)
    by_name = {column.record.name: column.values for column in parts.features}
    days = np.arange(30) * 7
    for name, window in WINDOWS.items():
        silent = [sum(gap[0] <= day <= gap[1] for day in range(d - window + 1, d + 1)) for d in days]
        known = np.where(2 * np.array(silent) <= window, window, np.nan)[:, None]
        np.testing.assert_allclose(by_name[name], np.repeat(known, 4, axis=1), rtol=1e-6)
        nearby = by_name[name.replace("pothole_", "pothole_neighbours_")]
        np.testing.assert_allclose(nearby, np.repeat(3 * known, 4, axis=1), rtol=1e-6)
    seen = by_name["pothole_last_year_14d"]
    np.testing.assert_allclose(seen[~np.isnan(seen)], 14, rtol=1e-6)


def test_counts_are_whole_numbers_where_nothing_is_missing(blobs: Blobs) -> None:
    """One gap of one day: windows that do not touch it hold the very same counts, to the last bit."""
    city = made_city(4, days=700)
    whole = parts_of(city, blobs, count_days=[7, 28]).features
    holed = parts_of(with_gaps(city, (50, 50, [])), blobs, count_days=[7, 28]).features
    for before, after, window in zip(whole, holed, (7, 28), strict=True):
        days = np.arange(30) * 7
        apart = (days < 50) | (days - window >= 50)
        assert after.values.dtype == np.float32
        np.testing.assert_array_equal(before.values[apart], after.values[apart])
        assert (before.values == before.values.round()).all()
        assert not np.isnan(after.values).any()


def test_a_gap_of_one_type_does_not_count_the_others_twice(blobs: Blobs) -> None:
    """A count of the place, whatever the type: two rows a day, of which one type is missing for a week."""
    city = with_gaps(steady_city().with_spec(unit=TYPED), (-7, -1, ["water"]))
    everything = {"from": "requests", "where": "lat is not None", "count_days": [28]}
    parts = make_parts(*city.with_spec(features=[everything]).seal(blobs), blobs)
    np.testing.assert_allclose(parts.features[0].values, 2 * 28, rtol=1e-6)


def test_the_wait_is_not_known_from_the_gap_to_the_first_row_after_it(blobs: Blobs) -> None:
    city = steady_city()
    rows = [row for row in city.tables["requests"].rows if not 20 <= (row[2].date() - FIRST).days <= 30]
    quiet = city.with_table("requests", city.tables["requests"].with_rows(rows))
    waits = parts_of(with_gaps(quiet, (10, 25, [])), blobs, since_last=True).features[-1].values
    assert np.array_equal(waits[:8, 0], [0, 0, np.nan, np.nan, np.nan, 0, 0, 0], equal_nan=True)
