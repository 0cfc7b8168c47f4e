from __future__ import annotations

import json

import numpy as np
import pytest

from civic_ai.core.errors import DataError
from civic_ai.panel.polygons import read_polygons
from tests.unit.panel.cities import SOUTH, WEST, geojson, square


def collection(*features: dict[str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def test_points_lie_in_the_area_that_holds_them() -> None:
    polygons = read_polygons(geojson(2, 3, 0.02), "area_id")
    assert polygons.areas == ("a00", "a01", "a02", "a03", "a04", "a05")
    lat = SOUTH + np.array([0.01, 0.03, 0.039, 0.05, -0.001])
    lon = WEST + np.array([0.01, 0.05, 0.001, 0.01, 0.01])
    assert polygons.area_at(lat, lon).tolist() == [0, 5, 3, -1, -1]


def test_a_point_on_a_border_belongs_to_the_first_area() -> None:
    polygons = read_polygons(geojson(1, 2, 0.02), "area_id")
    assert polygons.area_at(np.array([SOUTH + 0.01]), np.array([WEST + 0.02])).tolist() == [0]


def test_areas_touch_at_sides_and_corners_and_across_slivers() -> None:
    one, far = square("b", 0, 0, 0.02), square("d", 0, 3, 0.02)
    sliver = square("a", 0, 1, 0.02)
    for corner in sliver["geometry"]["coordinates"][0]:
        corner[0] += 0.0003
    polygons = read_polygons(collection(one, sliver, square("c", 1, 1, 0.02), far), "area_id")
    pairs = {(polygons.areas[i], polygons.areas[j]) for i, j in zip(*polygons.touching(), strict=True)}
    assert pairs == {("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")}


def test_two_features_of_one_area_are_one_area() -> None:
    polygons = read_polygons(collection(square("a", 0, 0, 0.02), square("a", 0, 5, 0.02)), "area_id")
    assert polygons.areas == ("a",)
    assert polygons.area_at(np.array([SOUTH + 0.01] * 2), WEST + np.array([0.01, 0.11])).tolist() == [0, 0]


def test_a_crossed_outline_is_mended() -> None:
    bow = square("a", 0, 0, 0.02)
    ring = bow["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    assert read_polygons(collection(bow), "area_id").shapes[0].is_valid


def test_numbers_name_areas_as_text() -> None:
    feature = square("x", 0, 0, 0.02)
    feature["properties"]["area_id"] = 7
    assert read_polygons(collection(feature), "area_id").areas == ("7",)


def test_the_centre_lies_inside() -> None:
    polygons = read_polygons(geojson(2, 2), "area_id")
    assert polygons.area_at(*polygons.centres()).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"[]",
        b"{}",
        collection(),
        collection({"type": "Feature", "properties": {}, "geometry": square("a", 0, 0, 1)["geometry"]}),
        collection({"type": "Feature", "properties": {"area_id": None}, "geometry": None}),
        collection({"type": "Feature", "properties": {"area_id": "a"}, "geometry": None}),
        collection(
            {
                "type": "Feature",
                "properties": {"area_id": "a"},
                "geometry": {"type": "Point", "coordinates": [1.0, 2.0]},
            }
        ),
    ],
)
def test_what_is_no_named_polygon_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(DataError, match="property area_id") as raised:
        read_polygons(content, "area_id")
    assert raised.value.mistakes[0].remedy is not None
