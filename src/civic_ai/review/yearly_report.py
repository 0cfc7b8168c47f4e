"""The yearly report: counted from the steps on the ledger, and from nothing else.

Each step is told with the case before and after it, so that what a step ended can be seen. Anybody who has
the ledger and its policies makes the same report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civic_ai.records.action import (
    AnswerResident,
    Appeal,
    CloseVote,
    MeetCondition,
    MissCondition,
    PublicComment,
    ResidentAppeal,
)
from civic_ai.records.case import Case
from civic_ai.records.decision import Condition, Decision
from civic_ai.records.yearly_report import (
    ConditionStatus,
    Ending,
    YearlyApproval,
    YearlyCondition,
    YearlyDecision,
    YearlyEnding,
    YearlyObjection,
    YearlyReport,
    YearlyWaiver,
)
from civic_ai.review.history import Event

SUSPENDED = frozenset({"pilot_suspended", "use_suspended"})
ENDINGS: Mapping[str, Ending] = {
    "void": "voided", "stop": "stopped", "submit": "resubmitted", "appeal": "resubmitted"
}  # fmt: skip
"""How each kind of step ends an approval; a vote's ending follows from its verdict."""


def yearly_reports(events: Sequence[Event], on: date) -> tuple[YearlyReport, ...]:
    """One report a year, from the first step's to that of ``on``, the last year first; none without steps."""
    years = range(min(event.on.year for event in events), on.year + 1) if events else range(0)
    return tuple(yearly_report(events, year, on) for year in reversed(years))


def yearly_report(events: Iterable[Event], year: int, on: date) -> YearlyReport:
    """The report of one year, as far as it goes by the day ``on``."""
    until = min(date(year, 12, 31), on)
    known = [event for event in events if event.on <= until]
    within = [event for event in known if event.on.year == year]
    cases = {event.step.pilot: event.after for event in known}
    numbers = [event.step.number for event in within]
    return YearlyReport(
        year=year,
        until=until,
        first_entry=min(numbers, default=None),
        last_entry=max(numbers, default=None),
        states={pilot: cases[pilot].state for pilot in sorted(cases)},
        decisions=tuple(_decision(event) for event in within if isinstance(event.action, CloseVote)),
        conditions=tuple(each for each in _conditions(known, until) if _is_of(year, each)),
        waivers=tuple(_waivers(cases, until)),
        approvals=tuple(_approvals(cases, until)),
        endings=tuple(each for each in _endings(known, cases, until) if each.ended_on.year == year),
        objections=tuple(each for each in _objections(known) if _is_open_in(year, each)),
        comments=sum(isinstance(event.action, PublicComment) for event in within),
        team_appeals=sum(isinstance(event.action, Appeal) for event in within),
        suspensions=sum(_suspends(event) for event in within),
    )


def _decision(event: Event) -> YearlyDecision:
    made = event.after.decisions[-1]
    counted = Counter(vote.verdict for vote in made.votes)
    return YearlyDecision(
        pilot=event.step.pilot,
        question=made.question,
        verdict=made.verdict,
        decided_on=made.decided_on,
        votes=dict(sorted(counted.items())),
        present=len(made.present),
        absent=len(made.absent),
        recused=len(made.recused),
        entry=event.step.number,
    )


def _suspends(event: Event) -> bool:
    return event.after.state in SUSPENDED and event.before.state not in SUSPENDED


@dataclass
class _Owed:
    """A condition, from the decision that set it until it is met or falls away."""

    pilot: str
    condition: Condition
    missed_on: date | None = None
    closed_on: date | None = None
    is_met: bool = False

    def told(self, until: date) -> YearlyCondition:
        return YearlyCondition(
            pilot=self.pilot,
            condition=self.condition.id,
            text=self.condition.text,
            due_on=self.condition.due_on,
            status=self._status(until),
            closed_on=self.closed_on or self.missed_on,
        )

    def _status(self, until: date) -> ConditionStatus:
        due = self.condition.due_on
        if self.closed_on is not None and self.is_met:
            return "met" if self.closed_on <= due else "met_late"
        if self.missed_on is not None:
            return "missed"
        if self.closed_on is not None:
            return "dropped"
        return "overdue" if due < until else "open"


