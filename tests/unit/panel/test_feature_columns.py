from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.panel.build import make_parts
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, GRID, City, Table, made_city

VISITS = {"area_id": "text", "on": "date", "score": {"type": "number", "blank": "missing"}}
SOURCE = {"path": "v.csv", "contract": "v.yaml", "known_at": "on", "key": "area_id"}


def with_visits(rows: list[tuple[str, int, float | None]], city: City | None = None) -> City:
    """A city whose areas are scored now and then, on days counted from the first as-of date."""
    city = city or made_city(1, rows=1, columns=2, per_area=80)
    table = Table(VISITS, [(area, FIRST + timedelta(days=day), value) for area, day, value in rows])
    spec = {"sources": {**city.spec["sources"], "visits": SOURCE}}
    block = {"from": "visits", "columns": ["score"]}
    return city.with_table("visits", table).with_spec(features=[block], **spec)


def values(city: City, blobs: Blobs) -> Any:
    return make_parts(*city.seal(blobs), blobs).features[0].values


def test_a_dated_column_says_what_was_known_on_the_day(blobs: Blobs) -> None:
    made = values(with_visits([("a00", 0, 1.0), ("a00", 8, 2.0), ("a00", 14, 3.0), ("a01", 1, 9.0)]), blobs)
    np.testing.assert_array_equal(made[:4], [[1, np.nan], [1, 9], [3, 9], [3, 9]])


def test_a_later_blank_replaces_what_was_known(blobs: Blobs) -> None:
    made = values(with_visits([("a00", 0, 1.0), ("a00", 8, None)]), blobs)
    np.testing.assert_array_equal(made[:3, 0], [1, 1, np.nan])


def test_a_row_dated_long_before_the_first_date_is_known_on_it(blobs: Blobs) -> None:
    assert values(with_visits([("a00", -900, 5.0)]), blobs)[0, 0] == 5.0


def test_rows_of_one_moment_do_not_depend_on_their_order(blobs: Blobs) -> None:
    rows = [("a00", 0, 4.0), ("a00", 0, 1.0), ("a00", 0, 3.0)]
    assert values(with_visits(rows), blobs)[0, 0] == values(with_visits(rows[::-1]), blobs)[0, 0] == 4.0


def test_cells_take_the_value_of_their_area(blobs: Blobs) -> None:
    city = with_visits([("a00", 0, 4.0), ("a02", 0, 7.0)], made_city(1)).with_spec(unit=GRID)
    parts = make_parts(*city.seal(blobs), blobs)
    expected = parts.scope.units.frame.area.map({"a00": 4.0, "a02": 7.0})
    np.testing.assert_array_equal(parts.features[0].values[0], expected)


def test_a_static_column_is_the_same_on_every_date_and_blank_where_the_area_is_not_listed(
    blobs: Blobs,
) -> None:
    city = made_city(1)
    areas = city.tables["areas"]
    kept = areas.with_rows([row for row in areas.rows if row[0] != "a08"])
    unit = {**GRID, "inside": "areas"}
    spec = {"unit": unit, "features": [{"from": "areas", "columns": ["road_age"]}]}
    parts = make_parts(*city.with_table("areas", kept).with_spec(**spec).seal(blobs), blobs)
    column = parts.features[0]
    assert column.is_static
    in_last = (parts.scope.units.frame.area == "a08").to_numpy()
    assert np.isnan(column.values[0]).tolist() == in_last.tolist()


def test_a_flag_becomes_one_or_zero(blobs: Blobs) -> None:
    city = made_city(1)
    flags = [i % 2 == 0 for i in range(9)]
    areas = city.tables["areas"].with_column("is_old", "flag", flags)
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": ["is_old"]}])
    assert values(city, blobs)[0].tolist() == [float(flag) for flag in flags]


def test_numbers_of_areas_match_text(blobs: Blobs) -> None:
    city = made_city(1, rows=1, columns=2, per_area=80)
    columns = {"area_id": "integer", "road_age": "number", "population": "integer"}
    rows = [(0, 1.5, 10), (1, 2.5, 20)]
    requests = city.tables["requests"]
    renamed = requests.with_rows([(*row[:3], str(int(row[3][1:])), *row[4:]) for row in requests.rows])
    city = City(city.spec, {**city.tables, "areas": Table(columns, rows), "requests": renamed})
    city = city.with_spec(features=[{"from": "areas", "columns": ["road_age"]}])
    parts = make_parts(*city.seal(blobs), blobs)
    assert parts.scope.units.frame.unit.tolist() == ["0", "1"]
    assert parts.features[0].values.tolist() == [[1.5, 2.5]]
    assert parts.label.events.placed().n.sum() == parts.label.events.n.sum() > 0


def test_two_rows_of_an_area_without_dates_are_refused(blobs: Blobs) -> None:
    city = made_city(1)
    areas = city.tables["areas"]
    doubled = areas.with_rows([*areas.rows, ("a00", 99.0, 1)])
    city = city.with_table("areas", doubled).with_spec(features=[{"from": "areas", "columns": ["road_age"]}])
    with pytest.raises(DataError, match="more than one row for 1 areas") as raised:
        values(city, blobs)
    assert "known_at" in str(raised.value.mistakes[0].remedy)


def test_text_is_refused(blobs: Blobs) -> None:
    city = made_city(1)
    areas = city.tables["areas"].with_column("zone", "text", ["x"] * 9)
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": ["zone"]}])
    with pytest.raises(ConfigError, match="zone is string"):
        values(city, blobs)


def test_a_source_without_a_key_is_refused(blobs: Blobs) -> None:
    city = made_city(1).with_spec(features=[{"from": "weather", "columns": ["rain"]}])
    with pytest.raises(ConfigError, match="weather does not say which column names its area"):
        values(city, blobs)


def test_the_day_is_that_of_the_moment(blobs: Blobs) -> None:
    """Known at any hour of the as-of date is known on it."""
    assert values(with_visits([("a00", 7, 5.0)]), blobs)[:2, 0].tolist()[1] == 5.0
    assert date.fromordinal(FIRST.toordinal() + 7).weekday() == FIRST.weekday()
