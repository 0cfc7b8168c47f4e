from __future__ import annotations

from datetime import date

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.policy.load import load_policy
from civic_ai.records.policy import Policy
from civic_ai.review.level import gate_name, may_waive, months_after, rules_at, workflow_of
from tests.unit.review.made_case import policy


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 24, date(2028, 11, 30)),
        (date(2026, 6, 1), 6, date(2026, 12, 1)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_without_a_level_the_highest_one_rules() -> None:
    assert rules_at(policy(), None) == rules_at(policy(), "IV")
    assert rules_at(policy(), "I") == policy().levels["I"]


def test_a_policy_without_workflow_or_levels_decides_nothing() -> None:
    bare = Policy(policy="p", version="1", gates=())
    with pytest.raises(ConfigError, match="how decisions are made"):
        workflow_of(bare)
    with pytest.raises(ConfigError, match="level II"):
        rules_at(bare, "II")


def test_who_may_waive_a_gate_and_where_the_level_says_nobody() -> None:
    shipped = load_policy()
    assert may_waive(shipped, "I", "contract-held") == "data_steward"
    assert may_waive(shipped, "II", "contract-held") is None
    assert may_waive(shipped, "II", "reaches-every-group") == "chair"
    assert may_waive(shipped, "II", "calibrated") == "technical_reviewer"
    assert may_waive(shipped, "III", "calibrated") is None
    assert may_waive(shipped, None, "calibrated") is None
    assert may_waive(shipped, "I", "labels-matured") is may_waive(shipped, "I", "no-such-gate") is None


def test_a_gate_is_named_with_its_question_in_the_readers_language() -> None:
    asks = next(gate.asks for gate in load_policy().gates if gate.id == "calibrated")
    named = say("{gate}", gate=gate_name(load_policy(), "calibrated"))
    assert named.text("en") == "calibrated (Do the numbers mean what they say?)"
    assert named.text("es") == f"calibrated ({asks.in_language('es')})"
    assert gate_name(load_policy(), "no-such-gate") == "no-such-gate"
