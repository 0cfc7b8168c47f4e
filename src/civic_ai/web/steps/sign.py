"""The second and third screen of a step: what is about to be signed, and what was entered."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from civic_ai.core.errors import CivicError, RefusedError, StoreError
from civic_ai.core.messages import say
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.records.workflow_words import DEEDS, STATES
from civic_ai.review.blind import is_hidden
from civic_ai.review.history import POLICY, Event
from civic_ai.review.keys import read_enrolment
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.web.accounts.models import Passkey
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.drafts.models import Draft, Enclosure
from civic_ai.web.evidence import kept_in
from civic_ai.web.next import next_in
from civic_ai.web.page import show
from civic_ai.web.pages.minutes import ends_a_meeting
from civic_ai.web.reader import reader_of, uploaded
from civic_ai.web.refusals import forbidden
from civic_ai.web.speech import language_of
from civic_ai.web.steps.form import WRONG, explained
from civic_ai.web.steps.signing import Ways, by_account, by_file, by_passkey, challenge_of, ways_of
from civic_ai.web.steps.statement_words import first_sentence, key_lines, told_lines


def page(request: HttpRequest, draft: int) -> HttpResponse:
    """The statement in words and the ways to sign it, or the signature as it came back.

    What was entered already (a double click, a desk that died before it could answer) leads to its entry.
    """
    found = _draft_of(request, draft)
    if (number := _stands_as(found)) is not None:
        return _to_entry(found, number)
    if request.method != "POST":
        return _statement(request, found)
    try:
        number = _enter(_envelope(request, found), found)
    except StoreError:
        raise
    except CivicError as error:
        number = _stands_as(found)
        return _statement(request, found, error) if number is None else _to_entry(found, number)
    return _to_entry(found, number)


def _stands_as(draft: Draft) -> int | None:
    """The number of the entry that holds this statement; None: it is not entered."""
    if draft.entry is not None:
        return draft.entry
    digest = draft.statement.digest
    events = the_desk().standing().events.get(draft.pilot, ())
    return next((event.step.number for event in events if event.step.statement == digest), None)


def _to_entry(draft: Draft, number: int) -> HttpResponse:
    Draft.objects.filter(pk=draft.pk).update(entry=number)
    Enclosure.objects.filter(draft=draft).delete()
    return HttpResponseRedirect(_told_at(draft, number))


def _told_at(draft: Draft, number: int) -> str:
    """The page that says what was entered, and what is next."""
    if draft.pilot:
        return reverse("entered", args=(draft.pilot, number))
    said = read_enrolment(draft.statement)
    assert said is not None  # the desk writes no other statement about keys
    return f"{reverse('keys')}?enrolled={said.key.id}"


def download(request: HttpRequest, draft: int) -> HttpResponse:
    """The statement as a file, byte for byte as it is to be signed."""
    found = _draft_of(request, draft)
    return _file(bytes(found.content), "application/vnd.in-toto+json", f"statement-{found.pk}.json")


def entered(request: HttpRequest, pilot: str, number: int) -> HttpResponse:
    """What happened, what is next, and for whom it waits."""
    desk = the_desk()
    event = _event(desk, pilot, number)
    view = {
        "pilot": pilot,
        "question": desk.question(pilot, event.after, language_of(request)),
        "number": number,
        "event": event,
        "deed": DEEDS[event.action.kind],
        "state": STATES[desk.standing().case(pilot).state],
        "next": next_in(desk, pilot),
        "is_meeting": desk.standing().case(pilot).meeting is not None,
        "ended_meeting": ends_a_meeting(event),
    }
    return show(request, "entered.html", view)


def receipt(request: HttpRequest, pilot: str, number: int) -> HttpResponse:
    """The receipt: by it and the log's public key anybody checks that the entry stands."""
    desk = the_desk()
    event, case = _event(desk, pilot, number), desk.standing().case(pilot)
    if is_hidden(event, case, reader_of(request).person, desk.policy):
        return forbidden(request)
    snapshot = desk.office.ledger.snapshot()
    text = receipt_text(make_receipt(snapshot.lines, number, snapshot.checkpoint))
    return _file(text.encode(), "text/plain; charset=utf-8", f"receipt-{number}.txt")


def _draft_of(request: HttpRequest, draft: int) -> Draft:
    """A draft of the reader's own; for anybody else there is none."""
    found: Draft = get_object_or_404(Draft, pk=draft, member=reader_of(request))
    return found


def _event(desk: Desk, pilot: str, number: int) -> Event:
    events = desk.standing().events.get(pilot, ())
    found = next((event for event in events if event.step.number == number), None)
    if found is None:
        raise Http404
    return found


def _envelope(request: HttpRequest, draft: Draft) -> SignedEnvelope:
    """The statement with its signature, by the way that the reader took."""
    way, statement = request.POST.get("way"), draft.statement
    if way == "passkey":
        return by_passkey(statement, request.POST.get("key", ""), request.POST.get("assertion", ""))
    signed = uploaded(request, "envelope")
    if way == "file" and signed is not None:
        return by_file(statement, signed)
    account = _ways(request).account
    if way == "account" and account is not None:
        _require_password(request)
        return by_account(statement, account)
    raise RefusedError.because(
        say("nothing was entered, for no signature came"), remedy=say("Choose one of the ways to sign.")
    )


def _enter(envelope: SignedEnvelope, draft: Draft) -> int:
    """Enter a step, or what is said about keys; the number of the entry."""
    office, kept = the_desk().office, kept_in(the_desk().settings)
    files = [bytes(enclosed.content) for enclosed in Enclosure.objects.filter(draft=draft)]

    def keep() -> None:
        """Nothing stands whose file is not here, and no file stays of what was refused."""
        for content in files:
            kept.put(content)

    if draft.pilot:
        return office.enter(envelope, keep).entry.number
    with office.ledger.writing() as book:
        return book.append(envelope).number


def _require_password(request: HttpRequest) -> None:
    """Raise :class:`RefusedError` unless the reader typed the own password; a wrong one is a failed login."""
    password = request.POST.get("password", "")
    if authenticate(request, name=reader_of(request).name, password=password) != request.user:
        raise RefusedError.because(
            say("nothing was entered, for the password is wrong"), remedy=say("Type it again.")
        )


def _ways(request: HttpRequest) -> Ways:
    desk = the_desk()
    return ways_of(reader_of(request).person, desk.standing(), desk.settings.keys)


def _statement(request: HttpRequest, draft: Draft, error: CivicError | None = None) -> HttpResponse:
    statement, ways = draft.statement, _ways(request)
    subjects = {each.name: each.digest_of_it.sha256 for each in statement.subject}
    case = the_desk().standing().case(draft.pilot)
    view: dict[str, Any] = {
        "draft": draft,
        "question": the_desk().question(draft.pilot, case, language_of(request)),
        "opening": first_sentence(draft),
        "lines": told_lines(draft.action, the_desk().policy) if draft.action else key_lines(statement),
        "digest": statement.digest,
        "policy": subjects.get(POLICY),
        "challenge": urlsafe_b64encode(challenge_of(statement)).decode().rstrip("="),
        "credentials": _credentials(request, ways),
        "ways": ways,
        **(explained(error) if error else {"errors": []}),
    }
    return show(request, "sign.html", view, WRONG if error else 200)


def _credentials(request: HttpRequest, ways: Ways) -> str:
    """For the browser: by which names to ask for the reader's passkeys, and the id of each one's key."""
    in_use = {key.id for key in ways.passkeys}
    made = Passkey.objects.filter(member=reader_of(request))
    return json.dumps({each.credential: each.key.id for each in made if each.key.id in in_use})


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
