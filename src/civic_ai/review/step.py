"""The shape of one row of the workflow's table, and of the rules and changes that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message
from civic_ai.records.case import Case, State
from civic_ai.records.people import BoardRole, Duty
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_policy import GateId

Need = Callable[[Case, date, Policy], Iterator[Mistake]]
"""What must be so on that day, whoever asks: reviews in, notice long enough."""
Rule = Callable[[Case, Any, Policy], Iterator[Mistake]]
"""What must be so of the action itself: one vote each, a waiver for each open gate."""
Change = Callable[[Case, Any, Policy], Mapping[str, object]]
"""The fields of the case that the action changes; the state itself stands in the table."""


@dataclass(frozen=True)
class Step:
    """In these states, this action by one of these roles, leads there (``to`` None: the state stays).

    ``outcome`` tells rows of one kind apart (a verdict). ``gate``: the policy's evidence for it must be
    answered. ``duty``: what the person does by it, kept apart from other duties.
    """

    kind: str
    states: tuple[State, ...]
    to: State | None
    roles: tuple[BoardRole, ...]
    outcome: str | None = None
    gate: GateId | None = None
    duty: Duty | None = None
    needs: tuple[Need, ...] = ()
    rules: tuple[Rule, ...] = ()
    change: Change | None = None


def refusal(says: Message, remedy: Message, about: str = "") -> Mistake:
    """One reason why the answer is no, with what to do about it."""
    return Mistake(about, says, remedy=remedy)
