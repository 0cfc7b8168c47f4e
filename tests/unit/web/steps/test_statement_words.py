"""Nothing that is signed is left out of its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from civic_ai.records.action import ACTIONS
from civic_ai.review.keys import enrol, revoke
from civic_ai.web.steps.statement_words import NOTHING, SAID_ABOVE, key_lines, told_lines
from civic_ai.web.steps.words import CODES, LABELS, YES_NO
from tests.unit.review.made_case import COMMUNITY, PEOPLE, act, deed
from tests.unit.review.made_ledger import key_file

GIVEN: dict[str, dict[str, Any]] = {
    "open_case": {"people": PEOPLE, "community": COMMUNITY},
    "assign": {"holder": ("new", "coach")},
    "release": {"holder": ("coa", "coach")},
    "declare_conflict": {"person": "mem"},
    "review": {"blocking": True},
    "close_vote": {"conditions": (("c", "ona", 30, "report"),)},
}


def scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from scalars(inner)
    elif value is not None:
        yield value


def told(name_and_value: Any) -> set[str]:
    """How a scalar may be told: itself, its word, or the day."""
    words = {str(name_and_value)}
    for table in (*CODES.values(), YES_NO):
        key = str(name_and_value).lower() if isinstance(name_and_value, bool) else name_and_value
        words |= {str(table[key])} if key in table else set()
    return words


@pytest.mark.parametrize("kind", ACTIONS)
def test_every_value_of_a_step_is_told(kind: str) -> None:
    action = act(deed(kind, "cha", "chair", **GIVEN.get(kind, {})))
    said = "\n".join(str(line.told) for line in told_lines(action))
    body = action.model_dump(exclude=set(SAID_ABOVE))
    for value in scalars(body):
        assert any(word in said for word in told(value)), (kind, value)


@pytest.mark.parametrize("kind", ["vote", "waive", "close_vote", "declare_conflict", "return_case"])
def test_what_is_chosen_stands_before_its_reason(kind: str) -> None:
    labels = [line.label for line in told_lines(act(deed(kind, "cha", "chair", **GIVEN.get(kind, {}))))]
    asked = ACTIONS[kind].model_fields
    chosen = next((LABELS[name] for name in ("verdict", "gate", "person") if name in asked), None)
    assert labels[0] == (chosen or LABELS["reason"])
    assert chosen is None or labels[1] == LABELS["reason"]


def test_what_the_files_say_stands_last_and_nothing_of_it_is_not_said() -> None:
    lines = told_lines(act(deed("vote", "cha", "chair")))
    assert [line.is_code for line in lines][-1]
    quiet = told_lines(act(deed("vote", "cha", "chair", answered=())))
    assert len(quiet) == len(lines) - 1


def test_nobody_absent_is_said() -> None:
    lines = {str(line.label): line.told for line in told_lines(act(deed("open_meeting", "cha", "chair")))}
    assert lines["Who is absent"] == NOTHING


def test_days_stay_days_so_that_they_are_written_out() -> None:
    lines = told_lines(act(deed("waive", "cha", "chair")))
    assert any(isinstance(line.told, date) for line in lines)


def test_an_enrolment_says_whose_key_it_is() -> None:
    key = key_file("Ana").public_key
    assert [line.told for line in key_lines(enrol(key))][::2] == ["Ana", key.id]
    assert key_lines(revoke(key.id, "lost")) == ()
