"""Who may say what beside the ledger: comments on a card, a coach's scores, the city's answers.

None of it binds and none of it is signed, so none of it is a step. Who may write, mark, settle and read is
decided here all the same; a page only asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from civic_ai.records.action import Appeal, RequestRenewal, Submit
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Person
from civic_ai.records.policy import Policy
from civic_ai.review.history import Event
from civic_ai.review.queue import is_blind
from civic_ai.review.steps import REVIEWERS, TEAM

SPEAKS_NOT: frozenset[BoardRole] = frozenset({"auditor"})
"""Roles that read and do not speak: an auditor who comments would audit the own words."""
ASKS_CHANGES: frozenset[BoardRole] = frozenset({"coach", "governance_officer", *REVIEWERS})
"""Roles that may mark a comment as a change that is needed. The board asks by its vote."""
NEVER = -1


class Spoken(Protocol):
    """Something that a person said about a dossier."""

    @property
    def by(self) -> str:
        """Who."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the person held when it was said."""

    @property
    def dossier(self) -> str:
        """About which dossier, by its digest."""

    @property
    def after(self) -> int:
        """How many entries the ledger had by then."""


def roles_of(case: Case, person: Person) -> tuple[BoardRole, ...]:
    """The roles that this person holds in the case; none for who has declared a conflict and left."""
    return () if person in case.recused else _held(case, person)


def may_speak(case: Case, person: Person) -> bool:
    """Whether this person may comment."""
    return bool(set(roles_of(case, person)) - SPEAKS_NOT)


def may_ask_change(case: Case, person: Person) -> bool:
    """Whether this person may mark a comment as a change that is needed."""
    return not ASKS_CHANGES.isdisjoint(roles_of(case, person))


def may_settle(case: Case, person: Person, began: Spoken) -> bool:
    """Whether this person may close a thread, or open it again: who began it, or a coach."""
    return may_speak(case, person) and (person == began.by or may_score(case, person))


def may_score(case: Case, person: Person) -> bool:
    """Whether this person may score the dossier by the rubric."""
    return "coach" in roles_of(case, person)


def may_answer_for_city(case: Case, person: Person) -> bool:
    """Whether this person may change the city's answers about the pilot."""
    return not set(TEAM).isdisjoint(roles_of(case, person))


def may_hear(spoken: Spoken, case: Case, round_began: int, person: Person, policy: Policy) -> bool:
    """Whether this person may read it.

    While first reviews are blind, what a reviewer says is as hidden as the review; only what was said of an
    earlier dossier, before this one was handed in (entry ``round_began``), may be read.
    """
    if spoken.by == person or not is_blind(case, policy):
        return True
    if set(REVIEWERS).isdisjoint((*spoken.roles, *_held(case, spoken.by))):
        return True
    return spoken.dossier != case.dossier and spoken.after <= round_began


def round_began(events: Iterable[Event]) -> int:
    """The number of the entry that handed in the dossier now before the reviewers; -1 where none did."""
    return max(_handed_in(events), default=NEVER)


def _handed_in(events: Iterable[Event]) -> Iterator[int]:
    for event in events:
        if isinstance(event.action, Submit | Appeal | RequestRenewal):
            yield event.step.number


def _held(case: Case, person: Person) -> tuple[BoardRole, ...]:
    return tuple(holder.role for holder in case.people if holder.person == person)
