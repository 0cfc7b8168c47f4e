"""Nothing that is signed is left out of its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from civic_ai.core.messages import Message
from civic_ai.policy.load import load_policy
from civic_ai.records.action import ACTIONS, Act
from civic_ai.review.keys import enrol, revoke
from civic_ai.web.steps.statement_words import NOTHING, SAID_ABOVE, key_lines, told_lines
from civic_ai.web.steps.words import CODES, LABELS, YES_NO
from tests.unit.review.made_case import COMMUNITY, PEOPLE, act, deed, policy
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


def shown(told: Any) -> str:
    """What stands on the page; a day as the record has it."""
    return ", ".join(map(str, told)) if isinstance(told, tuple) else str(told)


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
    said = "\n".join(shown(line.told) for line in told_lines(action, policy()))
    body = action.model_dump(exclude=set(SAID_ABOVE))
    for value in scalars(body):
        assert any(word in said for word in told(value)), (kind, value)


@pytest.mark.parametrize("kind", ["vote", "waive", "close_vote", "declare_conflict", "return_case"])
def test_what_is_chosen_stands_before_its_reason(kind: str) -> None:
    labels = [
        line.label for line in told_lines(act(deed(kind, "cha", "chair", **GIVEN.get(kind, {}))), policy())
    ]
    asked = ACTIONS[kind].model_fields
    chosen = next((LABELS[name] for name in ("verdict", "gate", "person") if name in asked), None)
    assert labels[0] == (chosen or LABELS["reason"])
    assert chosen is None or labels[1] == LABELS["reason"]


def test_what_the_files_say_stands_last_and_nothing_of_it_is_not_said() -> None:
    lines = told_lines(act(deed("vote", "cha", "chair")), policy())
    assert [line.is_code for line in lines][-1]
    quiet = told_lines(act(deed("vote", "cha", "chair", answered=())), policy())
    assert len(quiet) == len(lines) - 1


def test_what_was_said_before_is_told_where_it_was() -> None:
    vote = act(deed("vote", "cha", "chair"))
    assert LABELS["again"] not in [line.label for line in told_lines(vote, policy())]
    lines = {line.label: line.told for line in told_lines(vote.model_copy(update={"again": 2}), policy())}
    assert lines[LABELS["again"]] == "2"


def test_gates_and_fields_are_named_by_their_words() -> None:
    handed_in = act(deed("submit", "ona", "owner", gates=("beats-simple-rule", "unheard-of"))).model_copy(
        update={"answered": ("A01", "Z99")}
    )
    lines = {str(line.label): line.told for line in told_lines(handed_in, load_policy())}
    gates, fields = lines["Gates that did not pass"], lines["Fields answered with evidence"]
    assert list(map(str, gates)) == [
        "Is it better than the simplest rule that the city could use? (beats-simple-rule)",
        "unheard-of",
    ]
    assert list(map(str, fields)) == ["System name (A01)", "Z99"]
    waived = told_lines(handed_in_waiver(), load_policy())[0].told
    assert isinstance(waived, Message)
    assert waived.text("es").startswith("¿Es mejor que")


def handed_in_waiver() -> Act:
    """A waiver of a gate that the starter policy knows."""
    return act(deed("waive", "cha", "chair")).model_copy(update={"gate": "beats-simple-rule"})


def test_nobody_absent_is_said() -> None:
    lines = {
        str(line.label): line.told for line in told_lines(act(deed("open_meeting", "cha", "chair")), policy())
    }
    assert lines["Who is absent"] == NOTHING


def test_days_stay_days_so_that_they_are_written_out() -> None:
    lines = told_lines(act(deed("waive", "cha", "chair")), policy())
    assert any(isinstance(line.told, date) for line in lines)


def test_an_enrolment_says_whose_key_it_is() -> None:
    key = key_file("Ana").public_key
    assert [line.told for line in key_lines(enrol(key))][::2] == ["Ana", key.id]
    assert key_lines(revoke(key.id, "lost")) == ()


def test_what_a_step_decides_stands_before_its_reason() -> None:
    for kind in ("vote", "waive"):
        assert str(told_lines(act(deed(kind, "cha", "chair")), policy())[0].label) in ("Verdict", "The gate")
