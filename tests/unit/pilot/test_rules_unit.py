from __future__ import annotations

import pytest

from tests.unit.pilot.written import CASES, DURATIONS, GRID, KINDS, TYPED, assert_only, broken

HEXAGONS = "hexagons: {lat: lat, lon: lon, resolution: 8}"


@pytest.mark.parametrize("form", [GRID, HEXAGONS, "area: area_id"])
def test_each_form_of_unit_is_sound_alone(form: str) -> None:
    assert broken({GRID: form}) == []


@pytest.mark.parametrize(
    "forms", ["", f"{GRID}, {HEXAGONS}, ", f"{GRID}, area: area_id, ", f"{HEXAGONS}, area: area_id, "]
)
def test_a_place_has_exactly_one_form(forms: str) -> None:
    assert_only(broken({f"{GRID}, ": forms}), "unit", "give one of 'grid' or 'hexagons' (cells), 'area'")


@pytest.mark.parametrize("form", [GRID, HEXAGONS])
def test_cells_cover_the_polygons_of_a_source(form: str) -> None:
    without = {f"{GRID}, inside: areas": form}
    assert_only(broken(without), "unit", "cells need 'inside'")
    no_polygons = {GRID: form, ", polygons: data/areas.geojson": ""}
    assert_only(broken(no_polygons), "unit.inside", "has no polygons")


@pytest.mark.parametrize("form", ["grid", "hexagons"])
def test_a_case_is_no_cell(form: str) -> None:
    cells = GRID if form == "grid" else HEXAGONS
    found = broken(CASES, {"area: area_id, inside": f"{cells}, inside"})
    assert_only(found, f"unit.{form}", "a case is a row, not a cell")


def test_a_case_needs_no_area() -> None:
    assert broken(CASES, {", area: area_id": ""}) == []


def test_only_a_case_is_due() -> None:
    assert_only(broken({GRID: f"{GRID}, due_on: due_at"}), "unit.due_on", "only a case is due on a day")


@pytest.mark.parametrize("question", [CASES, DURATIONS])
def test_cases_have_neither_types_nor_a_cohort(question: dict[str, str]) -> None:
    found = broken(question, {"area: area_id, inside": f"area: area_id, {KINDS}, inside"})
    assert_only(found, "unit.types", "has its type among its own columns")
    found = broken(question, {"as_of: {": "cohort: {seen_within_days: 30}\nas_of: {"})
    assert_only(found, "cohort.seen_within_days", "every case is scored once")


def test_types_are_those_of_the_labels_own_rows() -> None:
    found = broken(TYPED, {"label: {from: requests": "label: {from: areas"})
    assert ("label.from", "with types the label counts rows of unit.from (requests)") in found


def test_a_value_means_one_type() -> None:
    found = broken(TYPED, {"tree: [Tree]": "tree: [Tree, Pothole]"})
    assert_only(found, "unit.types.values", "Pothole stands under two types")


def test_a_type_that_is_called_something_is_a_type() -> None:
    found = broken(TYPED, {"tree: [Tree]}}": "tree: [Tree]}, called: {flood: a flood}}"})
    assert_only(found, "unit.types.called.flood", "there is no type called flood")
