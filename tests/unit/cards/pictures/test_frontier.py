from __future__ import annotations

from civic_ai.cards.pictures.frontier import draw_frontier
from civic_ai.cards.pictures.picture import BLUE, ORANGE, drawn
from civic_ai.records.figure import missing
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.test_frontier import CHAMPION, mitigation, told, way


def test_the_list_and_the_changed_lists_stand_out_and_letters_lead_to_the_table(page: MakePage) -> None:
    words = told(page(City()), CHAMPION, mitigation())
    drawn = draw_frontier(words.records, words.teller)
    assert drawn is not None
    svg = drawn.svg.decode()
    assert BLUE in svg
    assert ORANGE in svg
    assert ">a<" in svg
    assert ">b<" in svg
    assert "way b narrows the gap" in drawn.alternative
    assert len(drawn.table.rows) == 3


def test_the_same_records_give_the_same_bytes(page: MakePage) -> None:
    words = told(page(City()), CHAMPION, mitigation())
    one = draw_frontier(words.records, words.teller)
    drawn.cache_clear()
    other = draw_frontier(words.records, words.teller)
    assert one is not None
    assert other is not None
    assert one.svg == other.svg


def test_a_reader_who_may_not_see_the_groups_gets_no_picture(page: MakePage) -> None:
    seen = page(City())
    nothing = missing("suppressed")
    words = told(seen, way("lightgbm", "champion", ratio=nothing))
    ways = tuple(one.model_copy(update={"ratio": nothing}) for one in words.frontier.ways)
    frontier = words.frontier.model_copy(update={"ways": ways})
    audit = words.records.audit.model_copy(update={"frontier": frontier})
    assert draw_frontier(_with(words.records, audit), words.teller) is None
    assert draw_frontier(seen.records, seen.teller) is None


def _with(records: object, audit: object) -> object:
    from dataclasses import replace

    return replace(records, audit=audit)  # type: ignore[type-var]
