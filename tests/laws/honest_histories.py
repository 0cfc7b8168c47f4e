"""Honest histories of a pilot, drawn step by step and signed on a ledger: who verifies finds nothing.

What may be done next is said by the independent specification, not by the workflow; the workflow must enter
it, the ledger keep it, and verification find no fault in the export. A coach co-signs now and then.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from civic_ai.records.action import Action
from civic_ai.review.history import PolicyOf
from civic_ai.review.keys import enrol
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_judged import judge_export
from civic_ai.review.office import Office
from civic_ai.review.witness import Witness
from tests.unit.review import specification as spec
from tests.unit.review.made_case import act, deed, world
from tests.unit.review.made_ledger import TRUST, WITNESS, cosign, key_file, said, seconds
from tests.unit.review.made_office import PILOT, TO_APPROVAL, Calendar, office_in
from tests.unit.review.test_workflow import HONEST

LONGEST = 40
"""Steps of a history, unless nothing is left to do before."""
SHARE_OF_STOPS = 0.05
LATEST = 150
"""Days after the first at most: approvals of the honest deeds end on day 200."""


@dataclass
class History:
    """One history as it grows: what the specification knows, and the office that enters it."""

    office: Office
    calendar: Calendar
    coach: Witness
    draw: random.Random
    facts: spec.World
    steps: int
    seen: int = 0
    said: list[Action] = field(default_factory=list)

    def somebody_acts(self) -> bool:
        """One honest step, on this day or a later one; whether there was one to take."""
        later = self.draw.choice((0, 0, 0, 1, 5, 31))
        self.calendar.number = min(LATEST, self.calendar.number + later)
        possible = [one for one in map(self._today, HONEST) if self._may(one)]
        leading = [one for one in possible if spec.after(self.facts, one) != self.facts]
        if not possible:
            return False
        one = self.draw.choice(leading or possible)
        self.said.append(act(one))
        self.office.enter(said(self.office.prepare(PILOT, self.said[-1]), key_file(one["by"])))
        self.facts, self.steps = spec.after(self.facts, one), self.steps + 1
        return True

    def _may(self, one: spec.Deed) -> bool:
        """Nobody says the same twice on one day; few stop a pilot."""
        stops = one["kind"] == "stop" and self.draw.random() > SHARE_OF_STOPS
        return not stops and spec.allowed(self.facts, one) and act(one) not in self.said

    def somebody_witnesses(self) -> None:
        """The coach sees the ledger as it stands."""
        cosign(self.office.ledger, self.coach, self.seen, seconds(self.calendar()))
        self.seen = len(self.office.ledger.entries())

    def _today(self, one: spec.Deed) -> spec.Deed:
        """The deed on this day; what is owed is due nine days later."""
        now = self.calendar.number
        owed = tuple(
            (name, owner, now + due, missed) for name, owner, due, missed in one.get("conditions", ())
        )
        return {**one, "at": now} | ({"conditions": owed} if owed else {})


@dataclass(frozen=True)
class Lived:
    """What a history came to, and what verification says of it."""

    steps: int
    state: str
    kinds: frozenset[str]
    faults: tuple[str, ...]
    agrees: bool
    """Whether the case on the ledger is what the specification knows."""


def live(folder: Path, seed: int) -> Lived:
    """One honest history in ``folder``, exported and verified with the policy that ruled it.

    Every second one begins with an approved pilot, which few histories reach by chance.
    """
    calendar = Calendar()
    office = office_in(folder, calendar)
    with office.ledger.writing() as book:
        book.append(said(enrol(key_file("new").public_key), key_file("off")))
    facts, begun = spec.World(), TO_APPROVAL if seed % 2 else TO_APPROVAL[:1]
    deeds = [deed(kind, by, role, **given) for kind, by, role, given in begun]
    for one in deeds:
        facts = spec.after(facts, one)
        office.enter(said(office.prepare(PILOT, act(one)), key_file(one["by"])))
    coach, draw = Witness(WITNESS, folder / "coach"), random.Random(seed)
    lived = History(office, calendar, coach, draw, facts, len(deeds), said=[act(one) for one in deeds])
    while lived.steps < LONGEST and lived.somebody_acts():
        if draw.random() < 0.1:
            lived.somebody_witnesses()
    return _judged(lived, office.policy_of)


def _judged(lived: History, policy_of: PolicyOf) -> Lived:
    found = judge_export(export(lived.office.ledger.snapshot()), policy_of, TRUST)
    case = lived.office.case(PILOT)
    kinds = frozenset(step.action.kind for step in lived.office.steps(PILOT))
    faults = tuple(f"{one.kind}: {one.says}" for one in found.findings if one.is_fault)
    return Lived(lived.steps, case.state, kinds, faults, world(case) == lived.facts)
