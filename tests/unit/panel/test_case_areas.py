from __future__ import annotations

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.case_areas import AREA_OF_POINT, make_case_areas
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import UNIT, case_spec, made_cases, scope_of, with_cases
from tests.unit.panel.cities import City
from tests.unit.panel.test_known import opened

BY_POINT = {name: part for name, part in UNIT.items() if name != "area"} | {
    "grid": {"lat": "lat", "lon": "lon", "size_m": 500}
}


def areas_of(city: City, blobs: Blobs) -> list[tuple[str | None, str | None]]:
    """The named area and the one that was found, of each case."""
    seen, scope = scope_of(city, blobs)
    table = seen.tables["cases"]
    found = table.select(named=table.area_id, found=scope.units.places.place(table)).to_pyarrow()
    return list(zip(found["named"].to_pylist(), found["found"].to_pylist(), strict=True))


def test_areas_are_units_with_their_neighbours(blobs: Blobs) -> None:
    _, scope = scope_of(made_cases(1, per_day=0.1), blobs)
    assert list(scope.units.frame["area"]) == ["a00", "a01", "a02", "a03", "a04", "a05"]
    assert scope.units.neighbours.toarray()[0].tolist() == [0, 1, 0, 1, 1, 0]


def test_the_polygon_around_the_point_is_the_area_that_the_column_names(blobs: Blobs) -> None:
    pairs = areas_of(made_cases(2).with_spec(**case_spec(unit=BY_POINT)), blobs)
    assert len(pairs) > 1000
    assert all(named == found for named, found in pairs)


def test_points_outside_or_without_coordinates_lie_in_no_area(blobs: Blobs) -> None:
    city = made_cases(2, per_day=0.5).with_spec(**case_spec(unit=BY_POINT))
    without = with_cases(city, lambda row: {**row, "lat": None})
    outside = with_cases(city, lambda row: {**row, "lat": 50.0})
    for moved in (without, outside):
        pairs = areas_of(moved, blobs)
        assert pairs
        assert {found for _, found in pairs} == {None}


def test_every_row_is_kept_once(blobs: Blobs) -> None:
    city = made_cases(2).with_spec(**case_spec(unit=BY_POINT))
    twice = with_cases(city, lambda row: {**row, "lat": 10.01, "lon": 20.01})
    seen, _ = scope_of(twice, blobs)
    assert seen.tables["cases"].count().execute() == len(city.tables["cases"].rows)
    assert AREA_OF_POINT not in seen.tables["areas"].columns


def test_without_area_and_points_the_question_cannot_be_asked(blobs: Blobs) -> None:
    unit = {name: part for name, part in UNIT.items() if name != "area"}
    city = made_cases(1, per_day=0.1).with_spec(**case_spec(unit=unit))
    _, snapshot = city.seal(blobs)
    with pytest.raises(ConfigError, match="in which area a case lies"):
        make_case_areas(opened(city, blobs), snapshot, blobs)
