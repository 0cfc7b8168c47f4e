"""What is next in a case, as pages say it: who is waited for, what is missing, which gates nobody waived."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message, say
from civic_ai.records.case import Case
from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.review.grant_rules import unwaived
from civic_ai.review.level import gate_name, may_waive
from civic_ai.review.queue import what_is_missing
from civic_ai.web.desk import Desk

NOBODY = say("nobody")


@dataclass(frozen=True)
class Waits:
    """One person is waited for, in one role, to do this."""

    person: str
    role: Message
    deed: Message
    kind: str


@dataclass(frozen=True)
class Lacks:
    """What a step needs and is not there."""

    deed: Message
    needs: tuple[Mistake, ...]


@dataclass(frozen=True)
class OpenGate:
    """A gate that did not pass and nobody waived; the role that may, and who holds it."""

    name: Message | str
    role: Message
    people: tuple[str, ...]


@dataclass(frozen=True)
class Next:
    """How a case can go on. ``gates``: while the board meets, those that keep it from approving."""

    waits: tuple[Waits, ...]
    lacks: tuple[Lacks, ...]
    gates: tuple[OpenGate, ...]


def next_in(desk: Desk, pilot: str) -> Next:
    """What is next in the case of this pilot, today."""
    case = desk.standing().case(pilot)
    turns = desk.turns_in(pilot)
    waits = tuple(Waits(turn.person, ROLES[turn.role], DEEDS[turn.kind], turn.kind) for turn in turns)
    return Next(waits, what_lacks(desk, case), () if case.meeting is None else open_gates(desk, case))


def what_lacks(desk: Desk, case: Case) -> tuple[Lacks, ...]:
    """What is missing before each step, said once where several verdicts lack the same."""
    found = what_is_missing(case, (), desk.today(), desk.policy)
    once = {(each.kind, tuple(str(need) for need in each.needs)): each for each in found if each.needs}
    return tuple(Lacks(DEEDS[each.kind], each.needs) for each in once.values())


def open_gates(desk: Desk, case: Case) -> tuple[OpenGate, ...]:
    """The gates of the case's dossier that did not pass and have no waiver that holds today."""
    return tuple(_gate(desk, case, gate) for gate in unwaived(case, desk.today()))


def _gate(desk: Desk, case: Case, gate: str) -> OpenGate:
    role, name = may_waive(desk.policy, case.level, gate), gate_name(desk.policy, gate)
    return OpenGate(name, NOBODY, ()) if role is None else OpenGate(name, ROLES[role], case.holders(role))
