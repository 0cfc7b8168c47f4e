from __future__ import annotations

from typing import get_args

import pytest

from civic_ai.cli import level_text as words
from civic_ai.cli.level_text import demands, level_text
from civic_ai.policy.impact_level import find_level
from civic_ai.records.impact_level import Why
from civic_ai.records.levels import (
    LEVELS,
    Cadence,
    FairnessGate,
    Majority,
    Notice,
    Privacy,
    Reasons,
    Training,
)
from tests.unit.policy.made_answers import POLICY, QUESTIONS, answer, answers_of, least


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (words.BECAUSE, Why),
        (words.CADENCES, Cadence),
        (words.MAJORITIES, Majority),
        (words.FAIRNESS, FairnessGate),
        (words.NOTICES, Notice),
        (words.EXPLANATIONS, Reasons),
        (words.TRAININGS, Training),
        (words.PRIVACY, Privacy),
    ],
)
def test_every_word_of_a_level_has_its_sentence(table: dict[str, object], kind: object) -> None:
    assert set(table) == set(get_args(kind))


def said(given: dict[str, object], language: str = "en") -> str:
    level = find_level(QUESTIONS, answers_of(given), POLICY)
    asks = None if level.level is None else POLICY.levels[level.level]
    return level_text(level, QUESTIONS, asks, language)


def test_floors_stand_before_points_and_the_highest_first() -> None:
    text = said(least() | {"moves-resources": answer("yes"), "housing": answer("unsure")})
    third = text.index("at least III: Does it weigh heavily in who gets a home or may lose one? not sure")
    second = text.index("at least II: Does it move service")
    assert third < second < text.index("risk: 14 of 167 points, level I by itself")


def test_stopped_and_not_covered_ask_nothing() -> None:
    stopped = said(least() | {"emotions": answer("yes")})
    assert "stopped: something that a city must not do" in stopped
    assert "stop: Does it guess what people feel from face, voice or body? yes" in stopped
    outside = said(least() | {"scores": answer("no")})
    assert "not covered" in outside
    assert "What level" not in stopped + outside


def test_what_is_open_is_counted_and_named() -> None:
    given = least() | {"riskProfile1": answer("unsure"), "fairnessDesign2": answer("yes")}
    del given["riskProfile2"]
    text = said(given)
    assert "counted as the riskier one (1)\n  riskProfile2: Do people" in text
    assert "Not sure; counted as the riskier answer (1)\n  riskProfile1: Is this" in text
    assert "counted for nothing (1)\n  fairnessDesign2: Is every" in text
    assert "Not answered" not in said(least())


def test_the_axes_are_not_mixed() -> None:
    assert "not how well it was tested" in said(least())


def test_each_level_says_what_the_one_below_does_not() -> None:
    asked = [{str(line) for line in demands(POLICY.levels[level])} for level in LEVELS]
    assert "It may not be tried as a pilot." in asked[3]
    assert all("It may not be tried as a pilot." not in lines for lines in asked[:3])
    for line in (
        "Open to public comment for 30 days.",
        "A person takes each final decision.",
        "Practised: going on without the model.",
        "Checked before that, after 6 months.",
        "Approved by the city manager, after more than half of all seats.",
        "Signals looked at every week, a report every month.",
    ):
        assert line in asked[2]
        assert line not in asked[1]
    assert "Reviewed by experts from outside, and published: 1." in asked[1]
    assert not any("outside" in line or "No waiver" in line or "analysis" in line for line in asked[0])


def test_questions_are_said_in_the_readers_language() -> None:
    text = said(least() | {"moves-resources": answer("yes")}, "es")
    assert QUESTIONS.screens["moves-resources"].asks.es in text
