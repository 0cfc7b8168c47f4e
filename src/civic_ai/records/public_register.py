"""The public register: one row a pilot, as a machine reads it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from civic_ai.records.case import State
from civic_ai.records.decision import Ballot, Question, Verdict
from civic_ai.records.levels import Level
from civic_ai.records.people import BoardRole
from civic_ai.records.record import Record
from civic_ai.records.text import Text

WithheldThing = Literal["small-groups", "board-cards", "model-files", "names-of-voters"]
WithheldWhy = Literal["privacy", "security", "policy"]


class PublicVote(Record):
    """One vote as it is published; ``by`` only where the policy names voters."""

    verdict: Ballot
    reason: str
    by: str | None = None
    dissent: str | None = None


class PublicCondition(Record):
    """What is owed for an approval, by whom and until when. ``owner``: a role, for nobody is named."""

    condition: str
    text: str
    owner: BoardRole
    due_on: date


class PublicWaiver(Record):
    """A gate that did not pass and was accepted: what it asks, why it was accepted, and until when."""

    gate: str
    asks: Text | None
    reason: str
    ends_on: date


class PublicDecision(Record):
    """One decision of the board as the public may read it. ``entry``: its number on the ledger."""

    question: Question
    verdict: Verdict
    decided_on: date
    reason: str
    votes: tuple[PublicVote, ...]
    conditions: tuple[PublicCondition, ...]
    waivers: tuple[PublicWaiver, ...]
    expires_on: date | None
    dossier: str
    policy: str
    entry: int


class Withheld(Record):
    """What is not in the public record, and why. ``fields``: those of the pilot's record that it touches."""

    what: WithheldThing
    why: WithheldWhy
    fields: tuple[str, ...] = ()

    named_by = ("what",)


class RegisterRow(Record):
    """One pilot: what it is, where it stands, what was decided.

    ``use``: what the city does with the list. ``comment_days``: how long anybody may comment on the notice
    before the board meets. ``cards``: names of its public pages.
    """

    pilot: str
    title: Text
    use: Text
    owner: str
    contact: str
    state: State
    level: Level | None
    dossier: str
    is_ready: bool
    gates_passed: int
    gates_failed: int
    gates_unknown: int
    data_up_to: date | None
    holds_until: date | None
    comment_days: int
    decisions: tuple[PublicDecision, ...]
    withheld: tuple[Withheld, ...]
    cards: tuple[str, ...]

    named_by = ("pilot",)


class Unshown(Record):
    """A pilot that stands on the ledger and of which there is nothing to read yet."""

    pilot: str
    state: State

    named_by = ("pilot",)


class Register(Record):
    """All pilots of a city. ``on``: the day for which it was made; ``publisher``: who answers for it."""

    schema_version: Literal["register/1"] = "register/1"
    on: date
    publisher: str
    ledger_size: int
    rows: tuple[RegisterRow, ...]
    unshown: tuple[Unshown, ...] = ()
