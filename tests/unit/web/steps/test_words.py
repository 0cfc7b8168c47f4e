"""Every field and every code of a step has its words."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from civic_ai.records.action import ACTIONS
from civic_ai.records.record import Record
from civic_ai.web.steps.words import CODES, HINTS, LABELS


def fields(record: type[Record]) -> Iterator[tuple[str, Any]]:
    """Name and type of every field, those of the parts too."""
    for name, info in record.model_fields.items():
        yield name, info.annotation
        for part in parts(info.annotation):
            yield from fields(part)


def parts(kind: Any) -> Iterator[type[Record]]:
    if isinstance(kind, type) and issubclass(kind, Record):
        yield kind
    for inner in get_args(kind):
        yield from parts(inner)


def codes(kind: Any) -> set[str]:
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return {code for inner in get_args(kind) for code in codes(inner)}
    return set()


@pytest.mark.parametrize("kind", ACTIONS)
def test_every_field_has_a_label_and_every_code_a_word(kind: str) -> None:
    for name, annotation in fields(ACTIONS[kind]):
        assert name in LABELS
        if name != "kind" and (found := codes(annotation)):
            assert found <= CODES[name].keys()


def test_nothing_is_labelled_that_no_step_has() -> None:
    known = {name for made in ACTIONS.values() for name, _ in fields(made)}
    assert LABELS.keys() == known
    assert HINTS.keys() <= known
