from __future__ import annotations

import re
from dataclasses import replace

import pytest

from civic_ai.cards.fan import Fan
from civic_ai.cards.gains import Gain
from civic_ai.cards.page import Page
from civic_ai.cards.pictures.fan import draw_fan
from civic_ai.cards.tell import Teller
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

DEMAND = City(question="demand")


def test_the_title_counts_the_intervals_that_held(page: MakePage) -> None:
    seen = page(DEMAND)
    drawn = seen.pictures.gain
    assert drawn is not None
    facts = seen.teller.facts
    expected = f"trees, A2: {facts['fan.held']} of {facts['fan.told']} intervals held"
    assert drawn.title.striptags().endswith(expected)
    assert len(drawn.table.rows) == 12


def test_lines_are_told_apart_by_dash_and_name(page: MakePage) -> None:
    svg = page(DEMAND, "pt").pictures.gain.svg.decode()  # type: ignore[union-attr]
    assert "regra simples" in svg
    assert svg.count("stroke-dasharray") >= 2


def test_the_public_does_not_see_few_requests(page: MakePage) -> None:
    board, public = (page(DEMAND, "en", audience) for audience in ("board", "public"))
    few = [name for name, value in board.teller.facts.items()
           if name.endswith(".came") and isinstance(value, int) and 0 < value < 11]  # fmt: skip
    assert few
    assert {public.teller.facts[name] for name in few} == {"suppressed"}
    table = public.pictures.gain.table  # type: ignore[union-attr]
    assert "Too few to show (privacy)" in {str(row[1]) for row in table.rows}


def test_without_a_forecast_there_is_no_picture(page: MakePage) -> None:
    assert draw_fan(Fan(), page(DEMAND).records, page(DEMAND).teller) is None


def _hiding(seen: Page, hidden: tuple[int, ...]) -> Teller:
    facts = {f"fan.points.{i}.came": "suppressed" if i in hidden else 20 for i in range(12)}
    return replace(seen.teller, facts=seen.teller.facts | facts)


@pytest.mark.parametrize(
    ("hidden", "lengths"), [((), [12]), ((4,), [4, 7]), ((0, 4, 6), [3, 1, 5]), ((5, 6, 11), [5, 4])]
)
def test_no_line_and_no_band_is_drawn_over_a_hidden_point(
    page: MakePage, hidden: tuple[int, ...], lengths: list[int]
) -> None:
    """As many strokes of each colour, and patches of the band, as there are stretches that are seen."""
    seen = page(DEMAND)
    drawn = draw_fan(seen.pictures.views.fan, seen.records, _hiding(seen, hidden))
    assert drawn is not None
    svg = drawn.svg.decode()
    strokes = re.findall(r'<path d="([^"]*)" stroke="#1b1b1b"', svg)
    points = [1 + path.count("L") for path in strokes if "h" not in path]
    assert [n for n in points if n > 1] == [n for n in lengths if n > 1]
    assert len(re.findall(r'fill="#0072B2" opacity="0.2"', svg)) == len(lengths)


def test_where_most_points_are_hidden_there_is_a_sentence_and_no_picture(page: MakePage) -> None:
    seen = page(DEMAND)
    half, most = _hiding(seen, tuple(range(6))), _hiding(seen, tuple(range(7)))
    why = "No picture of the busiest series: in most periods too few requests came to show (privacy)."
    assert draw_fan(seen.pictures.views.fan, seen.records, half) is not None
    assert why not in Gain(seen.records, half).tests()
    assert draw_fan(seen.pictures.views.fan, seen.records, most) is None
    assert why in Gain(seen.records, most).tests()


def test_a_series_without_a_type_is_named_by_its_area_alone(page: MakePage) -> None:
    seen = page(DEMAND)
    drawn = draw_fan(replace(seen.pictures.views.fan, type=None), seen.records, seen.teller)
    assert drawn is not None
    assert drawn.title.striptags().startswith("The busiest series, A2: ")
