"""A page for one reader: a template in the reader's language, and who is reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines

from civic_ai.web.speech import language_of

View = Mapping[str, Any]


def show(request: HttpRequest, template: str, view: View, status: int = 200) -> HttpResponse:
    """The page that ``template`` makes of ``view``."""
    language = language_of(request)
    member = getattr(request, "user", None)
    is_signed_in = member is not None and member.is_authenticated
    known = {
        "language": language,
        "person": member.person if member is not None and is_signed_in else None,
        "path": request.get_full_path(),
        **view,
    }
    content = engines[language].get_template(template).render(known, request)
    return HttpResponse(content, status=status, headers={"Content-Language": language})
