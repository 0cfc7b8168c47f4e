"""The public register, for everybody: no login, and nothing that ``civic-ai publish`` would not write."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse

from civic_ai.core.errors import CivicError
from civic_ai.web.desk import the_desk
from civic_ai.web.live_register import LiveRegister
from civic_ai.web.refusals import not_found, not_shown
from civic_ai.web.settings import DeskSettings

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv; charset=utf-8",
}
PLAIN = "text/plain; charset=utf-8"
"""Receipts, the log's key, and the verifier: to be read and kept, never run by a browser."""
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def page(request: HttpRequest, path: str = "index.html") -> HttpResponse:
    """One file of the site."""
    try:
        content = _content(path)
    except CivicError as error:
        return not_shown(request, error)
    if content is None:
        return not_found(request)
    response = HttpResponse(content, content_type=TYPES.get(PurePosixPath(path).suffix, PLAIN))
    response.headers["Content-Security-Policy"] = policy_of(content)
    return response


def _content(path: str) -> bytes | None:
    desk = the_desk()
    make = _live(desk.settings).site(desk).get(path)
    return None if make is None else make()


def policy_of(content: bytes) -> str:
    """What a browser may load for these bytes: their own styles, named by digest, and their pictures."""
    styles = [f"'sha256-{b64encode(sha256(css).digest()).decode()}'" for css in _STYLE.findall(content)]
    allowed = " ".join(styles) or "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src {allowed}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _live(settings: DeskSettings) -> LiveRegister:
    return LiveRegister()
