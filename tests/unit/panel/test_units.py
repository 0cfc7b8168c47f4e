from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.data.snapshot import open_tables
from civic_ai.panel.known import City
from civic_ai.panel.polygons import read_polygons
from civic_ai.panel.units import AreaColumn, Units, as_id, make_units, register_of
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel import cities
from tests.unit.panel.cities import GRID, SOUTH, WEST, geojson, made_city, spec_of


def units_of(city: cities.City, blobs: Blobs) -> Units:
    spec, snapshot = city.seal(blobs)
    return make_units(City(spec, open_tables(snapshot, blobs)), snapshot, blobs)


def test_every_cell_with_its_middle_in_an_area_is_a_unit(blobs: Blobs) -> None:
    units = units_of(made_city(1).with_spec(unit=GRID), blobs).frame
    polygons = read_polygons(geojson(3, 3), "area_id")
    found = polygons.area_at(units.lat.to_numpy(), units.lon.to_numpy())
    assert units.area.tolist() == [polygons.areas[area] for area in found]
    assert units.unit.tolist() == sorted(set(units.unit))
    area_km2 = (0.06 * 110.6) * (0.06 * 109.6)
    assert len(units) == pytest.approx(area_km2, rel=0.15)


def test_cells_do_not_depend_on_the_requests(blobs: Blobs) -> None:
    city = made_city(1).with_spec(unit=GRID)
    empty = city.with_table("requests", city.tables["requests"].with_rows([]))
    assert units_of(city, blobs).frame.equals(units_of(empty, blobs).frame)


def test_a_hole_between_areas_holds_no_cell(blobs: Blobs) -> None:
    city = made_city(1, rows=1, columns=1).with_spec(unit=GRID)
    content = cities.json.dumps(
        {"features": [cities.square("a00", 0, 0, 0.02), cities.square("a01", 0, 5, 0.02)]}
    )
    units = units_of(cities.City(city.spec, city.tables, {"areas": content.encode()}), blobs).frame
    assert set(units.area) == {"a00", "a01"}
    assert not ((units.lon > WEST + 0.02) & (units.lon < WEST + 0.1)).any()


def test_an_area_smaller_than_a_cell_is_counted(blobs: Blobs) -> None:
    content = cities.json.dumps(
        {"features": [cities.square("big", 0, 0, 0.05), cities.square("dot", 200, 200, 0.0003)]}
    )
    city = made_city(1, rows=1, columns=1).with_spec(unit=GRID)
    units = units_of(cities.City(city.spec, city.tables, {"areas": content.encode()}), blobs)
    assert units.areas_without_cells == 1


def test_areas_are_units_with_a_point_inside_and_neighbours(blobs: Blobs) -> None:
    units = units_of(made_city(1), blobs)
    assert units.frame.unit.tolist() == [f"a{i:02d}" for i in range(9)]
    assert units.frame.area.tolist() == units.frame.unit.tolist()
    assert units.frame.row.isna().all()
    assert units.frame.lat[4] == pytest.approx(SOUTH + 0.03, abs=0.01)
    assert units.neighbours.toarray()[4].tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]
    assert units.neighbours.toarray()[0].tolist() == [0, 1, 0, 1, 1, 0, 0, 0, 0]


def test_areas_without_polygons_have_no_neighbours_and_no_point(blobs: Blobs) -> None:
    city = made_city(1)
    units = units_of(cities.City(city.spec, city.tables), blobs)
    assert units.neighbours is None
    assert units.frame.lat.isna().all()


def test_an_area_without_a_polygon_is_a_unit_without_a_point(blobs: Blobs) -> None:
    city = made_city(1, rows=2, columns=2)
    units = units_of(cities.City(city.spec, city.tables, {"areas": geojson(1, 3)}), blobs)
    assert units.frame.lat.isna().tolist() == [False, False, False, True]
    assert units.neighbours.toarray()[3].sum() == 0


def test_an_area_without_requests_is_a_unit(blobs: Blobs) -> None:
    city = made_city(1)
    requests = city.tables["requests"]
    silent = requests.with_rows([row for row in requests.rows if row[3] != "a04"])
    assert "a04" in set(units_of(city.with_table("requests", silent), blobs).frame.unit)


@pytest.mark.parametrize(("kind", "value"), [("int64", 7), ("float64", 7.0), ("string", "7")])
def test_one_area_has_one_name_whatever_the_type(kind: str, value: Any) -> None:
    table = ibis.memtable({"x": [value, None]}, schema={"x": kind})
    assert as_id(table.x).to_pyarrow().to_pylist() == ["7", None]


def test_positions_say_which_unit_and_minus_one_for_none(blobs: Blobs) -> None:
    units = units_of(made_city(1), blobs)
    assert units.positions(["a03", None, "nowhere", "a00"]).tolist() == [3, -1, -1, 0]
    cells = units_of(made_city(1).with_spec(unit=GRID), blobs)
    assert cells.positions([np.nan, float(cells.codes[2]), -5.0]).tolist() == [-1, 2, -1]


def test_an_area_column_says_where_it_is_blank() -> None:
    table = ibis.memtable({"area_id": ["a", None]})
    assert AreaColumn("area_id").has_place(table).to_pyarrow().to_pylist() == [True, False]
    with pytest.raises(ConfigError, match="no column called ward"):
        AreaColumn("ward").place(table)


def test_the_list_of_areas_is_the_one_inside_or_the_only_one_with_a_key() -> None:
    written = spec_of()
    assert register_of(PilotSpec.model_validate(written)) == "areas"
    unit = {"name": "area", "from": "requests", "area": "area_id"}
    assert register_of(PilotSpec.model_validate(spec_of(unit=unit))) == "areas"
    none = {"requests": written["sources"]["requests"]}
    with pytest.raises(ConfigError, match="areas without requests would be left out") as raised:
        register_of(PilotSpec.model_validate(spec_of(unit=unit, sources=none)))
    assert "unit.inside" in str(raised.value.mistakes[0].remedy)


def test_a_grid_without_polygons_is_refused(blobs: Blobs) -> None:
    city = made_city(1).with_spec(unit=GRID)
    with pytest.raises(ConfigError, match="needs the polygons"):
        units_of(cities.City(city.spec, city.tables), blobs)


def test_a_city_without_units_is_refused(blobs: Blobs) -> None:
    city = made_city(1)
    with pytest.raises(DataError, match="there is no unit"):
        units_of(city.with_table("areas", city.tables["areas"].with_rows([])), blobs)
