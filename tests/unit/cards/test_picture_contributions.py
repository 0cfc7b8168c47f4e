from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.picture_contributions import draw_contributions
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_the_largest_family_is_the_finding_and_comes_first(page: MakePage) -> None:
    drawn = page(City()).pictures.contributions
    assert drawn.title == "What moves the scores most: history of the place"
    shares = [float(str(row[1]).split('value="')[1].split('"')[0]) for row in drawn.table.rows]
    assert shares == sorted(shares, reverse=True)


def test_unstable_families_are_hollow_and_said_to_be(page: MakePage) -> None:
    drawn = page(City()).pictures.contributions
    assert [str(row[3]) for row in drawn.table.rows] == ["yes", "yes", "yes", "no"]
    assert drawn.svg.decode().count('fill="white" stroke="#6b6b6b"') == 1


def test_directions_are_words(page: MakePage) -> None:
    rows = page(City(), "es").pictures.contributions.table.rows
    assert {row[2] for row in rows} == {
        "cuanto más, mayor el puntaje",
        "sube o baja el puntaje, según el caso",
    }


def test_nothing_explained_is_nothing_claimed(page: MakePage) -> None:
    seen = page(City())
    explanation = seen.records.explanation.model_copy(update={"families": ()})
    drawn = draw_contributions(replace(seen.records, explanation=explanation), seen.teller)
    assert drawn.title == "Nobody knows yet what moves the scores"
    assert drawn.table.rows == ()
