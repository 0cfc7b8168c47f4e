from __future__ import annotations

from civic_ai.cards.pictures.splits import _bars
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_bars_follow_each_other_without_overlap(page: MakePage) -> None:
    seen = page(City())
    for split in seen.records.predictions.splits:
        bars = _bars(split, seen.teller)
        assert len(bars) == 3
        assert [bar["to"] for bar in bars[:-1]] == [bar["from"] for bar in bars[1:]]
        assert all(bar["from"] < bar["to"] for bar in bars)
        assert bars[1]["from"] > split.training.last.isoformat()
        assert bars[2]["from"] == f"{split.test.first}T12:00:00"


def test_the_lockbox_has_its_own_colour_and_word(page: MakePage) -> None:
    drawn = page(City(), "es").pictures.splits
    svg = drawn.svg.decode()
    assert "reservado: visto una vez" in svg
    assert drawn.table.rows[-1][0] == "Reservado"


def test_dates_and_horizon_stand_in_words(page: MakePage) -> None:
    drawn = page(City()).pictures.splits
    assert "28 days" in drawn.caption.striptags()
    assert drawn.table.rows[0][2].striptags() == "June 5, 2017 to November 27, 2017"  # type: ignore[union-attr]
    assert len(drawn.table.rows) == len(page(City()).records.predictions.splits)
