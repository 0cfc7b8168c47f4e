"""A page for one reader: a template in the reader's language, and who is reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines

from civic_ai.web.speech import language_of

View = Mapping[str, Any]


def show(request: HttpRequest, template: str, view: View, status: int = 200) -> HttpResponse:
    """The page that ``template`` makes of ``view``; unless that names a ``person``, for who has signed in."""
    language = language_of(request)
    known = {"language": language, "path": request.get_full_path(), **view}
    if "person" not in known:
        known["person"] = _reader(request)
    content = engines[language].get_template(template).render(known, request)
    return HttpResponse(content, status=status, headers={"Content-Language": language})


def _reader(request: HttpRequest) -> str | None:
    member = getattr(request, "user", None)
    return member.person if member is not None and member.is_authenticated else None
