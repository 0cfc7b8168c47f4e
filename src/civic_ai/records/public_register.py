"""The public register: one row a pilot, as a machine reads it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from civic_ai.records.case import State
from civic_ai.records.decision import Verdict
from civic_ai.records.levels import Level
from civic_ai.records.record import Record
from civic_ai.records.text import Text


class PublicVote(Record):
    """One vote as it is published; ``by`` only where the policy names voters."""

    verdict: str
    reason: str
    by: str | None = None
    dissent: str | None = None


class PublicDecision(Record):
    """One decision of the board as the public may read it."""

    question: str
    verdict: Verdict
    decided_on: date
    reason: str
    votes: tuple[PublicVote, ...]
    conditions: tuple[str, ...]
    waivers: tuple[str, ...]
    expires_on: date | None
    dossier: str
    policy: str


class Withheld(Record):
    """What is not in the public record, and why."""

    what: str
    why: str

    named_by = ("what",)


class RegisterRow(Record):
    """One pilot: what it is, where it stands, what was decided. ``cards``: names of its public pages."""

    pilot: str
    title: Text
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
    decisions: tuple[PublicDecision, ...]
    withheld: tuple[Withheld, ...]
    cards: tuple[str, ...]

    named_by = ("pilot",)


class Register(Record):
    """All pilots of a city. ``on``: the day for which it was made."""

    schema_version: Literal["register/1"] = "register/1"
    on: date
    ledger_size: int
    rows: tuple[RegisterRow, ...]