def _conditions(events: Iterable[Event], until: date) -> Iterator[YearlyCondition]:
    """Every condition that any decision has set, in order."""
    owed: dict[tuple[str, str], _Owed] = {}
    every: list[_Owed] = []
    for event in events:
        pilot, action = event.step.pilot, event.action
        if isinstance(action, MissCondition):
            owed[pilot, action.condition].missed_on = event.on
        left = event.after.owed if event.after.approval is event.before.approval else ()
        for condition in (each for each in event.before.owed if each not in left):
            if closed := owed.pop((pilot, condition.id), None):  # None: it fell away with its approval
                closed.closed_on, closed.is_met = event.on, isinstance(action, MeetCondition)
        for condition in action.conditions if isinstance(action, CloseVote) else ():
            owed[pilot, condition.id] = _Owed(pilot, condition)
            every.append(owed[pilot, condition.id])
    return (each.told(until) for each in every)


def _is_of(year: int, told: YearlyCondition) -> bool:
    """Whether it was due or closed in the year, or is still to be met."""
    days = (told.due_on, told.closed_on)
    is_left = told.closed_on is None
    return is_left or any(day is not None and day.year == year for day in days)


def _waivers(cases: Mapping[str, Case], until: date) -> Iterator[YearlyWaiver]:
    for pilot, approval in _in_force(cases, until):
        for waiver in approval.waivers:
            yield YearlyWaiver(pilot=pilot, gate=waiver.gate, reason=waiver.reason, ends_on=waiver.ends_on)


def _approvals(cases: Mapping[str, Case], until: date) -> Iterator[YearlyApproval]:
    for pilot, approval in _in_force(cases, until):
        assert approval.ends_on is not None  # it holds on a day
        yield YearlyApproval(
            pilot=pilot, dossier=approval.dossier, decided_on=approval.decided_on, ends_on=approval.ends_on
        )


def _in_force(cases: Mapping[str, Case], until: date) -> Iterator[tuple[str, Decision]]:
    """Approvals that hold on that day, the one that ends first at the top."""
    held = [
        (case.approval.ends_on, pilot, case.approval)
        for pilot, case in cases.items()
        if case.approval is not None and case.approval.holds_on(until) and case.approval.ends_on is not None
    ]
    return ((pilot, approval) for _, pilot, approval in sorted(held, key=lambda each: each[:2]))


def _endings(events: Iterable[Event], cases: Mapping[str, Case], until: date) -> Iterator[YearlyEnding]:
    """Every approval that has ended by then; the one whose last day has passed ends on that day."""
    for event in events:
        old = event.before.approval
        if old is not None and old is not event.after.approval:
            yield _ending(event.step.pilot, old, event.on, _how(event))
    for pilot, case in sorted(cases.items()):
        if case.approval is not None and not case.approval.holds_on(until):
            yield _ending(pilot, case.approval, until, "lapsed")


def _ending(pilot: str, old: Decision, on: date, how: Ending) -> YearlyEnding:
    if old.ends_on is not None and old.ends_on < on:
        return YearlyEnding(pilot=pilot, ended_on=old.ends_on, how="lapsed")
    return YearlyEnding(pilot=pilot, ended_on=on, how=how)


def _how(event: Event) -> Ending:
    if isinstance(event.action, CloseVote):
        return "refused" if event.after.approval is None else "replaced"
    return ENDINGS.get(event.action.kind, "lapsed")


def _objections(events: Iterable[Event]) -> Iterator[YearlyObjection]:
    """Every objection, in the order in which they came; a name may come again once it was answered."""
    open_ones: dict[tuple[str, str], YearlyObjection] = {}
    for event in events:
        action, pilot = event.action, event.step.pilot
        if isinstance(action, ResidentAppeal):
            open_ones[pilot, action.appeal] = YearlyObjection(
                pilot=pilot, objection=action.appeal, received_on=event.on
            )
        elif isinstance(action, AnswerResident):
            answered = {"answered_on": event.on, "is_upheld": action.is_upheld}
            yield open_ones.pop((pilot, action.appeal)).model_copy(update=answered)
    yield from open_ones.values()


def _is_open_in(year: int, told: YearlyObjection) -> bool:
    return told.answered_on is None or year in (told.answered_on.year, told.received_on.year)
