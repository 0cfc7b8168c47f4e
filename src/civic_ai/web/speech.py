"""The language of a page: one Jinja environment for each, whose ``_`` speaks it. The reader chooses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, Undefined
from markupsafe import Markup

from civic_ai.core.messages import LANGUAGES, Message, governance_folder, written_date
from civic_ai.review.site_pages import teller_in

COOKIE = "desk-language"
OWN_NAMES = {"en": "English", "es": "Español", "pt": "Português"}


def language_of(request: HttpRequest) -> str:
    """The reader's choice, else the first of the browser's languages that the desk speaks, else English."""
    chosen = request.COOKIES.get(COOKIE, "")
    wished = [part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(",")]
    return next((each for each in (chosen, *wished) if each in LANGUAGES), "en")


def environment(
    *, language: str, undefined: type[Undefined], autoescape: bool, loader: BaseLoader, auto_reload: bool
) -> Environment:
    """The desk's templates, and the components of the cards, as readers of one language see them."""
    cards = FileSystemLoader(governance_folder() / "cards")
    made = Environment(
        loader=ChoiceLoader([loader, cards]),
        autoescape=autoescape,
        undefined=undefined,
        auto_reload=auto_reload,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_words(language))
    return made


def _words(language: str) -> dict[str, Any]:
    """What every template may call."""
    tell = teller_in(language)

    def say(sentence: str, /, **values: Any) -> Markup:
        return tell.sentence(Message(sentence, values))

    def say_count(one: str, many: str, number: int, /, **values: Any) -> Markup:
        return tell.sentence(Message(one, values, many, number))

    def day(at: date | datetime) -> str:
        return written_date(at.date() if isinstance(at, datetime) else at, tell.locale)

    return {
        "_": say,
        "say_count": say_count,
        "tell": tell,
        "day": day,
        "static": static,
        "url": address,
        "languages": OWN_NAMES,
    }


def address(name: str, *parts: str | int) -> str:
    """The path of a page by its name in the table of routes."""
    return reverse(name, args=parts)
