"""Where a figure of a card comes from; and the sealed files themselves, byte for byte."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from babel import Locale
from django.http import Http404, HttpRequest, HttpResponse

from civic_ai.cards.numbers import written
from civic_ai.review.publication_words import CARDS
from civic_ai.web.page import show
from civic_ai.web.pages.dossier import open_dossier
from civic_ai.web.sources import Source, may_read, source_of
from civic_ai.web.speech import language_of

MOST_LETTERS = 400
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")
"""What a file's name need not hold: the manifest comes from the team whose model is judged."""
PERIOD = ("period.first", "period.last")


def page(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """One figure, followed to the files that the city handed over."""
    opened = open_dossier(request, pilot, digest)
    fact = request.GET.get("fact", "")[:MOST_LETTERS]
    source = source_of(opened.files, opened.audience, language_of(request), fact)
    if source is None:
        raise Http404
    return show(request, "source.html", {**opened.view, **_told(source, opened.locale), "cards_told": CARDS})


def _told(source: Source, locale: Locale) -> dict[str, Any]:
    """How many it rests on, written as on the card, and its period."""
    beside = source.beside
    days = [date.fromisoformat(str(beside[name])) for name in PERIOD if name in beside]
    many = beside.get("n")
    return {
        "source": source,
        "many": written(many, "count", locale) if isinstance(many, int) else None,
        "period": days if len(days) == len(PERIOD) else None,
    }


def file(request: HttpRequest, pilot: str, digest: str, path: str) -> HttpResponse:
    """A file of the dossier, if this reader may take it. It is handed over, never shown by the browser."""
    opened = open_dossier(request, pilot, digest)
    named = next((one for one in opened.files.manifest.files if one.path == path), None)
    content = opened.files.read(path) if named and may_read(opened.audience, named.audience) else None
    if content is None:
        raise Http404
    name = f"{pilot}-{digest}-{_PLAIN.sub('-', path)}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
