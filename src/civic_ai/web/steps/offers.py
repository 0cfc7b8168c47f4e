"""Which steps a person may take in a case now, and in which roles. The domain layer says so."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Person
from civic_ai.records.policy import Policy
from civic_ai.review.permissions import may_take
from civic_ai.review.queue import AWAITED
from civic_ai.review.workflow import steps_in


@dataclass(frozen=True)
class Offer:
    """One step that a person may take. ``is_awaited``: it takes the case further, others are for cause."""

    kind: str
    roles: tuple[BoardRole, ...]
    is_awaited: bool


def offers(case: Case, person: Person, policy: Policy) -> tuple[Offer, ...]:
    """Every step that this person may take, in the order in which a case meets them."""
    found = ((kind, roles_for(case, person, kind, policy)) for kind in ACTIONS)
    return tuple(Offer(kind, roles, kind in AWAITED) for kind, roles in found if roles)


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
