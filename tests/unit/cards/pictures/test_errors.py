from __future__ import annotations

from civic_ai.cards.pictures.errors import COLOURS
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

DEMAND = City(question="demand")


def test_places_are_counted_by_class(page: MakePage) -> None:
    drawn = page(DEMAND).pictures.errors
    assert drawn is not None
    assert drawn.title.striptags() == "Far more than predicted in 1 places, far less in 1"
    assert [row[1].striptags() for row in drawn.table.rows] == ["1", "1", "1", "0", "1"]  # type: ignore[union-attr]
    svg = drawn.svg.decode()
    assert all(COLOURS[name] in svg for name in ("far_more", "more", "as_predicted", "far_less"))


def test_the_public_sees_no_error_of_a_place(page: MakePage) -> None:
    assert page(DEMAND, "en", "public").pictures.errors is None
    assert page(City()).pictures.errors is None
