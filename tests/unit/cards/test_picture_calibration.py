from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.picture_calibration import draw_calibration
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("pass", "The numbers mean what they say"),
        ("fail", "The numbers do not mean what they say"),
        ("insufficient_evidence", "This data cannot tell"),
        ("unknown", "Nobody knows yet"),
    ],
)
def test_the_title_follows_the_verdict(page: MakePage, verdict: str, expected: str) -> None:
    seen = page(City())
    calibration = seen.records.evaluation.calibration.model_copy(update={"verdict": verdict})
    evaluation = seen.records.evaluation.model_copy(update={"calibration": calibration})
    drawn = draw_calibration(replace(seen.records, evaluation=evaluation), seen.teller)
    assert drawn.title.startswith(expected)


def test_every_bin_is_in_the_table_with_its_interval_and_n(page: MakePage) -> None:
    rows = page(City(), "es").pictures.calibration.table.rows
    assert [tuple(cell.striptags() for cell in row) for row in rows] == [  # type: ignore[union-attr]
        ("0,05", "0,05 (entre 0,03 y 0,07)", "3.000"),
        ("0,20", "0,20 (entre 0,18 y 0,22)", "1.200"),
        ("0,40", "0,39 (entre 0,37 y 0,41)", "400"),
        ("0,60", "0,59 (entre 0,57 y 0,61)", "90"),
    ]


def test_without_bins_it_still_draws_and_says_so(page: MakePage) -> None:
    drawn = page(City(known=False)).pictures.calibration
    assert drawn.table.rows == ()
    assert drawn.svg.startswith(b"<svg")
    assert "Nobody knows yet" in drawn.title
