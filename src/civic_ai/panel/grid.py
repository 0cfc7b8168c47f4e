"""Square cells over a city: a local projection, ids such as ``r012c034``, and who is next to whom.

Local equirectangular projection about the middle latitude of the polygons: metres per degree are the
radii of curvature of WGS 84 there (Snyder 1987, Map Projections, eq. 4-20 and 4-21). Away from the middle the
width of a cell is wrong by the change of cos(latitude); :attr:`Grid.width_error` states the most it can be.
The grid depends on the polygons alone, never on the requests, so it cannot know the future.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.polygons import Polygons
from civic_ai.panel.where import column_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EQUATOR_M, _FLATTENING = 6_378_137.0, 1 / 298.257_223_563
MOST_CELLS = 4_000_000
"""A grid with more cells in its bounding box is refused: cells too small for the city."""


@dataclass(frozen=True)
class Grid:
    """Cells of ``size_m`` counted from the south-west corner: row to the north, column to the east."""

    lat_column: str
    lon_column: str
    south: float
    west: float
    lat_step: float
    lon_step: float
    rows: int
    columns: int
    width_error: float

    def place(self, table: Any) -> Any:
        """Number of the cell (``row * columns + column``) as an ibis column; null outside and where blank."""
        lat, lon = (column_of(table, name, about="unit.grid") for name in (self.lat_column, self.lon_column))
        row = ((lat - self.south) / self.lat_step).floor()
        column = ((lon - self.west) / self.lon_step).floor()
        inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
        return inside.ifelse(row * self.columns + column, ibis.null("float64")).cast("int64")

    def has_place(self, table: Any) -> Any:
        """Whether a row has both coordinates (ibis boolean)."""
        lat, lon = (column_of(table, name, about="unit.grid") for name in (self.lat_column, self.lon_column))
        return lat.notnull() & lon.notnull()

    def every(self) -> Ints:
        """All cells of the bounding box, in order."""
        return np.arange(self.rows * self.columns, dtype=np.int64)

    def rows_and_columns(self, cells: Ints) -> tuple[Ints, Ints]:
        """Row (to the north) and column (to the east) of each cell."""
        return np.divmod(cells, self.columns)

    def centres(self, cells: Ints) -> tuple[Floats, Floats]:
        """Latitude and longitude of the middle of each cell."""
        row, column = np.divmod(cells, self.columns)
        return self.south + (row + 0.5) * self.lat_step, self.west + (column + 0.5) * self.lon_step

    def names(self, cells: Ints) -> list[str]:
        """``r012c034``: padded, so that the order of names is the order of cells."""
        width = max(3, len(str(max(self.rows, self.columns))))
        return [
            f"r{row:0{width}d}c{column:0{width}d}"
            for row, column in zip(*np.divmod(cells, self.columns), strict=True)
        ]

    def adjacent(self, cells: Ints) -> tuple[Ints, Ints]:
        """Pairs of positions in ``cells`` that share a side or a corner, each pair both ways round."""
        padded = np.full((self.rows + 2, self.columns + 2), -1, dtype=np.int64)
        row, column = np.divmod(cells, self.columns)
        padded[row + 1, column + 1] = np.arange(len(cells))
        steps = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
        around = np.stack([padded[row + i, column + j] for i, j in steps])
        step, one = np.nonzero(around >= 0)
        return one, around[step, one]


def lay_grid(polygons: Polygons, *, size_m: int, lat_column: str, lon_column: str) -> Grid:
    """The grid over the bounding box of ``polygons``. Raises :class:`ConfigError` for too many cells."""
    west, south, east, north = polygons.bounds
    middle = (south + north) / 2
    lat_step, lon_step = _steps(middle, size_m)
    rows, columns = (
        max(1, math.ceil(extent)) for extent in ((north - south) / lat_step, (east - west) / lon_step)
    )
    if rows * columns > MOST_CELLS:
        raise ConfigError.because(
            say("cells of {size} m make {cells} cells over this city", size=size_m, cells=rows * columns),
            about="unit.grid.size_m",
            remedy=say("Use larger cells; the most is {most} cells.", most=MOST_CELLS),
        )
    edge = max(
        abs(math.cos(math.radians(lat)) / math.cos(math.radians(middle)) - 1) for lat in (south, north)
    )
    return Grid(lat_column, lon_column, south, west, lat_step, lon_step, rows, columns, edge)


def _steps(latitude: float, size_m: int) -> tuple[float, float]:
    """Degrees of latitude and of longitude that ``size_m`` metres span at ``latitude``."""
    squared = _FLATTENING * (2 - _FLATTENING)
    sine = math.sin(math.radians(latitude))
    bend = 1 - squared * sine**2
    north_radius = _EQUATOR_M * (1 - squared) / bend**1.5
    east_radius = _EQUATOR_M / math.sqrt(bend) * math.cos(math.radians(latitude))
    return math.degrees(size_m / north_radius), math.degrees(size_m / east_radius)
