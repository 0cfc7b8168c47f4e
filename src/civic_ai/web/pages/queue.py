"""The queue: what waits for the reader, why, since when; then every case in which they have a part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message
from civic_ai.records.case import Case
from civic_ai.records.decision import Condition
from civic_ai.records.workflow_words import DEEDS, ROLES, STATES
from civic_ai.review.queue import Turn
from civic_ai.review.standing import Standing
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.keys import to_enrol
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of

ROWS = 50
"""As many cases stand on the page; the portfolio shows all."""


@dataclass(frozen=True)
class Waiting:
    """One thing that the reader is waited for. ``since``: the day on which the case came to its state."""

    pilot: str
    kind: str
    deed: Message
    role: Message
    state: Message
    since: date


@dataclass(frozen=True)
class Owed:
    """A condition of an approval that the reader owes."""

    pilot: str
    condition: Condition
    is_late: bool


@dataclass(frozen=True)
class Part:
    """A case in which the reader has a part."""

    pilot: str
    state: Message
    roles: tuple[Message, ...]
    holds_until: date | None


def page(request: HttpRequest) -> HttpResponse:
    """The reader's own page."""
    desk, person, language = the_desk(), reader_of(request).person, language_of(request)
    standing = desk.standing()
    turns = desk.turns.of(
        {pilot: standing.cases[pilot] for pilot in standing.pilots_of(person)}, desk.today()
    )
    waiting = [
        (_since(standing, pilot), pilot, turn)
        for pilot in standing.pilots_of(person)
        for turn in turns[pilot]
        if turn.person == person
    ]
    mine = sorted(standing.pilots_of(person))
    view = {
        "waiting": [_waiting(standing, *each) for each in nsmallest(ROWS, waiting)],
        "many_wait": len(waiting),
        "owed": sorted(_owed(desk, standing, person), key=lambda each: each.condition.due_on)[:ROWS],
        "parts": [_part(pilot, standing.case(pilot), person) for pilot in mine[:ROWS]],
        "many_parts": len(mine),
        "to_enrol": to_enrol(person, standing),
        "title": lambda pilot: desk.title(pilot, standing.case(pilot), language),
    }
    return show(request, "queue.html", view)


def _waiting(standing: Standing, since: date, pilot: str, turn: Turn) -> Waiting:
    state = STATES[standing.case(pilot).state]
    return Waiting(pilot, turn.kind, DEEDS[turn.kind], ROLES[turn.role], state, since)


def _since(standing: Standing, pilot: str) -> date:
    """The day of the last step that moved the case."""
    events = reversed(standing.events[pilot])
    return next(event.on for event in events if event.before.state != event.after.state)


def _owed(desk: Desk, standing: Standing, person: str) -> Iterator[Owed]:
    for pilot, case in standing.cases.items():
        for condition in case.owed:
            if condition.owner == person:
                yield Owed(pilot, condition, condition.due_on < desk.today())


def _part(pilot: str, case: Case, person: str) -> Part:
    roles = tuple(ROLES[holder.role] for holder in case.people if holder.person == person)
    return Part(pilot, STATES[case.state], roles, _holds_until(case))


def _holds_until(case: Case) -> date | None:
    return None if case.approval is None else case.approval.ends_on
