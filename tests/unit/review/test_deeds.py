from __future__ import annotations

import pytest

from civic_ai.records.action import ACTIONS
from civic_ai.records.workflow_words import DEEDS
from civic_ai.review.deeds import deed_of
from tests.unit.review.made_case import act, deed, policy


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("waive", {"gate": "g-chair"}, "waive a gate: g-chair"),
        ("miss_condition", {"condition": "lot"}, "record that a condition is missed: lot"),
        ("meet_condition", {"condition": "lot"}, "record that a condition is met: lot"),
        ("answer_resident", {"appeal": "elm"}, "answer a resident's objection: elm"),
        ("confirm_level", {"level": "II"}, "confirm the impact level: II"),
        ("declare_conflict", {"person": "com"}, "declare a conflict of interest: com"),
        ("release", {"holder": ("mem", "member")}, "take a role from somebody: mem, a member of the board"),
        ("vote", {}, "vote"),
    ],
)
def test_a_step_says_what_it_is_about(kind: str, given: dict[str, object], told: str) -> None:
    assert deed_of(act(deed(kind, "off", "governance_officer", **given))).text("en") == told


def test_a_gate_is_told_as_the_policy_asks_it() -> None:
    waived = act(deed("waive", "cha", "chair", gate="g-chair"))
    assert deed_of(waived, policy()).text("en") == "waive a gate: g-chair (Is g-chair met?)"


def test_every_step_has_words() -> None:
    assert DEEDS.keys() == ACTIONS.keys()
