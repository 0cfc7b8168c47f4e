"""A statement in plain words: what somebody signs, field by field, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic_ai.core.messages import Message, say
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.action import Act
from civic_ai.records.ledger import KeyKind
from civic_ai.records.policy import Policy
from civic_ai.records.record import Record
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.review.keys import read_enrolment
from civic_ai.review.level import gate_question
from civic_ai.review.statement import Statement
from civic_ai.web.drafts.models import Draft
from civic_ai.web.steps.words import CODES, LABELS, YES_NO

SAID_ABOVE = frozenset({"kind", "by", "role", "at"})
"""Who does what and when stands in the first sentence."""
KINDS: Mapping[KeyKind, Message] = {
    "ed25519": say("a key file"),
    "ssh": say("an OpenSSH key"),
    "passkey": say("a passkey"),
    "server": say("a key of the desk, for the account: weaker"),
}
DIGEST_LETTERS = 64
Told = Message | str | date | tuple[Message | str, ...]
"""A value in words; several: a list."""
NOTHING = say("none")
FIRST = ("verdict", "gate", "person")
"""What the step decides stands before its reason."""


@dataclass(frozen=True)
class Line:
    """One field in words. ``depth``: how far inside another it stands; ``is_code``: a digest."""

    label: Message
    told: Told
    depth: int = 0
    is_code: bool = False


def first_sentence(draft: Draft) -> Message:
    """Who does what."""
    action = draft.action
    if action is None:
        return say("You, {person}, enrol this key on the ledger. Its holder can sign with it afterwards.",
                   person=draft.member.person)  # fmt: skip
    return say(
        "You, {person}, as {role}, sign this step in the case of {pilot}: {deed}.",
        person=action.by,
        role=ROLES[action.role],
        pilot=draft.pilot,
        deed=DEEDS[action.kind],
    )


def key_lines(statement: Statement) -> tuple[Line, ...]:
    """What an enrolment says."""
    said = read_enrolment(statement)
    if said is None:
        return ()
    return (
        Line(say("Holder"), said.key.holder),
        Line(say("Kind of key"), KINDS[said.key.kind]),
        Line(say("The key, by its id"), said.key.id, is_code=True),
    )


def told_lines(action: Act, policy: Policy) -> tuple[Line, ...]:
    """Every field of a step that its first sentence does not say; gates as the policy asks them."""
    names = sorted((name for name in type(action).model_fields if name not in SAID_ABOVE), key=_place)
    fields = ((name, getattr(action, name)) for name in names if getattr(action, name) or name not in _LAST)
    return tuple(line for name, value in fields for line in _lines(name, _named(name, value, policy), 0))


def _named(name: str, value: Any, policy: Policy) -> Any:
    """Gates and fields of the record by their words; anything else as it is."""
    if name == "gate":
        return _worded(value, gate_question(policy, value))
    if name == "open_gates":
        return tuple(_worded(gate, gate_question(policy, gate)) for gate in value)
    return tuple(map(_field, value)) if name == "answered" else value


def _field(name: str) -> Message | str:
    found = shipped_crosswalk().fields.get(name)
    return _worded(name, name if found is None else found.name)


def _worded(code: str, words: Text | str) -> Message | str:
    """What people call it, and the code by which the signed statement does."""
    return code if words == code else say("{words} ({code})", words=words, code=code)


_LAST = ("again", "open_gates", "answered", "dossier")
"""What ledger and files say stands below what the person says; nothing where they say nothing."""


def _place(name: str) -> int:
    if name in FIRST:
        return -2
    return _LAST.index(name) if name in _LAST else -1


def _lines(name: str, value: Any, depth: int) -> Iterator[Line]:
    if isinstance(value, Record):
        yield Line(LABELS[name], "", depth)
        for inner in type(value).model_fields:
            yield from _lines(inner, getattr(value, inner), depth + 1)
    elif isinstance(value, tuple) and any(isinstance(each, Record) for each in value):
        for each in value:
            yield from _lines(name, each, depth)
    elif isinstance(value, dict):
        yield Line(LABELS[name], ", ".join(f"{key} {each}" for key, each in value.items()), depth, True)
    elif value is not None:
        yield Line(LABELS[name], _told(name, value), depth, _is_digest(value))


def _told(name: str, value: Any) -> Told:
    if isinstance(value, bool):
        return YES_NO[str(value).lower()]
    if isinstance(value, tuple):
        return value or NOTHING
    if isinstance(value, date | Message):
        return value
    words: Told = CODES.get(name, {}).get(value, str(value))
    return words


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == DIGEST_LETTERS and set(value) <= set("0123456789abcdef")
