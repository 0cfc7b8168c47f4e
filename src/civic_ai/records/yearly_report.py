"""One year of a city's pilots as its ledger tells it. Nothing in it is typed by hand or estimated."""

from __future__ import annotations

from datetime import date
from typing import Literal

from civic_ai.records.case import State
from civic_ai.records.decision import Ballot, Question, Verdict
from civic_ai.records.record import Record

ConditionStatus = Literal["met", "met_late", "missed", "overdue", "open", "dropped"]
"""``missed``: the office said so; ``overdue``: its day has passed and nobody said anything; ``dropped``: a
new dossier or decision took its place."""
Ending = Literal["lapsed", "voided", "stopped", "refused", "replaced", "resubmitted"]
"""How an approval ended: its last day passed, something had changed, stopped for good, the board refused,
a new approval took its place, the team handed in another dossier."""


class YearlyDecision(Record):
    """One decision: how many voted how, who was there in numbers, and its entry on the ledger."""

    pilot: str
    question: Question
    verdict: Verdict
    decided_on: date
    votes: dict[Ballot, int]
    present: int
    absent: int
    recused: int
    entry: int


class YearlyCondition(Record):
    """One condition that was owed in the year, and what became of it by the report's last day."""

    pilot: str
    condition: str
    text: str
    due_on: date
    status: ConditionStatus
    closed_on: date | None = None


class YearlyWaiver(Record):
    """One gate that did not pass and is accepted under an approval in force."""

    pilot: str
    gate: str
    reason: str
    ends_on: date


class YearlyApproval(Record):
    """One approval in force on the report's last day, and the last day of its own."""

    pilot: str
    dossier: str
    decided_on: date
    ends_on: date


class YearlyEnding(Record):
    """One approval that ended in the year."""

    pilot: str
    ended_on: date
    how: Ending


class YearlyObjection(Record):
    """A resident's objection that was received, answered or open in the year."""

    pilot: str
    objection: str
    received_on: date
    answered_on: date | None = None
    is_upheld: bool | None = None


class YearlyReport(Record):
    """A year up to and with ``until``. ``first_entry`` and ``last_entry``: the year's steps on the ledger.

    ``states``: where each pilot stood on the last day. ``comments``: of residents; ``team_appeals``: against
    a refusal of the board; ``suspensions``: ordered by people or by a missed condition.
    """

    schema_version: Literal["yearly_report/1"] = "yearly_report/1"
    year: int
    until: date
    first_entry: int | None
    last_entry: int | None
    states: dict[str, State]
    decisions: tuple[YearlyDecision, ...]
    conditions: tuple[YearlyCondition, ...]
    waivers: tuple[YearlyWaiver, ...]
    approvals: tuple[YearlyApproval, ...]
    endings: tuple[YearlyEnding, ...]
    objections: tuple[YearlyObjection, ...]
    comments: int
    team_appeals: int
    suspensions: int
