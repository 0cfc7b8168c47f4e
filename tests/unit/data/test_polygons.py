from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.errors import DataError
from civic_ai.data import polygons
from civic_ai.data.polygons import Polygons, read_polygons
from tests.unit.data.cities import SQUARES, written

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def area(name: object, *, ring: Any = None, **parts: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring or SQUARE]}
    return {"type": "Feature", "properties": {"area_id": name, "more": 1}, "geometry": geometry} | parts


def read(value: Any, folder: Path) -> Polygons:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_polygons(written(folder, content, "areas.geojson"), "area_id")


def collection(*features: Any, **parts: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)} | parts


def test_names_bounds_and_canonical_content(tmp_path: Path) -> None:
    made = read(SQUARES, tmp_path)
    assert made.names == {"1", "2"}
    assert made.bounds == (0, 0, 2, 1)
    stored = json.loads(made.content)
    assert [feature["properties"] for feature in stored["features"]] == [{"area_id": "1"}, {"area_id": "2"}]
    assert stored["features"][0]["geometry"] == {"type": "MultiPolygon", "coordinates": [[SQUARE]]}


def test_neither_order_nor_form_nor_height_changes_the_content(tmp_path: Path) -> None:
    many = {"type": "MultiPolygon", "coordinates": [[[[*point, 12.5] for point in SQUARE]]]}
    one = read(collection(area("b"), area("a")), tmp_path)
    other = read(collection(area("a", geometry=many, id=7), area("b")), tmp_path)
    assert one.content == other.content


@pytest.mark.parametrize(("value", "name"), [(7, "7"), (7.0, "7"), ("007", "007"), ("á", "á")])
def test_names_are_text_as_in_the_table(value: object, name: str, tmp_path: Path) -> None:
    assert read(collection(area(value)), tmp_path).names == {name}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"", "is not GeoJSON"),
        (b"\xff\xfe", "is not GeoJSON"),
        (b"[" * 100_000, "is not GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN is not a number"),
        ({"type": "Topology"}, "is not a GeoJSON FeatureCollection"),
        ([], "is not a GeoJSON FeatureCollection"),
        (collection(), "holds no area"),
        (collection(features={}), "must hold a list"),
        (collection(area("a"), crs={"properties": {"name": "EPSG:31983"}}), "but in EPSG:31983"),
        (collection(area("a"), area("a")), "is the second area called a"),
        (collection(area(None)), "has no property area_id"),
        (collection(area(True)), "has no property area_id"),
        (collection(area("a", properties=None)), "has no property area_id"),
        (collection("feature"), "has no property area_id"),
        (collection(area("a", geometry=None)), "is not a polygon"),
        (collection(area("a", geometry={"type": "Point", "coordinates": [0, 0]})), "is not a polygon"),
        (collection(area("a", ring=SQUARE[:-1])), "is not closed"),
        (collection(area("a", ring=[[0, 0], [1, 1], [0, 0]])), "is not closed"),
        (
            collection(area("a", ring=[[500_000, 0], *SQUARE[1:-1], [500_000, 0]])),
            "no longitude and latitude",
        ),
        (collection(area("a", ring=[["0", 0], *SQUARE[1:-1], ["0", 0]])), "no longitude and latitude"),
    ],
)
def test_what_is_no_set_of_areas_is_refused(value: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        read(value, tmp_path)


def test_all_wrong_areas_are_named_up_to_twenty(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(collection(area("a"), *[area(None)] * 30), tmp_path)
    assert len(caught.value.mistakes) == 20
    assert caught.value.mistakes[0].about == "features[1]"


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polygons, "MAX_POINTS", 9)
    with pytest.raises(DataError, match="more than 9 points"):
        read(SQUARES, tmp_path)
    monkeypatch.setattr(polygons, "MAX_BYTES", 10)
    with pytest.raises(DataError, match="more than 10 bytes"):
        read(SQUARES, tmp_path)


def test_degrees_by_their_official_name_are_accepted(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read(collection(area("a"), crs=crs), tmp_path).names == {"a"}
