"""What the board is asked, what it can answer, and where each answer leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import say
from civic_ai.records.action import Vote
from civic_ai.records.case import Case, State
from civic_ai.records.decision import Ballot, Question, Verdict
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import ANSWERS
from civic_ai.review.step import refusal

ABSTAIN: Ballot = "abstain"
QUESTIONS: Mapping[State, Question] = {
    "board_pilot": "G3",
    "board_use": "G4",
    "board_renewal": "G5",
    "board_stop": "G6",
}
"""What the board is asked in each of the states in which it meets."""
ENDS: Mapping[State, Mapping[Verdict, State]] = {
    "board_pilot": {"approve": "approved_for_pilot", "return": "returned", "reject": "rejected"},
    "board_use": {
        "approve": "approved_for_use",
        "extend": "approved_for_pilot",
        "return": "pilot_evaluated",
        "reject": "stopped",
    },
    "board_renewal": {"approve": "renewed", "return": "in_use", "reject": "stopped"},
    "board_stop": {"approve": "retired", "return": "stopped"},
}
"""Where each verdict leads from each question; a verdict that does not stand here cannot be voted."""


def verdict_is_possible(case: Case, action: Vote, policy: Policy) -> Iterator[Mistake]:
    """The verdict answers the question that the board has before it."""
    possible = ENDS[case.state]
    if action.verdict != ABSTAIN and action.verdict not in possible:
        yield refusal(
            say("The board cannot answer this question so: {verdict}.", verdict=ANSWERS[action.verdict]),
            say("It can: {verdicts}.", verdicts=tuple(ANSWERS[each] for each in (*possible, ABSTAIN))),
        )
