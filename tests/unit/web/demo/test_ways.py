from __future__ import annotations

from typing import get_args

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import State
from civic_ai.review.steps import STEPS
from civic_ai.web.demo.people import in_role
from civic_ai.web.demo.ways import VOTES, WAYS, Deed
from civic_ai.web.demo.words import WORDS


def test_each_state_has_a_way_whose_steps_are_their_persons_to_take() -> None:
    assert set(WAYS) == set(get_args(State)) - {"unopened"}
    for way in WAYS.values():
        assert way[0].kind == "open_case"
        for deed in way:
            assert any(step.kind == deed.kind and deed.role in step.roles for step in STEPS), deed
            assert in_role(deed.role)
            assert deed.days >= 0


def test_a_deed_is_told_in_the_language_of_the_city() -> None:
    deed = Deed("vote", "chair", says={"verdict": "approve"}, words={"reason": "vote-chair"})
    assert deed == VOTES[0]
    assert deed.told("es") == {"verdict": "approve", "reason": WORDS["vote-chair"]["es"]}
    assert set(deed.told("pt")) <= ACTIONS["vote"].model_fields.keys()
