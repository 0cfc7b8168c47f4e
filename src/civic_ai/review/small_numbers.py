"""Free text that the public will read, looked through for counts so small that they may point at a person.

Figures in cards are masked; what people write is not. So a number below the policy's least count is named to
whoever writes it, who words it otherwise or confirms it. Only digits are looked for: a heuristic, no proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from civic_ai.core.errors import Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import Action, CloseVote, Vote, Waive
from civic_ai.records.policy import Policy

_WHOLE = re.compile(r"(?<![\w.,:/-])\d+(?!\w|[.,:/-]\d|\s?%)")
"""A number of its own: no part of a date, a decimal, a share or a name."""


class SmallNumbersError(RefusedError):
    """Small numbers stand in what the public will read; whoever wrote them may confirm them."""


def public_texts(action: Action) -> Iterator[tuple[str, str]]:
    """Field and text of what the public record will show of a step as somebody wrote it."""
    if isinstance(action, CloseVote | Vote | Waive):
        yield "reason", action.reason
    if isinstance(action, Vote) and action.dissent is not None:
        yield "dissent", action.dissent
    if isinstance(action, CloseVote):
        yield from ((f"conditions.{one.id}", one.text) for one in action.conditions)


def require_no_small_numbers(action: Action, policy: Policy) -> None:
    """Raise :class:`SmallNumbersError` with each number in a public text from 1 up to the least count."""
    found = [
        Mistake(
            f"{action.kind}.{field}",
            say("the public will read this, and the count {number} may point at a person", number=number),
            remedy=say("Word it otherwise, or confirm it with --numbers-checked."),
        )
        for field, text in public_texts(action)
        for number in map(int, _WHOLE.findall(text))
        if 0 < number < policy.suppression.minimum
    ]
    if found:
        raise SmallNumbersError(found)
