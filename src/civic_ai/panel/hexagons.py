"""Hexagons of H3 over a city: ids such as ``8928308280fffff``, and who is next to whom.

H3 (Uber 2018, https://h3geo.org) is a fixed net over the whole earth: the same point lies in the same
hexagon in every city and every year, so nothing depends on the data. The cells of the pilot are those whose
centre lies inside its polygons. The library is an extra, loaded only for a pilot that asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.grid import MOST_CELLS
from civic_ai.panel.polygons import Polygons
from civic_ai.panel.unit_list import Ints
from civic_ai.panel.where import column_of
from civic_ai.pilot.spec import Hexagons

Floats = NDArray[np.float64]
_NOWHERE = 0
"""No hexagon has this index."""
_KM_A_DEGREE = 111.2
"""Length of a degree of latitude, within half a per cent: only for margins and sizes of boxes."""


@dataclass(frozen=True)
class HexagonLayer:
    """The hexagons of one resolution that may lie over the city; a cell is its H3 index as an integer."""

    hexagons: Hexagons
    cells: Ints
    width_error: float = 0.0

    def place(self, table: Any) -> Any:
        """The H3 index of each row as an ibis column; null where a coordinate is blank or impossible."""
        cell = _cell_at(self.hexagons.resolution)
        lat, lon = self._coordinates(table)
        return cell(lat.cast("float64"), lon.cast("float64")).nullif(_NOWHERE)

    def has_place(self, table: Any) -> Any:
        """Whether a row has both coordinates (ibis boolean)."""
        lat, lon = self._coordinates(table)
        return lat.notnull() & lon.notnull()

    def every(self) -> Ints:
        """All hexagons that may lie over the city, in order."""
        return self.cells

    def rows_and_columns(self, cells: Ints) -> tuple[Floats, Floats]:
        """Hexagons have neither."""
        none = np.full(len(cells), np.nan)
        return none, none

    def centres(self, cells: Ints) -> tuple[Floats, Floats]:
        """Latitude and longitude of the middle of each hexagon."""
        middles = np.array([h3().cell_to_latlng(h3().int_to_str(int(cell))) for cell in cells])
        lat, lon = middles.reshape(-1, 2).T
        return lat, lon

    def names(self, cells: Ints) -> list[str]:
        """The H3 index as it is usually written; the order of names is the order of cells."""
        return [str(h3().int_to_str(int(cell))) for cell in cells]

    def adjacent(self, cells: Ints) -> tuple[Ints, Ints]:
        """Pairs of positions in ``cells`` that share a side (ring 1), each pair both ways round."""
        rings = [h3().grid_ring(name, 1) for name in self.names(cells)]
        one = np.repeat(np.arange(len(cells)), [len(ring) for ring in rings])
        near = np.array([h3().str_to_int(name) for ring in rings for name in ring], dtype=np.int64)
        at = np.minimum(np.searchsorted(cells, near), len(cells) - 1)
        inside = cells[at] == near
        return one[inside], at[inside]

    def _coordinates(self, table: Any) -> tuple[Any, Any]:
        lat, lon = self.hexagons.lat, self.hexagons.lon
        return column_of(table, lat, about="unit.hexagons"), column_of(table, lon, about="unit.hexagons")


def lay_hexagons(polygons: Polygons, hexagons: Hexagons) -> HexagonLayer:
    """The hexagons around ``polygons``, in order of their index.

    Raises :class:`ConfigError` when H3 is not installed, or for too many cells.
    """
    west, south, east, north = polygons.bounds
    _refuse_too_many((west, south, east, north), hexagons)
    upward = 2 * h3().average_hexagon_edge_length(hexagons.resolution, unit="km") / _KM_A_DEGREE
    sideways = upward / np.cos(np.radians(max(abs(south), abs(north))))
    lats, lons = (south - upward, north + upward), (west - sideways, east + sideways)
    box = h3().LatLngPoly([(lats[i], lons[j]) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))])
    found = sorted(h3().str_to_int(name) for name in h3().polygon_to_cells(box, hexagons.resolution))
    return HexagonLayer(hexagons, np.array(found, dtype=np.int64))


def h3() -> Any:
    """The library. Raises :class:`ConfigError` with the command when it is not installed."""
    try:
        import h3 as library
    except ImportError as error:
        raise ConfigError.because(
            say("hexagons need the library H3, which is not installed"),
            about="unit.hexagons",
            remedy=say("Install the extra: pip install 'civic-ai[h3]'."),
        ) from error
    return library


def _refuse_too_many(bounds: tuple[float, float, float, float], hexagons: Hexagons) -> None:
    west, south, east, north = bounds
    width = (east - west) * np.cos(np.radians((south + north) / 2))
    area_km2 = h3().average_hexagon_area(hexagons.resolution, unit="km^2")
    cells = int(width * (north - south) * _KM_A_DEGREE**2 / area_km2)
    if cells > MOST_CELLS:
        raise ConfigError.because(
            say(
                "hexagons of resolution {resolution} make {cells} cells over this city",
                resolution=hexagons.resolution,
                cells=cells,
            ),
            about="unit.hexagons.resolution",
            remedy=say("Use larger cells; the most is {most} cells.", most=MOST_CELLS),
        )


def _cell_at(resolution: int) -> Any:
    """A function of two ibis columns, latitude and longitude in degrees: the H3 index as an integer, or
    ``_NOWHERE`` where a coordinate is not on earth (an engine's function must not make a blank)."""
    cell_of, number = h3().latlng_to_cell, h3().str_to_int

    def h3_cell(lat: Any, lon: Any) -> Any:
        places = zip(lat.to_pylist(), lon.to_pylist(), strict=True)
        cells = [
            number(cell_of(*place, resolution)) if _is_on_earth(*place) else _NOWHERE for place in places
        ]
        return pa.array(cells, type=pa.int64())

    return ibis.udf.scalar.pyarrow(h3_cell, signature=(("float64", "float64"), "int64"))


def _is_on_earth(lat: float | None, lon: float | None) -> bool:
    return lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
