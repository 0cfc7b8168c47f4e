"""The outlines of areas: a GeoJSON file, checked and stored as canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from civic_ai.core.canonical import canonical_json
from civic_ai.core.errors import DataError, Mistake, Place
from civic_ai.core.messages import Message, say
from civic_ai.data.stream import RawFile

MAX_BYTES = 32 << 20
MAX_AREAS = 50_000
MAX_POINTS = 2_000_000
_WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "OGC:CRS84")


@dataclass(frozen=True)
class Polygons:
    """Checked outlines: canonical GeoJSON (features by name, only the key kept), names, and bounds.

    ``bounds`` are west, south, east, north in degrees.
    """

    content: bytes
    names: frozenset[str]
    bounds: tuple[float, float, float, float]


def read_polygons(raw: RawFile, key: str) -> Polygons:
    """Read and check a file of areas, each named by its property ``key``.

    Raises :class:`DataError` with every feature that is wrong (the first twenty).
    """
    features = _features(raw)
    mistakes: list[Mistake] = []
    areas: dict[str, dict[str, Any]] = {}
    points = 0
    for number, feature in enumerate(features, 1):
        try:
            name = _name(feature, key)
            if name in areas:
                raise _Wrong(say("is the second area called {name}", name=name))
            points += _count_points(feature.get("geometry"))
            areas[name] = _kept(name, key, feature["geometry"])
        except _Wrong as wrong:
            mistakes.append(Mistake(f"features[{number - 1}]", wrong.says, Place(raw.shown)))
    if points > MAX_POINTS:
        raise raw.refuse(say("has more than {limit} points", limit=MAX_POINTS))
    if mistakes:
        raise DataError(mistakes[:20])
    if not areas:
        raise raw.refuse(say("holds no area"))
    ordered = [areas[name] for name in sorted(areas)]
    content = canonical_json({"type": "FeatureCollection", "features": ordered})
    return Polygons(content, frozenset(areas), _bounds(ordered))


class _Wrong(Exception):
    def __init__(self, says: Message) -> None:
        super().__init__(str(says))
        self.says = says


def _features(raw: RawFile) -> list[Any]:
    """The features of the file, refused while it is still cheap."""
    if not raw.path.is_file():
        raise raw.refuse(say("is not there"), remedy=say("Check 'polygons' in the pilot."))
    if raw.path.stat().st_size > MAX_BYTES:
        raise raw.refuse(say("holds more than {limit} bytes", limit=MAX_BYTES), remedy=_SIMPLIFY)
    try:
        value = json.loads(raw.path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise raw.refuse(say("is not GeoJSON: {problem}", problem=str(error)[:100])) from error
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        raise raw.refuse(say("is not a GeoJSON FeatureCollection"))
    crs = value.get("crs")
    named = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    if crs is not None and named not in _WGS84:
        raise raw.refuse(say("is not in degrees (WGS 84), but in {crs}", crs=named), remedy=_DEGREES)
    features = value.get("features")
    if not isinstance(features, list) or len(features) > MAX_AREAS:
        raise raw.refuse(say("must hold a list of at most {limit} features", limit=MAX_AREAS))
    return features


_SIMPLIFY = say("Simplify the outlines (10 metres are enough), or cut the file to your city.")
_DEGREES = say("Export it again in longitude and latitude (EPSG:4326).")


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _name(feature: Any, key: str) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    value = properties.get(key) if isinstance(properties, dict) else None
    if value is None or isinstance(value, dict | list | bool) or not str(value).strip():
        raise _Wrong(say("has no property {key}", key=key))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _count_points(geometry: Any) -> int:
    return sum(_check_ring(ring) for ring in _rings(geometry))


def _rings(geometry: Any) -> Iterator[Any]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    shapes = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(shapes, list) or not shapes:
        raise _Wrong(say("is not a polygon"))
    for shape in [shapes] if kind == "Polygon" else shapes:
        if not isinstance(shape, list) or not shape:
            raise _Wrong(say("is not a polygon"))
        yield from shape


def _check_ring(ring: Any) -> int:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise _Wrong(say("has an outline that is not closed"))
    for point in ring:
        if not _is_point(point):
            raise _Wrong(say("has a point that is no longitude and latitude: {point}", point=str(point)[:60]))
    return len(ring)


def _is_point(point: Any) -> bool:
    if not isinstance(point, list) or len(point) < 2:
        return False
    lon, lat = point[0], point[1]
    are_numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in (lon, lat))
    return are_numbers and -180 <= lon <= 180 and -90 <= lat <= 90


def _kept(name: str, key: str, geometry: dict[str, Any]) -> dict[str, Any]:
    """Only what is used: the name and the outline in two dimensions."""
    shapes = geometry["coordinates"]
    many = [shapes] if geometry["type"] == "Polygon" else shapes
    flat = [[[[float(point[0]), float(point[1])] for point in ring] for ring in shape] for shape in many]
    return {
        "type": "Feature",
        "properties": {key: name},
        "geometry": {"type": "MultiPolygon", "coordinates": flat},
    }


def _bounds(features: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    points = [
        point
        for feature in features
        for shape in feature["geometry"]["coordinates"]
        for ring in shape
        for point in ring
    ]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return min(lons), min(lats), max(lons), max(lats)
