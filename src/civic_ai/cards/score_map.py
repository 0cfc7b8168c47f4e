"""Mean score of each place over the lockbox, in five classes of about equal size, and its shape.

The numbers are facts like any other (``map.classes.1.places``), so that a picture can be traced.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.records.record import Scalar
from civic_ai.store.blobs import Blobs

CLASSES = 5
CASES = ("cases", "durations")
_PLACED = ("unit", "area", "lat", "lon", "row", "col")
_METRES_A_DEGREE = 111_320.0
_HEXAGON_SIDE_M, _FINER_BY = 1_281_256.0, 7**0.5
"""Mean side of an H3 cell of resolution 0, and how many times shorter that of the next one is."""
_DETAIL = 1 / 500
"""Outlines are simplified to this share of the city's width: finer is not seen at printed size."""


@dataclass(frozen=True)
class ScoreClass:
    """Places whose mean score lies from ``lower`` to ``upper``, both included."""

    lower: float
    upper: float
    places: tuple[str, ...]


@dataclass(frozen=True)
class ScoreMap:
    """Classes from the lowest scores to the highest, the places that have no score, and their shapes.

    ``places`` and ``areas`` hold flat shapely shapes by name; ``places`` is empty where nothing says
    where the units are.
    """

    classes: tuple[ScoreClass, ...]
    unscored: tuple[str, ...]
    places: dict[str, Any]
    areas: dict[str, Any]

    @property
    def is_even(self) -> bool:
        """Whether each class holds about a fifth of the places; equal scores can make it otherwise."""
        sizes = [len(part.places) for part in self.classes]
        return len(sizes) == CLASSES and 2 * max(sizes) <= 3 * min(sizes)

    def facts(self) -> dict[str, Scalar]:
        """Bounds and number of places of each class, numbered from 1, the lowest."""
        facts: dict[str, Scalar] = {
            "map.unscored": len(self.unscored),
            "map.classes.count": len(self.classes),
        }
        for number, part in enumerate(self.classes, 1):
            name = f"map.classes.{number}"
            facts |= {f"{name}.lower": part.lower, f"{name}.upper": part.upper}
            facts[f"{name}.places"] = len(part.places)
        return facts


