"""What a reader sees instead of a page: not found, not allowed, not understood, broken."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.urls import reverse

from civic_ai.core.errors import CivicError, ConfigError, Mistake, RefusedError, StoreError
from civic_ai.core.messages import Message, say
from civic_ai.web.evidence import MOST_BYTES
from civic_ai.web.page import show

Placed = tuple[str, Message | None, Mistake]
"""A mistake, with name and label of the field of a form that it is about; empty and None: of none."""


def unplaced(mistakes: Iterable[Mistake]) -> list[Placed]:
    """Mistakes that are about no field."""
    return [("", None, each) for each in mistakes]


PASSWORDS = frozenset({"password", "new", "again"})
"""Fields of forms of which nothing is ever shown."""
NOT_NOW = 503
"""A database or another server does not answer, and may soon."""
_LOG = logging.getLogger("civic_ai.web")
_STATUS: dict[type[CivicError], int] = {RefusedError: 409, ConfigError: 422, CivicError: NOT_NOW}
"""The answer to each kind of error."""


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came is no request that a page of ours sends, or was sent to another name of the desk."""
    if isinstance(exception, DisallowedHost):
        address = settings.CIVIC_AI.address
        return _refuse(
            request, 400, say("The desk answers at another address"), say("Open {address}", address=address)
        )
    return _refuse(request, 400, say("This cannot be read"), say("Go back and send the form again."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old, or the browser keeps no cookie to hold it against."""
    if reason == REASON_NO_CSRF_COOKIE:
        return _refuse(
            request,
            403,
            say("Your browser sent no cookie"),
            say("Nothing was done. Allow cookies for this desk, open the page again and send it anew."),
        )
    view = {
        "title": say("This form is too old"),
        "remedy": say("Nothing was done. Open the page again and send it anew."),
        "written": _words_in(request) if _is_our_own(request) else [],
    }
    return show(request, "refusal.html", view, 403)


def signed_out(request: HttpRequest, back: str) -> HttpResponse:
    """401: a form came after its reader's session had ended. What was written is handed back, not kept."""
    view = {
        "title": say("Your session has ended"),
        "remedy": say("Nothing was entered. Sign in, then send it again."),
        "written": _words_in(request),
        "sign_in": f"{reverse('login')}?{urlencode({'next': back})}",
        "path": back,
    }
    return show(request, "refusal.html", view, 401)


def _is_our_own(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this desk sent it: no other site's words are shown here."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _words_in(request: HttpRequest) -> list[str]:
    """What a person wrote in a form: every text of more than one word but passwords."""
    return [
        value
        for name, values in request.POST.lists()
        for value in map(str, values)
        if name not in PASSWORDS and len(value.split()) > 1
    ]


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person has no part in this."""
    return _refuse(
        request,
        403,
        say("This page is not yours to open"),
        say("Ask the governance officer for a role in the case."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no page stands there."""
    return _refuse(request, 404, say("No page stands here"), say("Start again from here."))


def no_such_way(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """405: nothing is shown there, or nothing is sent there; somebody typed the address of a button."""
    response = _refuse(request, 405, say("No page stands here"), say("Start again from here."))
    response.headers["Allow"] = ", ".join(methods)
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413: nothing of it was read."""
    return _refuse(
        request,
        413,
        say("This is larger than the desk takes"),
        say(
            "Nothing was done. Go back and choose a file of {most} megabytes at most.", most=MOST_BYTES >> 20
        ),
    )


def refused(request: HttpRequest, error: CivicError) -> HttpResponse:
    """What the domain layer refused, in its own words; of a store that fails, what to do."""
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    if isinstance(error, StoreError):
        _LOG.error("a store failed", exc_info=error)
        return no_store(request)
    view = {"title": say("This could not be done"), "errors": unplaced(error.mistakes)}
    return show(request, "refused.html", view, status)


def no_store(request: HttpRequest) -> HttpResponse:
    """503: a database is locked or gone, or the disk is full. Who reads is not asked: it may say so there."""
    return _refuse(
        request,
        NOT_NOW,
        say("The desk cannot read or write just now"),
        say("Wait a minute, then open the case. It shows whether your step was entered. If not, sign again."),
        is_known=False,
    )


def not_shown(request: HttpRequest, error: CivicError) -> HttpResponse:
    """503: what everybody may read cannot be made; which file is why stands in the log and nowhere else."""
    _LOG.error("the public register cannot be made", exc_info=error)
    return _refuse(
        request,
        NOT_NOW,
        say("The public register cannot be shown just now"),
        say("A file behind it is missing or was altered. Whoever runs the desk finds the reason in its log."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500, our fault; 503 where a database or the disk fails. Django calls it while it handles the error."""
    if isinstance(sys.exc_info()[1], DatabaseError | OSError):
        return no_store(request)
    return _refuse(
        request,
        500,
        say("Something went wrong here"),
        say("Look at the case before you do it again. Whoever runs the desk finds the reason in its log."),
        is_known=False,
    )


def _refuse(
    request: HttpRequest, status: int, title: Message, remedy: Message, *, is_known: bool = True
) -> HttpResponse:
    view = {"title": title, "remedy": remedy} | ({} if is_known else {"person": None})
    return show(request, "refusal.html", view, status)
