"""What a board decides, and to what exactly an approval is bound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from civic_ai.records.people import Digest, Person, Said, Word
from civic_ai.records.record import Record, Scalar

Question = Literal["G3", "G4", "G5", "G6"]
"""The gates at which the board votes: pilot, use, renewal, stop."""
Verdict = Literal["approve", "return", "reject", "extend"]
Ballot = Literal["approve", "return", "reject", "extend", "abstain"]


class Difference(Record):
    """One thing that is not what was approved: its name, what was approved, what was found."""

    name: str
    approved: Scalar
    found: Scalar

    named_by = ("name",)


class Binding(Record):
    """What an approval holds for; anything else needs a new one.

    ``capacity`` is the number of units acted on in one period (the threshold of a ranking).
    """

    dossier: Digest
    bundle: Digest
    contracts: dict[str, Digest]
    features: Digest
    capacity: int = Field(ge=1)
    area: Said
    use: Said
    ends_on: date


def differences(approved: Binding, found: Binding, capacity_share: float = 0.0) -> tuple[Difference, ...]:
    """What in ``found`` is not as ``approved``, in the order of the fields; empty: the approval holds.

    ``capacity_share`` (0 to 1) is the share by which the capacity may differ, up or down. A use that
    ends earlier than was approved is no difference.
    """
    return tuple(_differences(approved, found, capacity_share))


def _differences(approved: Binding, found: Binding, capacity_share: float) -> Iterator[Difference]:
    for name in ("dossier", "bundle"):
        yield from _unequal(name, getattr(approved, name), getattr(found, name))
    for source in sorted(approved.contracts.keys() | found.contracts.keys()):
        yield from _unequal(
            f"contracts.{source}", approved.contracts.get(source), found.contracts.get(source)
        )
    yield from _unequal("features", approved.features, found.features)
    if abs(found.capacity - approved.capacity) > capacity_share * approved.capacity:
        yield Difference(name="capacity", approved=approved.capacity, found=found.capacity)
    for name in ("area", "use"):
        yield from _unequal(name, getattr(approved, name), getattr(found, name))
    if found.ends_on > approved.ends_on:
        yield Difference(name="ends_on", approved=str(approved.ends_on), found=str(found.ends_on))


def _unequal(name: str, approved: Scalar, found: Scalar) -> Iterator[Difference]:
    if approved != found:
        yield Difference(name=name, approved=approved, found=found)


class Condition(Record):
    """A duty with a date: who owes what by when, what proves it, and what happens when it is missed."""

    id: Word
    text: Said
    owner: Person
    due_on: date
    proof: Said
    if_missed: Literal["report", "suspend"]

    named_by = ("id",)


class Waiver(Record):
    """A gate that did not pass and is accepted by a named person, for a reason, until a date."""

    gate: Word
    reason: Said
    grantor: Person
    ends_on: date

    named_by = ("gate",)


class CountedVote(Record):
    """How one member voted; ``dissent`` is what a member in the minority wants to be read."""

    by: Person
    verdict: Ballot
    reason: Said
    dissent: Said | None = None

    named_by = ("by",)


class Decision(Record):
    """The board's answer to one question about one dossier, with every vote."""

    question: Question
    dossier: Digest
    verdict: Verdict
    decided_on: date
    present: tuple[Person, ...]
    absent: tuple[Person, ...]
    recused: tuple[Person, ...]
    votes: tuple[CountedVote, ...]
    endorsed_by: Person | None = None
    conditions: tuple[Condition, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    expires_on: date | None = None
    binding: Binding | None = None
    policy: Digest

    def holds_on(self, day: date) -> bool:
        """Whether this is an approval that has not ended by ``day`` (its last day included).

        It ends with its own date, the end of its binding, or its first waiver, whichever comes first.
        """
        return self.ends_on is not None and day <= self.ends_on

    @property
    def ends_on(self) -> date | None:
        """The last day of the approval; None when nothing was approved."""
        if self.expires_on is None or self.binding is None:
            return None
        return min(self.expires_on, self.binding.ends_on, *(waiver.ends_on for waiver in self.waivers))
