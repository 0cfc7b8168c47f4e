from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.policy.impact_questionnaire import shipped_questionnaire
from civic_ai.records.impact_questions import ImpactQuestion, Scoring

QUESTIONS = shipped_questionnaire()


def test_the_most_is_the_highest_or_the_sum() -> None:
    assert QUESTIONS.questions["decisionSector1"].most == 8
    assert QUESTIONS.questions["aboutDataSource14"].most == 9
    assert QUESTIONS.questions["riskProfile4"].most == 4


def test_follow_ups_and_words() -> None:
    assert [one.id for one in QUESTIONS.follow_ups("aboutAlgorithm8")] == ["aboutAlgorithm8A"]
    assert list(QUESTIONS.follow_ups("riskProfile1")) == []
    sector = QUESTIONS.questions["decisionSector1"]
    assert QUESTIONS.word(sector, "health") == sector.words["health"]
    assert QUESTIONS.word(sector, "other") == QUESTIONS.frame.words["other"]
    share = QUESTIONS.questions["impact26"]
    assert QUESTIONS.word(share, "unsure") == share.words["unsure"] != QUESTIONS.frame.words["unsure"]


def test_screens_are_scope_stop_and_floors() -> None:
    frame = QUESTIONS.frame
    assert list(QUESTIONS.screens) == [one.id for one in (*frame.scope, *frame.stop, *frame.floors)]


@pytest.mark.parametrize(
    "change",
    [
        {"points": {}},
        {"points": {"yes": -1}},
        {"id": "no number"},
        {"asked_when": {"a1": ("b",), "c1": ("d",)}},
    ],
)
def test_a_question_is_bounded(change: dict[str, object]) -> None:
    sound = {"id": "q1", "asks": "What?", "points": {"yes": 1}}
    assert ImpactQuestion.model_validate(sound).most == 1
    with pytest.raises(ValidationError):
        ImpactQuestion.model_validate(sound | change)


def test_scoring_may_be_stricter_and_never_laxer() -> None:
    published = {"deduct_from": 0.8, "deduction": 0.15, "cuts": (0.25, 0.5, 0.75)}
    assert Scoring.model_validate(published | {"deduct_from": 1, "deduction": 0, "cuts": (0.1, 0.2, 0.3)})
    for laxer in (
        {"deduct_from": 0.79},
        {"deduction": 0.16},
        {"cuts": (0.26, 0.5, 0.75)},
        {"cuts": (0.2, 0.3, 0.8)},
    ):
        with pytest.raises(ValidationError):
            Scoring.model_validate(published | laxer)
