"""Keys: those with which the reader may sign, a new passkey, and what waits for a custodian."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.ledger import PublicKey
from civic_ai.review.keys import enrol
from civic_ai.review.passkey import made_passkey
from civic_ai.review.standing import Standing, is_custodian
from civic_ai.web.accounts.models import Passkey
from civic_ai.web.desk import the_desk
from civic_ai.web.drafts.models import Draft
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.steps.statement_words import KINDS

ASKED = "passkey-asked"
"""In the session: the challenge that a new passkey must answer."""
_BYTES = 32


def page(request: HttpRequest) -> HttpResponse:
    """The reader's keys, or a passkey that the browser has just made."""
    if request.method == "POST":
        return _made(request)
    standing, reader = the_desk().standing(), reader_of(request)
    asked = request.session[ASKED] = _text(secrets.token_bytes(_BYTES))
    spans = standing.register.spans
    mine = [span for span in spans.values() if span.key.holder == reader.person]
    view = {
        "is_changed": request.GET.get("changed") == "password",
        "has_password": reader.has_usable_password(),
        "enrolled": spans.get(request.GET.get("enrolled", "")),
        "spans": [(span, KINDS[span.key.kind], span.holds(standing.size)) for span in mine],
        "mine": [each for each in _not_enrolled(standing) if each.holder == reader.person],
        "custodians": _custodians(standing),
        "to_enrol": to_enrol(reader.person, standing),
        "asked": asked,
        "domain": the_desk().settings.host,
        "account": _text(str(reader.pk).encode()),
    }
    return show(request, "keys.html", view)


def to_enrol(person: str, standing: Standing) -> list[PublicKey]:
    """The passkeys that wait for this person to enrol them: for a custodian all, for anybody else none."""
    return _not_enrolled(standing) if is_custodian(person, standing) else []


def enrol_key(request: HttpRequest, key: str) -> HttpResponse:
    """A custodian begins to enrol somebody's passkey: the statement waits for a signature."""
    found = next((each.key for each in Passkey.objects.all() if each.key.id == key), None)
    if found is None:
        raise Http404
    draft = Draft.objects.keep(reader_of(request), enrol(found))
    return HttpResponseRedirect(reverse("sign", args=(draft.pk,)))


def _custodians(standing: Standing) -> tuple[str, ...]:
    register = standing.register
    return tuple(sorted({register.spans[each].key.holder for each in register.custodians(standing.size)}))


def _not_enrolled(standing: Standing) -> list[PublicKey]:
    return [each.key for each in Passkey.objects.all() if each.key.id not in standing.register.spans]


def _made(request: HttpRequest) -> HttpResponse:
    asked = request.session.pop(ASKED, None)
    if asked is None:
        raise RefusedError.because(
            say("this answer comes too late"), remedy=say("Open the page of your keys again.")
        )
    made = made_passkey(
        request.POST.get("made", "").encode(),
        reader_of(request).person,
        _bytes(asked),
        the_desk().settings.address,
    )
    Passkey.objects.get_or_create(
        credential=made.credential,
        defaults={"member": reader_of(request), "public": made.key.to_json().decode()},
    )
    return HttpResponseRedirect(reverse("keys"))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
