from __future__ import annotations

from civic_ai.core.messages import say
from civic_ai.review.step import refusal


def test_a_refusal_says_what_to_do() -> None:
    told = refusal(say("Ana trained it."), say("Ask Eva."), "review")
    assert told.text() == "review: Ana trained it.\n  Ask Eva."
