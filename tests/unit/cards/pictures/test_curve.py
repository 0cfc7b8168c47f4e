from __future__ import annotations

from civic_ai.cards.pictures.curve import draw_curve, horizons
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

DURATIONS = City(question="durations")


def test_the_title_sets_what_was_seen_beside_what_was_predicted(page: MakePage) -> None:
    drawn = page(DURATIONS).pictures.gain
    assert drawn is not None
    assert drawn.title.striptags() == "After 90 days 91 of 100 cases are done; 93 were predicted"
    assert [row[0].striptags() for row in drawn.table.rows] == ["1", "7", "28", "90"]  # type: ignore[union-attr]


def test_nobody_knows_where_nothing_was_seen(page: MakePage) -> None:
    drawn = page(City(question="durations", known=False)).pictures.gain
    assert drawn is not None
    assert drawn.title == "Nobody knows yet how long it takes"


def test_only_the_champions_horizons_are_drawn(page: MakePage) -> None:
    seen = page(DURATIONS)
    assert {part.candidate for part in horizons(seen.records)} == {seen.records.evaluation.champion}
    assert draw_curve(page(City()).records, seen.teller) is None
