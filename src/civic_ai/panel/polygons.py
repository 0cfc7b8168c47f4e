"""The areas of a city as polygons, from the GeoJSON that came with a source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say

Floats = NDArray[np.float64]
TOUCHING_DEGREES = 0.0005
"""Areas closer than this (about 50 m) touch: simplified borders leave slivers between neighbours."""


@dataclass(frozen=True)
class Polygons:
    """Area ids in order and one shape each, in degrees (WGS 84)."""

    areas: tuple[str, ...]
    shapes: tuple[Any, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all areas together."""
        west, south, east, north = shapely.total_bounds(np.array(self.shapes))
        return float(west), float(south), float(east), float(north)

    def area_at(self, lat: Floats, lon: Floats) -> NDArray[np.int64]:
        """Position in ``areas`` of the area that holds each point, -1 for none; on a border the first."""
        points, areas = shapely.STRtree(self.shapes).query(shapely.points(lon, lat), predicate="intersects")
        found = np.full(len(lat), len(self.areas), dtype=np.int64)
        np.minimum.at(found, points, areas)
        return np.where(found == len(self.areas), -1, found)

    def touching(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of positions of different areas that touch, each pair both ways round."""
        tree = shapely.STRtree(self.shapes)
        one, other = tree.query(np.array(self.shapes), predicate="dwithin", distance=TOUCHING_DEGREES)
        return one[one != other], other[one != other]

    def centres(self) -> tuple[Floats, Floats]:
        """Latitude and longitude of a point inside each area."""
        points = shapely.point_on_surface(np.array(self.shapes))
        return shapely.get_y(points), shapely.get_x(points)


def read_polygons(content: bytes, key: str) -> Polygons:
    """The polygons of a GeoJSON file, named by the property ``key``, sorted by name.

    Raises :class:`DataError` for a file that is no GeoJSON or a feature without name or polygon.
    """
    try:
        features = json.loads(content)["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(key) from error
    shapes: dict[str, list[Any]] = {}
    for feature in features:
        name, form = _read(feature, key)
        shapes.setdefault(name, []).append(form)
    names = tuple(sorted(shapes))
    if not names:
        raise _broken(key)
    return Polygons(names, tuple(shapely.union_all(shapes[name]) for name in names))


def _read(feature: Any, key: str) -> tuple[str, Any]:
    try:
        name = feature["properties"][key]
        form = shapely.make_valid(shape(feature["geometry"]))
    except (KeyError, TypeError, ValueError, AttributeError, shapely.GEOSException) as error:
        raise _broken(key) from error
    if name is None or form.area == 0:
        raise _broken(key)
    return str(name), form


def _broken(key: str) -> DataError:
    error = DataError.because(
        say("the polygons are no GeoJSON whose features each have a polygon and the property {key}", key=key),
        about="polygons",
        remedy=say("Export the areas as GeoJSON in degrees (WGS 84) with the property {key}.", key=key),
    )
    assert isinstance(error, DataError)
    return error
