from __future__ import annotations

from typing import get_args

from civic_ai.cards.render import CARDS as RENDERED
from civic_ai.records.case import State
from civic_ai.records.decision import Ballot, Question
from civic_ai.review.state_words import CARDS, QUESTIONS, STATES, VERDICTS


def test_every_state_question_and_verdict_has_a_word() -> None:
    assert set(STATES) == set(get_args(State))
    assert set(QUESTIONS) == set(get_args(Question))
    assert set(VERDICTS) == set(get_args(Ballot))


def test_every_card_that_is_made_can_be_listed() -> None:
    assert set(RENDERED) <= set(CARDS)
