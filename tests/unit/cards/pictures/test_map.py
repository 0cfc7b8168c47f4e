from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.pictures.map import draw_map
from civic_ai.cards.pictures.picture import CIVIDIS
from civic_ai.cards.score_map import ScoreClass
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_five_classes_with_their_counts(page: MakePage) -> None:
    svg = page(City(), "es").pictures.map.svg.decode()  # type: ignore[union-attr]
    for colour in CIVIDIS:
        assert colour in svg
    assert svg.count(" lugares<") == 5
    assert "0,81 a 0,98: 12 lugares" in svg


def test_places_without_a_score_are_hatched(page: MakePage) -> None:
    seen = page(City())
    svg = seen.pictures.map.svg.decode()  # type: ignore[union-attr]
    assert '<pattern id="hatch"' in svg
    assert 'fill="url(#hatch)"' in svg
    everything = replace(seen.pictures.views.scores, unscored=(), places={
        name: shape for name, shape in seen.pictures.views.scores.places.items() if name != "0:0"
    })  # fmt: skip
    full = draw_map(seen.records, seen.teller, everything)
    assert full is not None
    assert b'fill="url(#hatch)"' not in full.svg


def test_polygons_without_units_are_hatched_where_areas_are_scored(page: MakePage) -> None:
    """The fifth area has a polygon and no unit."""
    assert b'fill="url(#hatch)"' in page(City(units="areas")).pictures.map.svg  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("city", "expected"),
    [
        (City(), "The top 12 places: at least 81 chances in 100 of a case"),
        (City(winner="rule"), "The top 12 places: a score of 0.81 or more"),
        (City(kind="count"), "The top 12 places: a score of 0.81 or more"),
    ],
)
def test_the_title_says_what_the_top_has_in_common(page: MakePage, city: City, expected: str) -> None:
    assert page(city).pictures.map.title.striptags() == expected  # type: ignore[union-attr]


def test_a_list_that_tells_nothing_apart_says_so(page: MakePage) -> None:
    seen = page(City())
    flat = replace(
        seen.pictures.views.scores, classes=(ScoreClass(0.5, 0.5, tuple(seen.pictures.views.scores.places)),)
    )
    drawn = draw_map(seen.records, seen.teller, flat)
    assert drawn is not None
    assert drawn.title == "The list cannot tell one place from another"


def test_no_shapes_no_map(page: MakePage) -> None:
    seen = page(City())
    assert draw_map(seen.records, seen.teller, replace(seen.pictures.views.scores, places={})) is None


def test_the_table_counts_every_place(page: MakePage) -> None:
    table = page(City()).pictures.map.table  # type: ignore[union-attr]
    counts = [int(row[-1].striptags()) for row in table.rows]  # type: ignore[union-attr]
    assert sum(counts) == 64
    assert [row[0] for row in table.rows] == ["5", "4", "3", "2", "1", "no score"]


def test_of_a_rule_that_only_orders_there_is_no_map(page: MakePage) -> None:
    seen = page(City(question="cases", winner="rule"))
    scores = page(City(units="areas")).pictures.views.scores
    assert draw_map(seen.records, replace(seen.teller, facts=page(City(units="areas")).teller.facts), scores)
    evaluation = seen.records.evaluation.model_copy(update={"champion": "arrival_order"})
    assert draw_map(replace(seen.records, evaluation=evaluation), seen.teller, scores) is None


def test_where_no_place_has_a_score_to_show_there_is_no_map(page: MakePage) -> None:
    seen = page(City())
    assert draw_map(seen.records, seen.teller, replace(seen.pictures.views.scores, classes=())) is None


def test_a_fifth_is_said_only_of_fifths(page: MakePage) -> None:
    """Where most places share one score, one class holds most of them."""
    seen = page(City())
    scores = seen.pictures.views.scores
    low, *middle, high = scores.classes
    wide = replace(low, places=(*low.places, *(place for part in middle for place in part.places)))
    uneven = draw_map(seen.records, seen.teller, replace(scores, classes=(wide, high)))
    even = seen.pictures.map
    assert even is not None
    assert uneven is not None
    assert "about a fifth" in even.caption
    assert "about a fifth" not in uneven.caption
    assert "equal scores" in uneven.caption


def test_an_area_with_few_cases_is_not_said_to_have_no_score(page: MakePage) -> None:
    seen = page(City())
    evaluation = seen.records.evaluation.model_copy(update={"question": "cases"})
    drawn = draw_map(replace(seen.records, evaluation=evaluation), seen.teller, seen.pictures.views.scores)
    assert drawn is not None
    assert "Hatched: too few cases." in drawn.caption
    assert "no score" not in drawn.caption + drawn.svg.decode()
    assert str(drawn.table.rows[-1][0]) == "too few cases"
