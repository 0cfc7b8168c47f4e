"""Mean score of each place over the lockbox, in five classes of about equal size, and its shape.

The numbers are facts like any other (``map.classes.1.places``), so that a picture can be traced.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.records.record import Scalar
from civic_ai.store.blobs import Blobs

CLASSES = 5
_METRES_A_DEGREE = 111_320.0
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
    """The champion's mean lockbox score of each unit, cut at its quintiles; equal scores stay together."""
    table = blobs.table(records.evaluation.lockbox_blob).select(["candidate", "unit", "score"])
    means = table.group_by(["candidate", "unit"]).aggregate([("score", "mean")]).to_pylist()
    champion = records.evaluation.champion
    scored = sorted(
        (round(row["score_mean"], 6), str(row["unit"])) for row in means if row["candidate"] == champion
    )
    classes: list[list[tuple[float, str]]] = [[] for _ in range(CLASSES)]
    for rank, (score, unit) in enumerate(scored):
        first = next(i for i in range(rank, -1, -1) if i == 0 or scored[i - 1][0] != score)
        classes[first * CLASSES // len(scored)].append((score, unit))
    known = {unit for _, unit in scored}
    units = blobs.table(records.panel.units_blob)["unit"].to_pylist()
    return ScoreMap(
        classes=tuple(
            ScoreClass(part[0][0], part[-1][0], tuple(unit for _, unit in part)) for part in classes if part
        ),
        unscored=tuple(sorted(set(units) - known)),
        places=place_shapes(records, blobs),
        areas=area_shapes(records, blobs),
    )


def place_shapes(records: Records, blobs: Blobs) -> dict[str, Any]:
    """The flat shape (shapely, x to the east, y to the north, in degrees of latitude) of each unit.

    Cells are squares around their centres; areas take their polygons. Empty where neither stands.
    """
    from shapely import box

    grid = records.spec.unit.grid
    rows = blobs.table(records.panel.units_blob).select(["unit", "lat", "lon"]).to_pylist()
    if grid is None:
        return area_shapes(records, blobs)
    half, flat = grid.size_m / _METRES_A_DEGREE / 2, _flattening([row["lat"] for row in rows])
    centres = ((row["unit"], row["lon"] * flat, row["lat"]) for row in rows if row["lat"] is not None)
    return {unit: box(x - half, y - half, x + half, y + half) for unit, x, y in centres}


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
