"""A case: where it stands, what is missing, who is waited for, what the reader may do, what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message
from civic_ai.records.action import Action, Comment
from civic_ai.records.case import Case
from civic_ai.records.workflow_words import DEEDS, ROLES, SEVERITIES, STATES
from civic_ai.review.blind import is_hidden
from civic_ai.review.deadlines import deadlines
from civic_ai.review.deeds import deed_of
from civic_ai.review.history import Event
from civic_ai.review.queue import is_blind, reviews_seen_by
from civic_ai.review.steps import MEETS
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.evidence import kept_in, named_in
from civic_ai.web.next import what_lacks
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of
from civic_ai.web.steps.offers import offers
from civic_ai.web.steps.words import LABELS


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
    files: tuple[tuple[Message, str], ...]
    """What was handed in with it and is kept here, each by its digest."""


def page(request: HttpRequest, pilot: str) -> HttpResponse:
    """The page of one case."""
    desk, person = the_desk(), reader_of(request).person
    standing = desk.standing()
    case = standing.case(pilot)
    possible = offers(case, person, desk.today(), desk.policy)
    view = {
        "pilot": pilot,
        "title": desk.title(pilot, case, language_of(request)),
        "case": case,
        "state": STATES[case.state],
        "dossier": desk.dossier_at_hand(pilot, case.dossier),
        "comments": sum(each.is_open for each in Listening(desk, pilot, person).threads()),
        "meets": case.state in MEETS,
        "is_blind": is_blind(case, desk.policy),
        "turns": [(turn, ROLES[turn.role], DEEDS[turn.kind]) for turn in desk.turns_in(pilot)],
        "missing": what_lacks(desk, case),
        "awaited": [(each, DEEDS[each.kind]) for each in possible if each.is_awaited],
        "for_cause": [(each, DEEDS[each.kind]) for each in possible if not each.is_awaited],
        "deadlines": deadlines(case, desk.policy),
        "today": desk.today(),
        "people": list(_people(case)),
        "severities": SEVERITIES,
        "reviews": reviews_seen_by(case, person, desk.policy),
        "events": list(_happened(desk, case, standing.events[pilot], person))[::-1],
    }
    return show(request, "case.html", view)


def _people(case: Case) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """Everybody in the case with all their roles."""
    for person in dict.fromkeys(holder.person for holder in case.people):
        yield person, tuple(ROLES[holder.role] for holder in case.people if holder.person == person)


def _happened(desk: Desk, case: Case, events: tuple[Event, ...], person: str) -> Iterator[Happened]:
    kept = kept_in(desk.settings)
    for event in events:
        action = event.action
        yield Happened(
            number=event.step.number,
            on=event.on,
            deed=deed_of(action, desk.office.policy_of(event.step.policy)),
            by=action.by,
            role=ROLES[action.role],
            state=STATES[event.after.state] if event.after.state != event.before.state else None,
            reason=None if is_hidden(event, case, person, desk.policy) else _words(action),
            is_personal=event.step.is_personal,
            files=tuple((LABELS[field], digest) for field, digest in named_in(action) if digest in kept),
        )


def _words(action: Action) -> str | None:
    """What the person wrote with the step: the reason, or the comment itself."""
    return action.text if isinstance(action, Comment) else getattr(action, "reason", None)
