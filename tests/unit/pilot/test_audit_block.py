"""The part of a pilot on the audit: what may stand there, and what stands there unless it is said."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from civic_ai.pilot.audit_block import Audit, Chosen
from civic_ai.pilot.describe import describe
from tests.unit.audit.made import QUARTERS


def _audit(**changes: Any) -> Audit:
    return Audit.model_validate({"attributes": {"quarter": QUARTERS}} | changes)


def test_nothing_more_is_looked_at_unless_it_is_asked_for() -> None:
    audit = _audit()
    assert (audit.chosen, audit.intersections, audit.search_slices) == (None, (), False)
    assert audit.reporting.method == "none"


@pytest.mark.parametrize(
    "changes",
    [
        {"intersections": [["quarter"]]},
        {"intersections": [["a", "b", "c"]]},
        {"chosen": {"by": "", "why": "x", "metrics": ["recall"]}},
        {"chosen": {"by": "the board", "metrics": ["recall"]}},
        {"chosen": {"by": "the board", "why": "x", "metrics": []}},
        {"attributes": {}},
        {"search": True},
    ],
)
def test_halves_of_an_answer_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _audit(**changes)


def test_why_is_text_for_people() -> None:
    chosen = Chosen.model_validate({"by": "the board", "why": {"en": "a", "es": "b"}, "metrics": ["recall"]})
    assert chosen.why.in_language("es") == "b"


def test_describe_says_a_sentence_for_each() -> None:
    said = {line.name: line.about for line in describe("audit")}
    assert {"audit.chosen.by", "audit.chosen.why", "audit.intersections", "audit.search_slices"} <= set(said)
    assert all(said.values())
