from __future__ import annotations

import re

import pytest

from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


@pytest.mark.parametrize(
    ("city", "expected"),
    [
        (City(), "the model finds more than the best simple rule"),
        (City(winner="rule"), "the model and the simple rule cannot be told apart"),
        (City(known=False), "Nobody knows yet whether the model finds more than the simple rule"),
    ],
)
def test_the_title_states_the_finding(page: MakePage, city: City, expected: str) -> None:
    assert expected in page(city).pictures.gain.title


def test_three_ways_of_choosing_are_drawn_and_named(page: MakePage) -> None:
    svg = page(City(), "pt").pictures.gain.svg.decode()
    assert all(f">{name}<" in svg for name in ("modelo", "regra simples", "ao acaso"))
    dashes = set(re.findall(r'stroke-dasharray="([^"]+)"', svg))
    assert {"6,3", "2,2"} <= dashes, "lines differ by more than colour"


def test_the_capacity_is_marked_and_named(page: MakePage) -> None:
    drawn = page(City()).pictures.gain
    assert "12 visits a period" in drawn.caption.striptags()
    assert 'data-fact="evaluation.capacity"' in drawn.caption


def test_the_table_holds_every_point_with_its_interval(page: MakePage) -> None:
    seen = page(City())
    table = seen.pictures.gain.table
    assert [cell.striptags() for cell, *_ in table.rows] == ["6", "12", "24", "48"]  # type: ignore[union-attr]
    assert table.rows[1][1].striptags() == "38% (between 36% and 40%)"  # type: ignore[union-attr]
    shown = sum(str(cell).count('.found.value"') for row in table.rows for cell in row)
    assert shown == len(seen.records.evaluation.capacity_curve)


def test_the_model_is_the_one_proposed(page: MakePage) -> None:
    """Where the champion is not the best on points, the curve is the champion's."""
    from dataclasses import replace

    from civic_ai.cards.pictures.capacity import draw_capacity

    seen = page(City())
    evaluation = seen.records.evaluation.model_copy(update={"champion": "poisson_glm"})
    table = draw_capacity(replace(seen.records, evaluation=evaluation), seen.teller).table
    assert table.columns[1] == "a Poisson regression"
    assert all(str(row[1]) == "Not measured" for row in table.rows)
