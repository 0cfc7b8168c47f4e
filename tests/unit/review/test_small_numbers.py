from __future__ import annotations

from typing import Any

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.records.action import Action
from civic_ai.review.small_numbers import require_no_small_numbers
from tests.unit.review.made_case import act, deed, policy


def step(kind: str, **changed: Any) -> Action:
    return act(deed(kind, "cha", "chair")).model_copy(update=changed)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3 families complained", ["3"]),
        ("All 10 of them, and 1 more.", ["10", "1"]),
        ("of 0 or 11 or 100 cases; 3.5 a day; on 2026-01-02 at 9:30; 5 % or 5%; G3; x2; 1/20", []),
        ("one in twenty", []),
    ],
)
@pytest.mark.parametrize("kind", ["vote", "close_vote", "waive"])
def test_a_small_count_in_what_the_public_reads_is_named(kind: str, text: str, numbers: list[str]) -> None:
    action = step(kind, reason=text)
    if not numbers:
        require_no_small_numbers(action, policy())
        return
    with pytest.raises(RefusedError) as refused:
        require_no_small_numbers(action, policy())
    assert [mistake.about for mistake in refused.value.mistakes] == [f"{kind}.reason"] * len(numbers)
    for mistake, number in zip(refused.value.mistakes, numbers, strict=True):
        assert f"the count {number} may point at a person" in mistake.text()
        assert "--numbers-checked" in mistake.text()


def test_dissent_and_conditions_are_public_too_and_a_comment_is_not() -> None:
    with pytest.raises(RefusedError, match=r"vote\.dissent: .*the count 2 "):
        require_no_small_numbers(step("vote", dissent="2 of us saw it"), policy())
    closing = act(deed("close_vote", "cha", "chair", conditions=(("drill", "ona", 9, "suspend"),)))
    [condition] = closing.conditions  # type: ignore[union-attr]
    told = closing.model_copy(update={"conditions": (condition.model_copy(update={"text": "Ask 4."}),)})
    with pytest.raises(RefusedError, match=r"close_vote\.conditions\.drill: .*the count 4 "):
        require_no_small_numbers(told, policy())
    require_no_small_numbers(act(deed("comment", "coa", "coach")).model_copy(update={"text": "7"}), policy())


def test_the_policys_own_least_count_rules() -> None:
    stricter = policy().model_copy(
        update={"suppression": policy().suppression.model_copy(update={"minimum": 5})}
    )
    require_no_small_numbers(step("vote", reason="5 came"), stricter)
    with pytest.raises(RefusedError, match="the count 4 "):
        require_no_small_numbers(step("vote", reason="4 came"), stricter)
