"""What each person is to be told: what waits for them, and what was said or done that concerns them.

What waits is told again when it waits anew. What happened is told once, while it is fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from civic_ai.records.case import Case
from civic_ai.records.ledger import KeySpan, read_entry
from civic_ai.review.remarks import may_answer_for_city, roles_of
from civic_ai.web.accounts.models import Passkey
from civic_ai.web.coaching.listening import Listening, Thread
from civic_ai.web.coaching.models import Remark
from civic_ai.web.desk import Desk

FRESH = timedelta(days=60)
"""Nobody is told of what is older; first reviews stay blind for less."""
SAID, ANSWERED, ASKED, ENROL, ENROLLED, REVOKED = "said", "answered", "asked", "enrol", "enrolled", "revoked"


@dataclass(frozen=True, order=True)
class News:
    """One thing to tell one person. ``kind``: that of the step, or one of those above; ``about``: the number
    of the comment or the id of the key; ``page``: where it is to be seen."""

    person: str
    pilot: str
    kind: str
    about: str = ""
    page: str = field(default="", compare=False)


def waiting(desk: Desk) -> set[News]:
    """The steps that wait, and the passkeys that wait for a custodian."""
    turns = (
        News(turn.person, pilot, turn.kind, page=reverse("case", args=(pilot,)))
        for pilot, found in desk.waited_for().items()
        for turn in found
    )
    return {*turns, *_to_enrol(desk)}


def happened(desk: Desk) -> set[News]:
    """What was said to people lately, and what became of their passkeys."""
    return {*_said(desk), *_of_keys(desk)}


def _said(desk: Desk) -> Iterator[News]:
    """Each fresh comment, for those whom it concerns and who may read it."""
    since, cases = timezone.now() - FRESH, desk.standing().cases
    for pilot in Remark.objects.filter(said_at__gte=since).values_list("pilot", flat=True).distinct():
        case = cases.get(pilot, Case())
        for person in {holder.person for holder in case.people}:
            if roles_of(case, person):
                for thread in Listening(desk, pilot, person).threads():
                    yield from _in_thread(person, may_answer_for_city(case, person), thread, since)


def _in_thread(person: str, is_team: bool, thread: Thread, since: datetime) -> Iterator[News]:
    """A team is told of all that is said of its dossiers, others of what follows their own words."""
    has_spoken, page = False, reverse("thread", args=(thread.first.pilot, thread.first.pk))
    for each in (thread.first, *thread.answers):
        if each.by == person:
            has_spoken = True
        elif each.said_at >= since and (is_team or has_spoken):
            kind = ANSWERED if has_spoken else ASKED if each.asks_change else SAID
            yield News(person, each.pilot, kind, str(each.pk), page)


def _to_enrol(desk: Desk) -> Iterator[News]:
    standing = desk.standing()
    spans = standing.register.spans
    custodians = {spans[each].key.holder for each in standing.register.custodians(standing.size)}
    keys = (made.key.id for made in Passkey.objects.all())
    for key in (each for each in keys if each not in spans):
        for person in custodians:
            yield News(person, "", ENROL, key, reverse("keys"))


def _of_keys(desk: Desk) -> Iterator[News]:
    """What the ledger says of passkeys, to whoever holds them."""
    for span in desk.standing().register.spans.values():
        if span.key.kind == "passkey":
            yield from (
                News(span.key.holder, "", kind, span.key.id, reverse("keys"))
                for kind, entry in _entries_about(span)
                if _is_fresh(desk, entry)
            )


def _entries_about(span: KeySpan) -> Iterator[tuple[str, int]]:
    """The numbers of the entries that enrolled this key and that ended it."""
    yield ENROLLED, span.first - 1
    if span.last is not None:
        yield REVOKED, span.last


def _is_fresh(desk: Desk, entry: int) -> bool:
    ledger = desk.office.ledger
    (line,) = ledger.lines_from(entry, 1)
    return ledger.clock() - read_entry(entry, line).moment < FRESH
