"""The queue: what waits for the reader, why, since when, until when; then every case of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message
from civic_ai.records.decision import Condition
from civic_ai.records.workflow_words import DEEDS, ROLES, STATES
from civic_ai.review.deadlines import Deadline, deadline_of
from civic_ai.review.ledger_readers import reads_ledger
from civic_ai.review.queue import Turn
from civic_ai.review.standing import Standing
from civic_ai.web.coaching.listening import changes_asked
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.keys import to_enrol
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of

ROWS = 50
"""As many cases stand on the page; the portfolio shows all."""


@dataclass(frozen=True)
class Waiting:
    """One thing that the reader is waited for. ``since``: the day on which the case came to its state.
    ``until``: the day that hangs on it, None where nobody has set one."""

    pilot: str
    kind: str
    deed: Message
    role: Message
    state: Message
    since: date
    until: Deadline | None
    is_late: bool


@dataclass(frozen=True)
class Owed:
    """A condition of an approval that the reader owes."""

    pilot: str
    condition: Condition
    is_late: bool


def page(request: HttpRequest) -> HttpResponse:
    """The reader's own page."""
    desk, person, language = the_desk(), reader_of(request).person, language_of(request)
    standing = desk.standing()
    mine = standing.pilots_of(person)
    turns = desk.turns.of({pilot: standing.cases[pilot] for pilot in mine}, desk.today())
    waiting = [
        _waiting(desk, standing, pilot, turn)
        for pilot in mine
        for turn in turns[pilot]
        if turn.person == person
    ]
    view = {
        "waiting": nsmallest(ROWS, waiting, key=_urgency),
        "many_wait": len(waiting),
        "owed": sorted(_owed(desk, standing, person), key=lambda each: each.condition.due_on)[:ROWS],
        "asked": changes_asked(desk, person),
        "to_enrol": to_enrol(person, standing),
        "parts": len(mine),
        "audits": reads_ledger(standing, person),
        "title": lambda pilot: desk.title(pilot, standing.case(pilot), language),
    }
    return show(request, "queue.html", view)


def _waiting(desk: Desk, standing: Standing, pilot: str, turn: Turn) -> Waiting:
    case = standing.case(pilot)
    until = deadline_of(case, turn.kind, desk.policy)
    is_late = until is not None and until.is_past(desk.today())
    words = DEEDS[turn.kind], ROLES[turn.role], STATES[case.state]
    return Waiting(pilot, turn.kind, *words, _since(standing, pilot), until, is_late)


def _urgency(each: Waiting) -> tuple[bool, date, str, str]:
    """What is late comes first, then the oldest."""
    return not each.is_late, each.since, each.pilot, each.kind


def _since(standing: Standing, pilot: str) -> date:
    """The day of the last step that moved the case."""
    events = reversed(standing.events[pilot])
    return next(event.on for event in events if event.before.state != event.after.state)


def _owed(desk: Desk, standing: Standing, person: str) -> Iterator[Owed]:
    for pilot, case in standing.cases.items():
        for condition in case.owed:
            if condition.owner == person:
                yield Owed(pilot, condition, condition.due_on < desk.today())
