"""A case: where it stands, what is missing, who is waited for, what the reader may do, what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message
from civic_ai.records.action import Review
from civic_ai.records.case import Case
from civic_ai.records.workflow_words import DEEDS, GATES, ROLES, SEVERITIES, STATES
from civic_ai.review.history import Event
from civic_ai.review.queue import Missing, reviews_seen_by, what_is_missing
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.steps.offers import offers


@dataclass(frozen=True)
class Happened:
    """One step of the case. ``state``: where it led, if the case moved. ``reason``: None where the reader may
    not read it yet."""

    number: int
    on: date
    deed: Message
    by: str
    role: Message
    state: Message | None
    reason: str | None
    is_personal: bool


def page(request: HttpRequest, pilot: str) -> HttpResponse:
    """The page of one case."""
    desk, person = the_desk(), request.user.person
    standing = desk.standing()
    case = standing.case(pilot)
    possible = offers(case, person, desk.policy)
    view = {
        "pilot": pilot,
        "case": case,
        "state": STATES[case.state],
        "dossier": _at_hand(desk, pilot, case),
        "turns": [(turn, ROLES[turn.role], DEEDS[turn.kind]) for turn in desk.waited_for()[pilot]],
        "missing": [(DEEDS[each.kind], each, _gate(each)) for each in _missing(desk, case)],
        "awaited": [(each.kind, DEEDS[each.kind]) for each in possible if each.is_awaited],
        "for_cause": [(each.kind, DEEDS[each.kind]) for each in possible if not each.is_awaited],
        "people": [(each, ROLES[each.role]) for each in case.people],
        "severities": SEVERITIES,
        "reviews": reviews_seen_by(case, person, desk.policy),
        "events": list(_happened(desk, case, standing.events[pilot], person))[::-1],
    }
    return show(request, "case.html", view)


def _at_hand(desk: Desk, pilot: str, case: Case) -> str | None:
    """How the dossier that the case is about is named in addresses, if the workspace holds it."""
    held = case.dossier is not None and desk.dossier_folder(pilot, case.dossier).is_dir()
    return case.dossier[:12] if held and case.dossier else None


def _missing(desk: Desk, case: Case) -> tuple[Missing, ...]:
    found = what_is_missing(case, (), desk.today(), desk.policy)
    return tuple(each for each in found if each.needs)


def _gate(missing: Missing) -> Message | None:
    return None if missing.gate is None else GATES[missing.gate]


def _happened(desk: Desk, case: Case, events: tuple[Event, ...], person: str) -> Iterator[Happened]:
    seen = reviews_seen_by(case, person, desk.policy)
    for event in events:
        action = event.action
        is_hidden = isinstance(action, Review) and action in case.reviews and action not in seen
        yield Happened(
            number=event.step.number,
            on=event.on,
            deed=DEEDS[action.kind],
            by=action.by,
            role=ROLES[action.role],
            state=STATES[event.after.state] if event.after.state != event.before.state else None,
            reason=None if is_hidden else getattr(action, "reason", None),
            is_personal=event.step.is_personal,
        )
