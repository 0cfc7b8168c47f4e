"""Other choices: another capacity, another way to choose the list, the places on a map. Each is a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from markupsafe import Markup

from civic_ai.core.messages import Message, say
from civic_ai.records.dossier import Audience
from civic_ai.web.page import show
from civic_ai.web.pages.dossier import Opened, open_dossier
from civic_ai.web.sealed_html import pictures_of
from civic_ai.web.speech import language_of
from civic_ai.web.what_if import capacity_of, read_units, ways_of

CAPACITY, FRONTIER = "capacity", "frontier"
MAPS: Mapping[str, Message] = {
    "map": say("Where the list looks"),
    "errors": say("Where it is wrong"),
    "reporting-rate": say("Where people report"),
    "reporting-condition": say("What was measured on the streets"),
}
"""Maps, by the name of the picture."""
PICTURED = ("board_brief", "model_card", "audit_report")
"""Cards with pictures; the same picture in two of them is shown once."""
KEPT = 16
"""The pictures of as many dossiers are held in memory, by reader and language."""


def page(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """What was chosen, from the dossier alone."""
    opened = open_dossier(request, pilot, digest)
    language = language_of(request)
    pictures = _pictures(opened)
    maps = [name for name in MAPS if name in pictures]
    asked = request.GET.get("map", "")
    shown = asked if asked in maps else next(iter(maps), None)
    view = {
        **opened.view,
        "capacity": capacity_of(opened.sealed, language, read_units(request.GET.get("capacity", "").strip())),
        "frontier": ways_of(opened.sealed, language, request.GET.get("way")),
        "pictures": pictures,
        "maps": [(name, told) for name, told in MAPS.items() if name in maps],
        "shown": shown,
        "asked": {"capacity": request.GET.get("capacity", "")[:9], "way": request.GET.get("way", "")[:60]},
    }
    return show(request, "what_if.html", view)


@dataclass(frozen=True)
class _Cards:
    """The cards of one dossier for readers of one kind and language. ``home``: where their links lead."""

    digest: str
    audience: Audience
    language: str
    home: str
    opened: Opened = field(compare=False)


def _pictures(opened: Opened) -> Mapping[str, Markup]:
    """Every picture of the cards that this reader may see, as it was sealed."""
    home = opened.card_at(PICTURED[0])
    return _parsed(_Cards(opened.files.digest, opened.audience, opened.language, home, opened))


@lru_cache(KEPT)
def _parsed(cards: _Cards) -> Mapping[str, Markup]:
    """The pictures of these cards, parsed once: what a digest names never changes."""
    found: dict[str, Markup] = {}
    for card in PICTURED:
        for name, picture in pictures_of(cards.opened.body(card)).items():
            found.setdefault(name, picture)
    return MappingProxyType(found)
