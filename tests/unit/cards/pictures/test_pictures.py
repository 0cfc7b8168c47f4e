from __future__ import annotations

import pytest

from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_each_picture_is_drawn_once(page: MakePage) -> None:
    pictures = page(City()).pictures
    for name in ("groups", "gain", "calibration", "contributions", "splits", "map"):
        assert getattr(pictures, name) is getattr(pictures, name)


@pytest.mark.parametrize("city", [City(), City(known=False), City(groups="small"), City(units="areas")])
@pytest.mark.parametrize("audience", ["board", "public"])
def test_every_picture_says_what_it_shows(page: MakePage, city: City, audience: str) -> None:
    """A finding as its title, a text alternative, a caption that says what it means, and a full table."""
    pictures = page(city, "en", audience).pictures
    drawn = [*pictures.groups.values(), pictures.gain, pictures.calibration, pictures.contributions,
             pictures.splits, pictures.map]  # fmt: skip
    assert [picture.name for picture in drawn if picture] == [
        "groups-income_quartile", "capacity", "calibration", "contributions", "splits", "map",
    ]  # fmt: skip
    for picture in drawn:
        assert picture is not None
        assert len(picture.alternative.split()) >= 5
        assert "<" not in picture.alternative
        assert len(picture.caption.striptags().split()) >= 8
        assert picture.svg.startswith(b"<svg")
        assert all(len(row) == len(picture.table.columns) for row in picture.table.rows)
        assert len(picture.svg) < 60_000


def test_a_picture_for_each_attribute(page: MakePage) -> None:
    assert list(page(City()).pictures.groups) == ["income_quartile"]
