"""A statement in plain words: what somebody signs, field by field, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic_ai.core.messages import Message, say
from civic_ai.records.action import Act
from civic_ai.records.record import Record
from civic_ai.web.steps.words import CODES, LABELS, YES_NO

SAID_ABOVE = frozenset({"kind", "by", "role", "at"})
"""Who does what and when stands in the first sentence."""
DIGEST_LETTERS = 64
Told = Message | str | date
NOTHING = say("none")


@dataclass(frozen=True)
class Line:
    """One field in words. ``depth``: how far inside another it stands; ``is_code``: a digest."""

    label: Message
    told: Told
    depth: int = 0
    is_code: bool = False


def told_lines(action: Act) -> tuple[Line, ...]:
    """Every field of a step that its first sentence does not say."""
    fields = ((name, getattr(action, name)) for name in type(action).model_fields if name not in SAID_ABOVE)
    return tuple(line for name, value in fields for line in _lines(name, value, 0))


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
        return ", ".join(value) or NOTHING
    if isinstance(value, date):
        return value
    words: Told = CODES.get(name, {}).get(value, str(value))
    return words


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == DIGEST_LETTERS and set(value) <= set("0123456789abcdef")
