from __future__ import annotations

from typing import get_args

from civic_ai.records.case import State
from civic_ai.review.verdicts import ENDS, QUESTIONS
from tests.unit.review.cases import case_after, refusal_of
from tests.unit.review.made_case import deed
from tests.unit.review.scenes import at_the_board, voted


def test_each_question_can_be_answered_by_yes_and_by_sending_back() -> None:
    assert set(ENDS) == set(QUESTIONS) <= set(get_args(State))
    assert all({"approve", "return"} <= set(ends) for ends in ENDS.values())


def test_only_a_pilot_that_has_run_is_extended() -> None:
    assert [state for state, ends in ENDS.items() if "extend" in ends] == ["board_use"]
    case = case_after([*at_the_board("I"), voted("approve", "cha", "com", "mem")[0]])
    told = refusal_of(case, deed("vote", "mem", "member", verdict="extend"))
    assert "It can: approve, return to the team, refuse, abstain." in told
