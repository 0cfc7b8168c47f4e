from __future__ import annotations

from collections import Counter

import pytest

from civic_ai.cards.pictures.feedback import draw_feedback, squares_of
from civic_ai.cards.pictures.picture import BLUE, ORANGE
from civic_ai.records.feedback import Feedback, VisitClass
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.made_need import NEVER, feedback, seen, way


@pytest.mark.parametrize("never", [0.0, 0.004, 1 / 3, 0.704, 0.995, 1.0])
def test_a_hundred_squares_nearest_to_the_shares(never: float) -> None:
    squares = squares_of(way("reports", never))
    counts = Counter(squares)
    assert len(squares) == 100
    assert abs(counts["never"] - 100 * never) < 1
    assert squares == sorted(squares, key=["never", "few", "some", "many"].index)


def test_rounded_shares_still_fill_the_hundred() -> None:
    classes = tuple(VisitClass(name=n, least=0, most=0, share=0.33) for n in ("never", "few", "some"))
    squares = squares_of(way("reports", 0.5).model_copy(update={"classes": classes}))
    assert Counter(squares) == {"never": 34, "few": 33, "some": 33}


def test_a_panel_for_each_way_with_its_count_in_words(page: MakePage) -> None:
    drawn = draw_feedback(*seen(page(City()), feedback=feedback()))
    assert drawn is not None
    svg = drawn.svg.decode()
    for label in ("By reports", "Corrected", "By need itself", "70% never", "33% never", "80% never"):
        assert label in svg
    squares = sum(round(100 * never) for never in NEVER.values())
    assert abs(svg.count(f'fill="{ORANGE}"') - squares) <= 6
    assert BLUE in svg
    assert "70% of areas are never visited in two years; with visits by lot, 33%" in drawn.title.striptags()
    assert len(drawn.table.rows) == 5


def test_without_a_simulation_there_is_no_picture(page: MakePage) -> None:
    for made in (None, Feedback(why_unknown="too_few_areas")):
        assert draw_feedback(*seen(page(City()), feedback=made)) is None
