"""What a reader sees instead of a page: not found, not allowed, not understood, broken."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from civic_ai.core.errors import CivicError, ConfigError, Mistake, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.web.page import show

Placed = tuple[str, Message | None, Mistake]
"""A mistake, with name and label of the field of a form that it is about; empty and None: of none."""


def unplaced(mistakes: Iterable[Mistake]) -> list[Placed]:
    """Mistakes that are about no field."""
    return [("", None, each) for each in mistakes]


_STATUS: dict[type[CivicError], int] = {RefusedError: 409, ConfigError: 422, CivicError: 503}
"""The answer to each kind of error; a store that cannot be reached may be there again soon."""


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came is no request that a page of ours sends."""
    return _refuse(request, 400, say("This cannot be read"), say("Go back and send the form again."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    return _refuse(
        request,
        403,
        say("This form is too old"),
        say("Nothing was done. Open the page again and send it anew."),
    )


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
    return _refuse(request, 404, say("No page stands here"), say("Start again from your queue."))


def refused(request: HttpRequest, error: CivicError) -> HttpResponse:
    """What the domain layer refused, in its own words."""
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    view = {"title": say("This could not be done"), "errors": unplaced(error.mistakes)}
    return show(request, "refused.html", view, status)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _refuse(
        request, 500, say("Something went wrong here"),
        say("Look at the case before you do it again. Whoever runs the desk finds the reason in its log."),
    )  # fmt: skip


def _refuse(request: HttpRequest, status: int, title: Message, remedy: Message) -> HttpResponse:
    return show(request, "refusal.html", {"title": title, "remedy": remedy}, status)