def map_scores(records: Records, blobs: Blobs) -> ScoreMap:
    """The champion's mean lockbox score of each place, cut at its quintiles; equal scores stay together.

    Cases are told by their area, and an area with few cases not at all, so that no case can be found.
    """
    place_of = places_of(records, blobs)
    means = mean_scores(records, blobs, place_of)
    scored = sorted((round(score, 6), place) for place, score in means.items())
    classes: list[list[tuple[float, str]]] = [[] for _ in range(CLASSES)]
    for rank, (score, place) in enumerate(scored):
        first = next(i for i in range(rank, -1, -1) if i == 0 or scored[i - 1][0] != score)
        classes[first * CLASSES // len(scored)].append((score, place))
    return ScoreMap(
        classes=tuple(
            ScoreClass(part[0][0], part[-1][0], tuple(place for _, place in part)) for part in classes if part
        ),
        unscored=tuple(sorted(set(place_of.values()) - means.keys())),
        places=place_shapes(records, blobs),
        areas=area_shapes(records, blobs),
    )


def places_of(records: Records, blobs: Blobs) -> dict[str, str]:
    """Where each unit stands: its cell, its area where cases or several types share one, else itself.

    A cell's place is named by its row and column, a hexagon's by its centre.
    """
    units = blobs.table(records.panel.units_blob).select([*_PLACED]).to_pylist()
    placed = {str(row["unit"]): _place(row, records) for row in units}
    return {unit: place for unit, place in placed.items() if place is not None}


def _place(row: dict[str, Any], records: Records) -> str | None:
    if row["row"] is not None:
        return f"{row['row']}:{row['col']}"
    if records.spec.unit.hexagons is not None:
        return f"{row['lat']}:{row['lon']}"
    shared = records.panel.question in CASES or records.panel.types
    return None if shared and row["area"] is None else str(row["area"] if shared else row["unit"])


def mean_scores(records: Records, blobs: Blobs, place_of: dict[str, str]) -> dict[str, float]:
    """Mean score of each place: over its cases, or over dates of the sum of its types; of no place where
    the champion's score is only an order, whose mean says nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if records.evaluation.champion in words.ORDERS:
        return {}
    table = blobs.table(records.evaluation.lockbox_blob)
    rows = table.filter(pc.equal(table["candidate"], records.evaluation.champion))
    names = [place_of.get(str(unit)) for unit in rows["unit"].to_pylist()]
    placed = pa.table({"place": pa.array(names, pa.string()), "unit": rows["unit"].cast(pa.string()),
                       "as_of": rows["as_of"], "score": rows["score"]})  # fmt: skip
    placed = placed.filter(pc.is_valid(placed["place"]))
    if records.panel.question in CASES:
        least = records.policy.suppression.minimum
        grouped = placed.group_by("place").aggregate([("score", "mean"), ("unit", "count_distinct")])
        many = (row for row in grouped.to_pylist() if row["unit_count_distinct"] >= least)
        return {row["place"]: row["score_mean"] for row in many}
    by_date = placed.group_by(["place", "as_of"]).aggregate([("score", "sum")])
    means = by_date.group_by("place").aggregate([("score_sum", "mean")])
    return {row["place"]: row["score_sum_mean"] for row in means.to_pylist()}


def place_shapes(records: Records, blobs: Blobs) -> dict[str, Any]:
    """The flat shape (shapely, x to the east, y to the north, in degrees of latitude) of each place.

    Cells are squares around their centres, hexagons are drawn as wide as they are on average; areas take
    their polygons. Empty where neither stands.
    """
    from shapely import Point, box

    unit, place_of = records.spec.unit, places_of(records, blobs)
    if unit.grid is None and unit.hexagons is None:
        return area_shapes(records, blobs)
    rows = blobs.table(records.panel.units_blob).select([*_PLACED]).to_pylist()
    flat = _flattening([row["lat"] for row in rows])
    known = [row for row in rows if row["lat"] is not None and row["unit"] in place_of]
    centres = {place_of[row["unit"]]: (row["lon"] * flat, row["lat"]) for row in known}
    if unit.grid is not None:
        half = unit.grid.size_m / _METRES_A_DEGREE / 2
        return {name: box(x - half, y - half, x + half, y + half) for name, (x, y) in centres.items()}
    assert unit.hexagons is not None
    reach = _HEXAGON_SIDE_M * _FINER_BY**-unit.hexagons.resolution / _METRES_A_DEGREE
    return {name: Point(x, y).buffer(reach, quad_segs=2) for name, (x, y) in centres.items()}


def area_shapes(records: Records, blobs: Blobs) -> dict[str, Any]:
    """The flat, simplified outline of each area by its key, from the source that brings polygons."""
    from shapely import transform
    from shapely.geometry import shape

    found = {key: shape(geometry) for key, geometry in _polygons(records, blobs)}
    if not found:
        return {}
    latitudes = [outline.centroid.y for outline in found.values()]
    flat, reach = _flattening(latitudes), max(outline.bounds[2] for outline in found.values())
    detail = _DETAIL * (reach - min(outline.bounds[0] for outline in found.values()))
    return {
        key: transform(outline.simplify(detail), lambda points: points * (flat, 1.0))
        for key, outline in found.items()
    }


def _polygons(records: Records, blobs: Blobs) -> Iterator[tuple[str, Any]]:
    """Key and GeoJSON geometry of each area."""
    for source in records.snapshot.sources:
        key = records.spec.sources[source.name].key
        if source.polygons_blob is None or key is None:
            continue
        for feature in json.loads(blobs.get(source.polygons_blob))["features"]:
            if feature["geometry"] is not None:
                yield str(feature["properties"][key]), feature["geometry"]


def _flattening(latitudes: list[float | None]) -> float:
    """How much shorter a degree of longitude is than one of latitude, here."""
    known = [latitude for latitude in latitudes if latitude is not None]
    return round(math.cos(math.radians(sum(known) / len(known))), 4) if known else 1.0
