"""What gets a score: the cells of a grid laid over the areas, or the areas themselves.

Units come from the polygons or from the list of areas, never from the requests: a place that nobody
reports from is a unit too, and no unit exists only because something will happen there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.panel.grid import lay_grid
from civic_ai.panel.known import City
from civic_ai.panel.polygons import Polygons, read_polygons
from civic_ai.panel.where import column_of
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

Ints = NDArray[np.int64]


class Places(Protocol):
    """How a row of a table says where it belongs."""

    def place(self, table: Any) -> Any:
        """The place of each row as an ibis column; null where it has none."""

    def has_place(self, table: Any) -> Any:
        """Whether a row says where it is at all (ibis boolean)."""


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


@dataclass(frozen=True)
class Units:
    """``frame``: unit, area, lat, lon, row, col, sorted by unit. ``codes``: the place of each unit.

    ``neighbours`` is a symmetric 0/1 matrix, units x units; None where the data does not say who is
    next to whom. ``width_error`` is the largest relative error of a cell's width, 0 for areas.
    """

    frame: pd.DataFrame
    places: Places
    codes: pd.Index
    neighbours: Any
    width_error: float = 0.0
    areas_without_cells: int = 0

    def __len__(self) -> int:
        return len(self.codes)

    def positions(self, places: Any) -> Ints:
        """Position of the unit at each place; -1 where that place is no unit."""
        return np.asarray(self.codes.get_indexer(pd.Index(places)), dtype=np.int64)


def make_units(city: City, snapshot: DataSnapshot, blobs: Blobs) -> Units:
    """The units of the pilot. Raises :class:`ConfigError` or :class:`DataError` when there are none."""
    source = register_of(city.spec)
    polygons = _polygons(city, source, snapshot, blobs)
    units = _areas(city, source, polygons) if city.spec.unit.grid is None else _cells(city.spec, polygons)
    if len(units) == 0:
        raise DataError.because(
            say("there is no unit: no area is listed, or no cell has its middle inside an area"),
            about="unit",
            remedy=say("Look at the source {source}, or use smaller cells.", source=source),
        )
    return units


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
    wanted = spec.unit.grid
    if wanted is None or polygons is None:
        raise ConfigError.because(
            say("a grid needs the polygons of the city"),
            about="unit.inside",
            remedy=say("Give the source under unit.inside a GeoJSON file: 'polygons'."),
        )
    grid = lay_grid(polygons, size_m=wanted.size_m, lat_column=wanted.lat, lon_column=wanted.lon)
    every = np.arange(grid.rows * grid.columns, dtype=np.int64)
    area = polygons.area_at(*grid.centres(every))
    cells, area = every[area >= 0], area[area >= 0]
    lat, lon = grid.centres(cells)
    row, column = np.divmod(cells, grid.columns)
    names = np.array(polygons.areas, dtype=object)[area]
    frame = _frame(grid.names(cells), names, (lat, lon), (row, column))
    without = len(polygons.areas) - len(np.unique(area))
    return Units(
        frame, grid, pd.Index(cells), _matrix(grid.adjacent(cells), len(cells)), grid.width_error, without
    )


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
    columns = {"unit": names, "area": areas, "lat": centres[0], "lon": centres[1]}
    cell = {"row": pd.array(cells[0], dtype="Int32"), "col": pd.array(cells[1], dtype="Int32")}
    return pd.DataFrame(columns | cell)
