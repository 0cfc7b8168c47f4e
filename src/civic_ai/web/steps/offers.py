"""Which steps a person may take in a case now, and in which roles. The domain layer says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Person
from civic_ai.records.policy import Policy
from civic_ai.review.grant_rules import gates_to_waive
from civic_ai.review.permissions import may_take
from civic_ai.review.queue import needs_not_met, waiting_for
from civic_ai.review.workflow import steps_in


@dataclass(frozen=True)
class Offer:
    """One step that a person may take. ``is_awaited``: the person is waited for; others are for cause."""

    kind: str
    is_awaited: bool


def offers(case: Case, person: Person, on: date, policy: Policy) -> tuple[Offer, ...]:
    """Every step that this person may take on that day and whose needs are met, those awaited first."""
    awaited = {turn.kind for turn in waiting_for(case, on, policy) if turn.person == person}
    possible = {step.kind for step in steps_in(case) if not needs_not_met(case, step, on, policy)}
    kinds = [kind for kind in ACTIONS if kind in possible and _is_theirs(case, person, kind, policy)]
    return tuple(Offer(kind, kind in awaited) for kind in sorted(kinds, key=lambda kind: kind not in awaited))


def _is_theirs(case: Case, person: Person, kind: str, policy: Policy) -> bool:
    """Whether a role of this person may take the step, and a waiver has a gate that this role may waive."""
    roles = roles_for(case, person, kind, policy)
    return bool(gates_to_waive(case, roles, policy) if kind == "waive" else roles)


def roles_for(case: Case, person: Person, kind: str, policy: Policy) -> tuple[BoardRole, ...]:
    """The roles in which this person may take that step now; a new case is opened by its owner."""
    if case.state == "unopened":
        return ("owner",) if kind == "open_case" else ()
    steps = [step for step in steps_in(case) if step.kind == kind]
    return tuple(
        holder.role
        for holder in case.people
        if holder.person == person and any(may_take(case, holder, step, policy) for step in steps)
    )
