from __future__ import annotations

import pytest

from tests.unit.pilot.written import CASES, DEMAND, DURATIONS, SOUND, TYPED, WHERE, assert_only, broken

REQUESTS = "known_at: created_at}"
EXAMPLE = "areas: {example: {table: areas, seed: 1}, key: area_id, contract: contracts/a.yaml}"
AREAS = next(line.strip() for line in SOUND.splitlines() if line.startswith("  areas:"))
ROAD = "{from: areas, columns: [road_age]}"


def test_an_example_stands_for_a_path_and_polygons() -> None:
    assert broken({AREAS: EXAMPLE}) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"unit: {name: cell, from: requests": "unit: {name: cell, from: x"}, "unit.from"),
        ({"inside: areas": "inside: x"}, "unit.inside"),
        ({"label: {from: requests": "label: {from: x"}, "label.from"),
        ({"- {from: requests, count": "- {from: x, count"}, "features[0].from"),
        ({ROAD: "{from: x, columns: [road_age]}"}, "features[1].from"),
        ({ROAD: "{from: x, categories: [road_kind]}"}, "features[1].from"),
        ({ROAD: "{from: x, trailing_days: [7], mean: [rain]}"}, "features[1].from"),
        ({"income: {from: areas": "income: {from: x"}, "audit.attributes.income.from"),
    ],
)
def test_every_source_that_is_named_stands(changes: dict[str, str], place: str) -> None:
    assert (place, "there is no source called x") in broken(changes)


def test_the_source_of_an_exposure_stands_and_has_a_key() -> None:
    found = broken(DEMAND, {"exposure: {from: areas": "exposure: {from: x"})
    assert_only(found, "label.exposure.from", "there is no source called x")
    found = broken(DEMAND, {"exposure: {from: areas": "exposure: {from: requests"})
    assert_only(found, "label.exposure.from", "does not say which column names its area")


@pytest.mark.parametrize("block", ["columns: [size]", "categories: [channel]"])
def test_columns_by_area_need_a_key_and_a_cases_own_do_not(block: str) -> None:
    own = {ROAD: f"{{from: requests, {block}}}"}
    assert_only(broken(own), "features[1].from", "does not say which column names its area")
    assert broken(CASES, own) == []
    assert broken(DURATIONS, own) == []


def test_a_source_has_one_origin() -> None:
    assert_only(broken({"path: data/requests.csv, ": ""}), "sources.requests", "either 'path' or 'example'")
    assert ("sources.areas.polygons", "polygons need 'key', the column that names the area") in broken(
        {", key: area_id": ""}
    )


def test_what_is_counted_over_time_says_when() -> None:
    found = dict(broken({", known_at: created_at": ""}))
    assert set(found) == {"label.from", "features[0].from"}
    assert all("does not say when its rows became known" in says for says in found.values())


@pytest.mark.parametrize(
    ("where", "says"),
    [("open('/etc/passwd')", "is not a comparison"), ("request_type ==", "is not a condition")],
)
def test_a_condition_is_in_the_language(where: str, says: str) -> None:
    assert_only(broken({WHERE: f'where: "{where}"'}), "label.where", says)


def gap(first: str, last: str, more: str = "") -> str:
    return f"{{first: {first}, last: {last}, why: the file is lost{more}}}"


def with_gaps(*gaps: str) -> dict[str, str]:
    return {REQUESTS: f"known_at: created_at, gaps: [{', '.join(gaps)}]}}"}


def test_gaps_in_order_are_sound() -> None:
    one, other = gap("2016-03-01", "2016-03-01"), gap("2016-03-01", "2016-04-30")
    assert broken(with_gaps(one, other)) == []
    assert broken(TYPED, with_gaps(gap("2016-03-01", "2016-03-09", ", types: [tree, pothole]"))) == []


def test_a_gap_ends_after_it_begins_and_gaps_stand_in_order() -> None:
    assert_only(
        broken(with_gaps(gap("2016-03-02", "2016-03-01"))), "sources.requests.gaps[0].last", "before 'first'"
    )
    found = broken(with_gaps(gap("2016-05-01", "2016-05-02"), gap("2016-03-01", "2016-03-02")))
    assert_only(found, "sources.requests.gaps[1].first", "in the order of their first days")


def test_a_gap_names_types_of_the_pilot() -> None:
    lost = with_gaps(gap("2016-03-01", "2016-03-02", ", types: [tree, flood]"))
    assert_only(broken(TYPED, lost), "sources.requests.gaps[0].types", "there is no type called flood")
    assert [place for place, _ in broken(lost)] == ["sources.requests.gaps[0].types"] * 2
