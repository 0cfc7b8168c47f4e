"""What gets a score: cells laid over the areas (squares or hexagons), or the areas themselves, and with types
every one of them for each type of request.

Units come from the polygons or from the list of areas, never from the requests: a place that nobody
reports from is a unit too, and no unit exists only because something will happen there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.panel.grid import Grid, lay_grid
from civic_ai.panel.hexagons import HexagonLayer, lay_hexagons
from civic_ai.panel.known import City
from civic_ai.panel.polygons import Polygons, read_polygons
from civic_ai.panel.request_types import cross_with_types
from civic_ai.panel.unit_list import Ints, Units
from civic_ai.panel.where import column_of
from civic_ai.pilot.spec import PilotSpec, Unit
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class AreaColumn:
    """A column that names the area."""

    column: str

    def place(self, table: Any) -> Any:
        """The area's id as text."""
        return as_id(column_of(table, self.column, about="unit.area"))

    def has_place(self, table: Any) -> Any:
        """Whether the area is named."""
        return column_of(table, self.column, about="unit.area").notnull()


def make_units(city: City, snapshot: DataSnapshot, blobs: Blobs) -> Units:
    """The units of the pilot. Raises :class:`ConfigError` or :class:`DataError` when there are none."""
    source = register_of(city.spec)
    polygons = _polygons(city, source, snapshot, blobs)
    places = (
        _areas(city, source, polygons) if city.spec.unit.area is not None else _cells(city.spec, polygons)
    )
    if len(places) == 0:
        raise DataError.because(
            say("there is no unit: no area is listed, or no cell has its middle inside an area"),
            about="unit",
            remedy=say("Look at the source {source}, or use smaller cells.", source=source),
        )
    types = city.spec.unit.types
    return places if types is None else cross_with_types(places, types)


def register_of(spec: PilotSpec) -> str:
    """The source that lists the areas: ``unit.inside``, else the only source with a key.

    Raises :class:`ConfigError` when neither is there: units must not be taken from the requests.
    """
    keyed = [name for name, source in spec.sources.items() if source.key is not None]
    if spec.unit.inside is not None:
        return spec.unit.inside
    if len(keyed) == 1:
        return keyed[0]
    raise ConfigError.because(
        say("nothing says which areas there are, so areas without requests would be left out"),
        about="unit",
        remedy=say("Name under unit.inside the source that lists every area, with its 'key'."),
    )


def as_id(column: Any) -> Any:
    """An id as text (ibis): 12, 12.0 and "12" are the same area."""
    return (column.cast("int64") if column.type().is_floating() else column).cast("string")


def _polygons(city: City, source: str, snapshot: DataSnapshot, blobs: Blobs) -> Polygons | None:
    digest = snapshot.source(source).polygons_blob
    return None if digest is None else read_polygons(blobs.get(digest), city.key(source))


def _cells(spec: PilotSpec, polygons: Polygons | None) -> Units:
    if polygons is None:
        raise ConfigError.because(
            say("a grid needs the polygons of the city"),
            about="unit.inside",
            remedy=say("Give the source under unit.inside a GeoJSON file: 'polygons'."),
        )
    layer = _layer(spec.unit, polygons)
    every = layer.every()
    area = polygons.area_at(*layer.centres(every))
    cells, area = every[area >= 0], area[area >= 0]
    names = np.array(polygons.areas, dtype=object)[area]
    frame = _frame(layer.names(cells), names, layer.centres(cells), layer.rows_and_columns(cells))
    without = len(polygons.areas) - len(np.unique(area))
    touching = _matrix(layer.adjacent(cells), len(cells))
    return Units(frame, layer, pd.Index(cells), touching, layer.width_error, without)


def _layer(unit: Unit, polygons: Polygons) -> Grid | HexagonLayer:
    if unit.hexagons is not None:
        return lay_hexagons(polygons, unit.hexagons)
    assert unit.grid is not None, "a unit is an area, a grid or hexagons (pilot.rules)"
    wanted = unit.grid
    return lay_grid(polygons, size_m=wanted.size_m, lat_column=wanted.lat, lon_column=wanted.lon)


def _areas(city: City, source: str, polygons: Polygons | None) -> Units:
    table = city.tables[source]
    key = as_id(column_of(table, city.key(source), about=f"sources.{source}.key"))
    names = sorted({str(name) for name in key.to_pyarrow().to_pylist() if name is not None})
    lat, lon = _area_centres(names, polygons)
    none = np.full(len(names), np.nan)
    frame = _frame(names, np.array(names, dtype=object), (lat, lon), (none, none))
    touching = None if polygons is None else _matrix(_known_pairs(names, polygons), len(names))
    return Units(frame, AreaColumn(str(city.spec.unit.area)), pd.Index(names, dtype=object), touching)


def _area_centres(names: list[str], polygons: Polygons | None) -> tuple[Any, Any]:
    """Latitude and longitude of each named area; NaN where it has no polygon."""
    if polygons is None:
        return np.full(len(names), np.nan), np.full(len(names), np.nan)
    lat, lon = polygons.centres()
    found = pd.Index(polygons.areas).get_indexer(pd.Index(names, dtype=object))
    return np.where(found >= 0, lat[found], np.nan), np.where(found >= 0, lon[found], np.nan)


def _known_pairs(names: list[str], polygons: Polygons) -> tuple[Ints, Ints]:
    where = pd.Index(names, dtype=object).get_indexer(pd.Index(polygons.areas))
    one, other = (where[side] for side in polygons.touching())
    return one[(one >= 0) & (other >= 0)], other[(one >= 0) & (other >= 0)]


def _matrix(pairs: tuple[Ints, Ints], size: int) -> Any:
    one, other = pairs
    return sparse.csr_array((np.ones(len(one), dtype=np.int32), (one, other)), shape=(size, size))


def _frame(names: list[str], areas: Any, centres: Any, cells: Any) -> pd.DataFrame:
    none = pd.array([None] * len(names), dtype="object")
    columns = {"unit": names, "area": areas, "type": none, "lat": centres[0], "lon": centres[1]}
    cell = {"row": pd.array(cells[0], dtype="Int32"), "col": pd.array(cells[1], dtype="Int32")}
    return pd.DataFrame(columns | cell | {"observer": none})
