"""What stands around every page: headers, the end of a session, whose address a request came from."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from civic_ai.web.refusals import too_large
from civic_ai.web.settings import IDLE, LONGEST, MOST_UPLOADED

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEGAN, SEEN = "began", "seen"
_ONE_MINUTE, _AN_HOUR = 60, 3600
_DIGITS = len(str(MOST_UPLOADED))
"""More than these a length within bounds does not have; Python refuses to read some thousand."""


def secure_headers(answer: Answer) -> Answer:
    """Each response with the headers of :data:`HEADERS`; what is no asset is kept by no cache."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


def refuse_giants(answer: Answer) -> Answer:
    """A request that says it is larger than any of ours is answered before it is read."""

    def answered(request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not said.isdecimal() or len(said) > _DIGITS or int(said) > MOST_UPLOADED:
            return too_large(request)
        return answer(request)

    return answered


def end_old_sessions(answer: Answer) -> Answer:
    """A session that is too old, or was not used for too long, ends before the page is made."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _mind_the_time(request, int(time.time()))
        return answer(request)

    return answered


def _mind_the_time(request: HttpRequest, now: int) -> None:
    """End a session that is over, and one of the future: the clock was set back, and it would never end."""
    session = request.session
    began, seen = session.setdefault(BEGAN, now), session.get(SEEN, now)
    lasted, rested = now - min(began, seen), now - seen
    if lasted > LONGEST.total_seconds() or rested > IDLE.total_seconds() or rested < -_AN_HOUR:
        logout(request)
    elif SEEN not in session or now - seen > _ONE_MINUTE:
        session[SEEN] = now


def address_of(request: HttpRequest) -> str:
    """Where a request came from: behind the city's own proxy the address that it says, else who connected."""
    connected: str = request.META.get("REMOTE_ADDR", "")
    if not settings.CIVIC_AI.is_behind_proxy:
        return connected
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(said))
    except ValueError:  # a name, a port beside it, or nothing: PostgreSQL would refuse to keep it
        return connected
