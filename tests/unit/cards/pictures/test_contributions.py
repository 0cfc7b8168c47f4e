from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.pictures.contributions import draw_contributions
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
        "cuando crece, el puntaje sube",
        "sin una sola dirección: sube algunos puntajes y baja otros",
    }


def test_nothing_explained_is_nothing_claimed(page: MakePage) -> None:
    seen = page(City())
    explanation = seen.records.explanation.model_copy(update={"families": ()})
    drawn = draw_contributions(replace(seen.records, explanation=explanation), seen.teller)
    assert drawn.title == "Nobody knows yet what moves the scores"
    assert drawn.table.rows == ()


def test_a_family_has_a_direction_only_where_more_of_it_means_one_thing(page: MakePage) -> None:
    """A season has no "more"; counts that pull both ways have no one direction."""
    seen = page(City())
    explanation = seen.records.explanation
    raised = tuple(part.model_copy(update={"direction": "raises"}) for part in explanation.families)
    split = explanation.contributions[0].model_copy(update={"feature": "count_7", "direction": "lowers"})
    none = "no one direction: it raises some scores and lowers others"

    def directions(**changes: object) -> list[object]:
        records = replace(seen.records, explanation=explanation.model_copy(update=changes))
        return [row[2] for row in draw_contributions(records, seen.teller).table.rows]

    agreed = ["as it grows, the score rises", "as it grows, the score rises", none, none]
    assert directions(families=raised) == agreed
    contributions = (*explanation.contributions, split)
    assert directions(families=raised, contributions=contributions) == [none, *agreed[1:]]
