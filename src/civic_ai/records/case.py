"""Where a pilot's case stands: computed from the actions alone, never written by hand."""

from __future__ import annotations

from datetime import date
from typing import Literal

from civic_ai.records.action import Review
from civic_ai.records.decision import Condition, CountedVote, Decision, Waiver
from civic_ai.records.levels import Level
from civic_ai.records.people import BoardRole, Digest, Duty, Holder, Person, Word
from civic_ai.records.record import Record

State = Literal[
    "unopened",
    "draft",
    "submitted",
    "triaged",
    "in_review",
    "returned",
    "board_pilot",
    "rejected",
    "approved_for_pilot",
    "pilot",
    "pilot_suspended",
    "pilot_evaluated",
    "board_use",
    "approved_for_use",
    "in_use",
    "use_suspended",
    "renewal_review",
    "board_renewal",
    "renewed",
    "lapsed",
    "voided",
    "stopped",
    "board_stop",
    "retired",
]
RUNNING: frozenset[State] = frozenset({"pilot", "in_use", "renewal_review", "board_renewal", "renewed"})
"""States in which an approved model may score."""


class Done(Record):
    """A person has done this duty in this case; it stays so, whatever roles change."""

    duty: Duty
    person: Person


class Meeting(Record):
    """A meeting of the board that has not ended: who is there, and the votes so far."""

    present: tuple[Person, ...]
    absent: tuple[Person, ...]
    votes: tuple[CountedVote, ...] = ()
    endorsed_by: Person | None = None

    def has_voted(self, person: Person) -> bool:
        """Whether this person's vote is in."""
        return any(vote.by == person for vote in self.votes)


class Case(Record):
    """The state of one pilot's case, and all that the next step depends on.

    ``dossier`` is the one under review or decision; the one that is approved stands in ``approval``.
    ``level_proposed`` and ``level_by`` wait for a second person; ``level`` is confirmed.
    """

    pilot: Word | None = None
    state: State = "unopened"
    people: tuple[Holder, ...] = ()
    done: tuple[Done, ...] = ()
    recused: tuple[Person, ...] = ()
    dossier: Digest | None = None
    refused_dossiers: tuple[Digest, ...] = ()
    open_gates: tuple[Word, ...] = ()
    level_proposed: Level | None = None
    level_by: Person | None = None
    level: Level | None = None
    reviews: tuple[Review, ...] = ()
    reproduced_by: Person | None = None
    waivers: tuple[Waiver, ...] = ()
    notice_on: date | None = None
    meeting: Meeting | None = None
    approval: Decision | None = None
    decisions: tuple[Decision, ...] = ()
    owed: tuple[Condition, ...] = ()
    complaints: tuple[Word, ...] = ()
    has_appealed: bool = False
    has_extended: bool = False

    def holders(self, role: BoardRole) -> tuple[Person, ...]:
        """Everybody in this role, in the order of assignment."""
        return tuple(holder.person for holder in self.people if holder.role == role)

    def has_role(self, person: Person, role: BoardRole) -> bool:
        """Whether this person holds this role now."""
        return person in self.holders(role)

    def duties_of(self, person: Person) -> frozenset[Duty]:
        """All that this person has done in this case."""
        return frozenset(done.duty for done in self.done if done.person == person)


UNOPENED = Case()
"""The case of a pilot of which the ledger says nothing."""
