from __future__ import annotations

import math

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.core.errors import ConfigError
from civic_ai.panel.grid import Grid, lay_grid
from civic_ai.panel.polygons import read_polygons
from tests.unit.panel.cities import SOUTH, WEST, geojson


def grid_of(size_m: int = 1000, side: int = 3) -> Grid:
    polygons = read_polygons(geojson(side, side, 0.02), "area_id")
    return lay_grid(polygons, size_m=size_m, lat_column="lat", lon_column="lon")


def haversine(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres on a sphere (Sinnott 1984)."""
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


@pytest.mark.parametrize("size_m", [200, 1000])
def test_cells_have_the_size_that_they_say(size_m: int) -> None:
    """Against distances on a sphere, which differ from WGS 84 by at most 0.6 %."""
    grid = grid_of(size_m)
    lat, lon = grid.centres(np.array([0, 1, grid.columns]))
    assert haversine(lat[0], lon[0], lat[1], lon[1]) == pytest.approx(size_m, rel=0.007)
    assert haversine(lat[0], lon[0], lat[2], lon[2]) == pytest.approx(size_m, rel=0.007)


def test_one_degree_of_longitude_has_its_published_length() -> None:
    """Length of a degree at latitude 30 on WGS 84: 96.486 km east-west, 110.852 km north-south."""
    from civic_ai.panel.grid import _steps

    lat_step, lon_step = _steps(30.0, 1000)
    assert 1 / lon_step == pytest.approx(96.486, abs=0.001)
    assert 1 / lat_step == pytest.approx(110.852, abs=0.001)


def test_the_stated_error_bounds_the_width_at_the_edges() -> None:
    polygons = read_polygons(geojson(20, 20, 0.05), "area_id")
    grid = lay_grid(polygons, size_m=1000, lat_column="lat", lon_column="lon")
    south = grid.centres(np.array([0, 1]))
    middle = grid.rows // 2 * grid.columns
    centre = grid.centres(np.array([middle, middle + 1]))
    widths = [haversine(lat[0], lon[0], lat[1], lon[1]) for lat, lon in (south, centre)]
    assert 0.5 * grid.width_error < abs(widths[0] / widths[1] - 1) <= grid.width_error * 1.05


@given(lat=st.floats(-0.5, 1.5), lon=st.floats(-0.5, 1.5))
@settings(max_examples=60, deadline=None)
def test_a_row_falls_in_the_cell_whose_middle_is_nearest(lat: float, lon: float) -> None:
    grid = grid_of()
    lat, lon = SOUTH + lat * 0.06, WEST + lon * 0.06
    table = ibis.memtable({"lat": [lat], "lon": [lon]})
    [place] = grid.place(table).to_pyarrow().to_pylist()
    every = np.arange(grid.rows * grid.columns)
    centre_lat, centre_lon = grid.centres(every)
    off = np.maximum(abs(centre_lat - lat) / grid.lat_step, abs(centre_lon - lon) / grid.lon_step)
    if abs(off.min() - 0.5) < 1e-6:
        return
    assert place == (int(off.argmin()) if off.min() < 0.5 else None)


def test_blank_coordinates_have_no_place() -> None:
    table = ibis.memtable(
        {"lat": [None, SOUTH], "lon": [WEST, None]}, schema={"lat": "float64", "lon": "float64"}
    )
    grid = grid_of()
    assert grid.place(table).to_pyarrow().to_pylist() == [None, None]
    assert grid.has_place(table).to_pyarrow().to_pylist() == [False, False]


def test_names_sort_as_cells_do() -> None:
    grid = grid_of(100, side=6)
    cells = np.arange(grid.rows * grid.columns)
    names = grid.names(cells)
    assert names == sorted(set(names))
    assert names[grid.columns + 2] == "r001c002"


def test_neighbours_share_a_side_or_a_corner() -> None:
    grid = grid_of()
    cells = np.array([0, 1, 3, grid.columns, grid.columns + 1, 3 * grid.columns])
    one, other = grid.adjacent(cells)
    found = {(int(cells[i]), int(cells[j])) for i, j in zip(one, other, strict=True)}
    row, column = np.divmod(cells, grid.columns)
    expected = {
        (int(cells[i]), int(cells[j]))
        for i in range(6)
        for j in range(6)
        if i != j and max(abs(row[i] - row[j]), abs(column[i] - column[j])) == 1
    }
    assert found == expected
    assert len(one) == len(found)


def test_the_last_cell_of_a_row_is_no_neighbour_of_the_next_rows_first() -> None:
    grid = grid_of()
    one, _ = grid.adjacent(np.array([grid.columns - 1, grid.columns]))
    assert len(one) == 0


def test_too_many_cells_are_refused() -> None:
    polygons = read_polygons(geojson(20, 20, 0.1), "area_id")
    with pytest.raises(ConfigError, match="cells of 50 m") as raised:
        lay_grid(polygons, size_m=50, lat_column="lat", lon_column="lon")
    assert raised.value.mistakes[0].remedy is not None
