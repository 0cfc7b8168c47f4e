from __future__ import annotations

from civic_ai.cards.fan import Fan
from civic_ai.cards.picture_fan import draw_fan
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
