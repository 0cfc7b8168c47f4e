"""The areas in which cases lie: by the column that names the area, else by the polygon around the point.

Everything that a case takes from its surroundings (counts in the area, the area's columns, the weather) is
read as for a city whose units are those areas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import numpy as np

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.known import City
from civic_ai.panel.polygons import Polygons, read_polygons
from civic_ai.panel.unit_list import Units
from civic_ai.panel.units import make_units, register_of
from civic_ai.pilot.spec import PilotSpec, Unit
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

AREA_OF_POINT = "area_of_point"
"""The column that is added to tables whose rows lie in an area by their coordinates."""


def make_case_areas(city: City, snapshot: DataSnapshot, blobs: Blobs) -> tuple[City, Units]:
    """The city as one whose units are the areas, and those areas.

    Raises :class:`ConfigError` when nothing says in which area a case lies.
    """
    unit = city.spec.unit
    if unit.area is not None:
        seen = _by_area(city, unit.area)
    else:
        seen = _by_area(_located(city, snapshot, blobs), AREA_OF_POINT)
    return seen, make_units(seen, snapshot, blobs)


def coordinate_columns(unit: Unit) -> tuple[str, str] | None:
    """The columns with latitude and longitude, where the spec names them."""
    form = unit.grid or unit.hexagons
    return None if form is None else (form.lat, form.lon)


def _by_area(city: City, column: str) -> City:
    without = {"area": column, "grid": None, "hexagons": None, "case": (), "due_on": None}
    unit = city.spec.unit.model_copy(update=without)
    return replace(city, spec=city.spec.model_copy(update={"unit": unit}))


def _located(city: City, snapshot: DataSnapshot, blobs: Blobs) -> City:
    """The same city; every table with coordinates says in which area each row lies."""
    polygons, named = _polygons(city.spec, snapshot, blobs), coordinate_columns(city.spec.unit)
    if polygons is None or named is None:
        raise ConfigError.because(
            say("nothing says in which area a case lies"),
            about="unit",
            remedy=say("Name the column under unit.area, or give unit.grid and the polygons of unit.inside."),
        )
    tables = {
        name: _with_area(table, named, polygons) if set(named) <= set(table.columns) else table
        for name, table in city.tables.items()
    }
    return replace(city, tables=tables)


def _polygons(spec: PilotSpec, snapshot: DataSnapshot, blobs: Blobs) -> Polygons | None:
    register = register_of(spec)
    digest, key = snapshot.source(register).polygons_blob, spec.sources[register].key
    return None if digest is None or key is None else read_polygons(blobs.get(digest), key)


def _with_area(table: Any, named: tuple[str, str], polygons: Polygons) -> Any:
    """Each different point is looked up once, and joined to the rows that share it."""
    lat, lon = (table[name].cast("float64") for name in named)
    point = table.filter(lat.notnull() & lon.notnull()).select(point_lat=lat, point_lon=lon).distinct()
    points = point.to_pandas().sort_values(["point_lat", "point_lon"], ignore_index=True)
    found = polygons.area_at(points["point_lat"].to_numpy(), points["point_lon"].to_numpy())
    names = np.array([*polygons.areas, None], dtype=object)[found]
    areas = ibis.memtable(points.assign(**{AREA_OF_POINT: names.astype(object)}).dropna())
    joined = table.left_join(areas, [lat == areas.point_lat, lon == areas.point_lon])
    return joined.drop("point_lat", "point_lon")
