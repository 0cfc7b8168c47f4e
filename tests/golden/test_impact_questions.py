"""Ids, points and maxima of the impact questions against the published tool's own file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from civic_ai.policy.impact_questionnaire import shipped_questionnaire
from tests.golden.real_cities import DATA

FILE = DATA.parent / "governance" / "aia_questions.json"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not FILE.is_file(), reason=f"no file {FILE}: set CIVIC_AI_DATA to the folder beside it"
    ),
]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


def scored(published: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in published["questions"] if one["kind"] != "not_scored"]


def test_all_160_stand_there_with_their_points(published: dict[str, Any]) -> None:
    ours = {
        one.id: (
            page.page,
            page.counts_as,
            one.several,
            [float(points) for points in one.points.values()],
            one.most,
        )
        for page in shipped_questionnaire().pages
        for one in page.questions
    }
    theirs = {
        one["id"]: (
            one["page"],
            one["kind"],
            one["type"] == "checkbox",
            [float(choice["points"]) for choice in one["choices"]],
            one["max"],
        )
        for one in scored(published)
    }
    assert len(theirs) == 160
    assert ours == theirs


def test_each_is_asked_when_the_published_one_is(published: dict[str, Any]) -> None:
    """Choices by their position: the published condition names values, ours names words."""
    theirs = {one["id"]: one for one in scored(published)}
    phases = {"design": "item1", "implementation": "item2"}
    ours = shipped_questionnaire().questions

    def published_value(parent: str, choice: str) -> str:
        return str(theirs[parent]["choices"][list(ours[parent].points).index(choice)]["value"])

    for question in ours.values():
        conditions = {
            f'{{{parent}}} = "{published_value(parent, choice)}"'
            for parent, choices in question.asked_when.items()
            for choice in choices
        }
        if not conditions and question.phase:
            conditions = {f'{{projectDetailsPhase}} = "{phases[question.phase]}"'}
        shown_if = theirs[question.id]["shown_if"]
        assert conditions == set(shown_if.split(" or ") if shown_if else ()), question.id


def test_the_scoring_is_the_published_one(published: dict[str, Any]) -> None:
    rule, ours = published["scoring"], shipped_questionnaire()
    assert (ours.raw_max, ours.mitigation_max) == (rule["raw_max"], rule["mitigation_max_one_phase"])
    assert ours.frame.scoring.deduct_from == rule["deduction_if_mitigation_at_least"]
    assert ours.frame.scoring.deduction == rule["deduction"]
    assert list(ours.frame.scoring.cuts) == rule["level_cuts_fraction_of_raw_max"]


def test_no_wording_is_the_published_one(published: dict[str, Any]) -> None:
    """At most a quarter of a question's runs of four words, and no choice of four words, stand in theirs."""
    for theirs in scored(published):
        ours = shipped_questionnaire().questions[theirs["id"]]
        said = runs(ours.asks.in_language("en"))
        assert len(said & runs(theirs["en"])) <= len(said) / 4, ours.id
        choices = {choice["en"].lower() for choice in theirs["choices"] if len(choice["en"].split()) > 3}
        assert not choices & {text.in_language("en").lower() for text in ours.words.values()}, ours.id


def runs(text: str) -> set[tuple[str, ...]]:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return {tuple(words[at : at + 4]) for at in range(len(words) - 3)}
