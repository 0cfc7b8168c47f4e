from __future__ import annotations

import pytest

from civic_ai.cards.public_notice import public_notice
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def said(page: MakePage, city: City, language: str = "en") -> dict[str, str]:
    """What stands below each question."""
    answers = public_notice(page(city, language, "public"))["answers"]
    return {str(asks): " ".join(str(line.striptags()) for line in lines) for asks, lines in answers}


def test_a_resident_reads_what_why_and_whom_to_ask(page: MakePage) -> None:
    told = said(page, City())
    assert list(told) == [
        "What is the city trying?",
        "What will never be done with it?",
        "Which data are used?",
        "How well does it work?",
        "Does it work less well for some?",
        "Who decides?",
        "How can I ask, object, or see more?",
    ]
    assert "Public Works plans the coming weeks' crew routes" in told["What is the city trying?"]
    assert "enforcement and ranking residents" in told["What will never be done with it?"]
    assert "data@example.org" in told["How can I ask, object, or see more?"]


def test_it_says_that_a_simple_rule_wins_and_who_is_served_less(page: MakePage) -> None:
    told = said(page, City(winner="rule", groups="unequal"))
    assert "The difference is too small to tell." in told["How well does it work?"]
    assert "Some groups are not served equally." in told["Does it work less well for some?"]


def test_it_decides_nothing_and_counts_the_open_questions(page: MakePage) -> None:
    told = said(page, City(known=False))["Who decides?"]
    assert "This page decides nothing." in told
    assert "not known" in told


@pytest.mark.parametrize("language", ["es", "pt"])
def test_it_speaks_the_residents_language(page: MakePage, language: str) -> None:
    english, told = said(page, City()), said(page, City(), language)
    assert len(told) == len(english)
    assert not set(told) & set(english)
