from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from civic_ai.records.action import ACTIONS, CloseVote, Review, action_of, read_action
from tests.unit.review.made_case import PEOPLE, act, deed

GIVEN = {
    "open_case": {"people": PEOPLE},
    "assign": {"holder": ("new", "member")},
    "release": {"holder": ("mem", "member")},
    "declare_conflict": {"person": "mem"},
}


@pytest.mark.parametrize("kind", ACTIONS)
def test_an_action_is_read_back_as_it_was(kind: str) -> None:
    action = act(deed(kind, "ona", "owner", **GIVEN.get(kind, {})))
    assert action.kind == kind
    assert read_action(action.to_json()) == action
    assert read_action(action.to_json()).digest == action.digest
    assert action_of(action.model_dump(mode="json")) == action


@pytest.mark.parametrize("kind", ACTIONS)
def test_an_action_is_closed(kind: str) -> None:
    content = act(deed(kind, "ona", "owner", **GIVEN.get(kind, {}))).to_json()
    with pytest.raises(ValidationError):
        read_action(content[:-1] + b',"more":1}')
    with pytest.raises(ValidationError):
        action_of({**json.loads(content), "more": 1})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        read_action(b'{"kind":"bribe"}')


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_blank_reason_is_none(reason: str) -> None:
    content = act(deed("vote", "mem", "member")).to_json()
    with pytest.raises(ValidationError):
        read_action(content.replace(b'"because"', b'"' + reason.encode("unicode_escape") + b'"'))


@pytest.mark.parametrize("severity", ["note", "minor", "major", "blocking"])
def test_only_a_blocking_finding_blocks(severity: str) -> None:
    finding = {"id": "f", "severity": severity, "text": "t"}
    review = act(deed("review", "tec", "technical_reviewer"))
    assert isinstance(review, Review)
    whole = Review.model_validate({**review.model_dump(), "findings": [finding]})
    assert whole.is_blocking is (severity == "blocking")


def test_each_condition_is_named_once() -> None:
    given = deed(
        "close_vote", "cha", "chair", conditions=(("c", "ona", 9, "suspend"), ("d", "ona", 9, "suspend"))
    )
    assert isinstance(act(given), CloseVote)
    with pytest.raises(ValidationError, match="name each condition once"):
        act({**given, "conditions": (("c", "ona", 9, "suspend"), ("c", "off", 9, "suspend"))})
