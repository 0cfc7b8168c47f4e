from __future__ import annotations

import builtins
from typing import Any

import ibis
import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.build import make_parts
from civic_ai.panel.hexagons import HexagonLayer, lay_hexagons
from civic_ai.panel.parts import panel_table
from civic_ai.panel.polygons import read_polygons
from civic_ai.pilot.spec import Hexagons
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, SOUTH, WEST, geojson, made_city
from tests.unit.panel.test_units import units_of

h3 = pytest.importorskip("h3", reason="the extra civic-ai[h3] is not installed")
UNIT = {
    "name": "hexagon", "from": "requests", "inside": "areas",
    "hexagons": {"lat": "lat", "lon": "lon", "resolution": 8},
}  # fmt: skip


def layer(resolution: int = 8, side: int = 3) -> HexagonLayer:
    polygons = read_polygons(geojson(side, side, 0.02), "area_id")
    return lay_hexagons(polygons, Hexagons(lat="lat", lon="lon", resolution=resolution))


@pytest.mark.parametrize("resolution", [6, 8, 9])
def test_the_cells_are_all_whose_centre_lies_inside(blobs: Blobs, resolution: int) -> None:
    """Against every hexagon within reach of a fine net of points, by the library's own words."""
    unit = {**UNIT, "hexagons": {**UNIT["hexagons"], "resolution": resolution}}  # type: ignore[dict-item]
    units = units_of(made_city(1).with_spec(unit=unit), blobs)
    net = np.linspace(-0.01, 0.07, 160)
    cells = {h3.latlng_to_cell(SOUTH + y, WEST + x, resolution) for y in net for x in net}
    inside = {cell for cell in cells if _is_inside(*h3.cell_to_latlng(cell))}
    assert set(units.frame["unit"]) == inside
    assert units.frame["unit"].is_monotonic_increasing
    assert units.frame["row"].isna().all()


def _is_inside(lat: float, lon: float) -> bool:
    return bool(SOUTH <= lat <= SOUTH + 0.06 and WEST <= lon <= WEST + 0.06)


def test_a_cell_takes_the_area_of_its_centre(blobs: Blobs) -> None:
    units = units_of(made_city(1).with_spec(unit=UNIT), blobs).frame
    row, column = (units["lat"] - SOUTH) // 0.02, (units["lon"] - WEST) // 0.02
    assert units["area"].tolist() == [f"a{int(3 * y + x):02d}" for y, x in zip(row, column, strict=True)]


def test_a_row_lies_in_the_hexagon_that_the_library_says() -> None:
    random = np.random.default_rng(1)
    lat, lon = SOUTH + 0.06 * random.random(50), WEST + 0.06 * random.random(50)
    table = ibis.memtable({"lat": lat, "lon": lon})
    expected = [h3.str_to_int(h3.latlng_to_cell(y, x, 8)) for y, x in zip(lat, lon, strict=True)]
    assert layer().place(table).to_pyarrow().to_pylist() == expected


def test_what_is_not_on_earth_has_no_place() -> None:
    schema = {"lat": "float64", "lon": "float64"}
    table = ibis.memtable(
        {"lat": [None, SOUTH, 91.0, np.nan], "lon": [WEST, None, WEST, WEST]}, schema=schema
    )
    assert layer().place(table).to_pyarrow().to_pylist() == [None, None, None, None]
    assert layer().has_place(table).to_pyarrow().to_pylist()[:2] == [False, False]


def test_neighbours_share_a_side(blobs: Blobs) -> None:
    units = units_of(made_city(1).with_spec(unit=UNIT), blobs)
    names, pairs = units.frame["unit"].tolist(), units.neighbours.tocoo()
    found = {(names[i], names[j]) for i, j in zip(pairs.row, pairs.col, strict=True)}
    expected = {(a, b) for a in names for b in names if a != b and h3.are_neighbor_cells(a, b)}
    assert found == expected
    assert units.neighbours.sum(axis=1).max() == 6


def test_a_panel_of_hexagons_counts_what_a_loop_counts(blobs: Blobs) -> None:
    city = made_city(2, per_area=40).with_spec(unit=UNIT, features=EVERYTHING)
    frame = panel_table(make_parts(*city.seal(blobs), blobs)).to_pandas()
    rows = [
        (h3.latlng_to_cell(row[4], row[5], 8), row[2].date())
        for row in city.tables["requests"].rows
        if row[1] == "pothole"
    ]
    for asked in frame.sample(50, random_state=1).itertuples():
        waited = [(asked.as_of - day).days for cell, day in rows if cell == asked.unit]
        assert asked.pothole_count_28d == sum(0 <= days < 28 for days in waited)
        assert asked.label == any(-14 <= days < 0 for days in waited)


def test_too_many_hexagons_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic_ai.panel.hexagons.MOST_CELLS", 40)
    assert len(layer(7).cells) < 200
    with pytest.raises(ConfigError, match="hexagons of resolution 9 make 4"):
        layer(9)


def test_without_the_extra_the_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **rest: Any) -> Any:
        if name == "h3":
            raise ImportError(name)
        return real(name, *args, **rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigError, match="H3, which is not installed") as caught:
        layer()
    assert "pip install 'civic-ai[h3]'" in str(caught.value.mistakes[0].remedy)
    assert caught.value.exit_code == 2
