"""The portfolio: every pilot with its state, level, gates, what ends and what is late."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse

from civic_ai.records.workflow_words import STATES
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.portfolio import ATTENTION, PHASES, Asked, Choice, Row, Rows, find, read_choice
from civic_ai.web.reader import reader_of
from civic_ai.web.settings import DeskSettings
from civic_ai.web.speech import language_of
from civic_ai.web.titles import Title


def page(request: HttpRequest) -> HttpResponse:
    """The rows that the address asks for."""
    desk, language = the_desk(), language_of(request)
    choice, standing, on = read_choice(request.GET), desk.standing(), desk.today()
    title_of = _title_of(desk)
    mine = standing.pilots_of(reader_of(request).person)
    asked = Asked(choice, mine, on, _fits(choice, language, title_of))
    found = find(_rows(desk.settings).of(standing, on), asked)
    view = {
        "choice": choice,
        "found": found,
        "on": on,
        "mine": mine,
        "rows": [(row, STATES[row.state], _told(title_of(row.pilot), language)) for row in found.rows],
        "phases": [(phase, said, found.by_phase.get(phase, 0)) for phase, said in PHASES.items()],
        "attention": [(each, said, found.by_attention[each]) for each, said in ATTENTION.items()],
    }
    return show(request, "portfolio.html", view)


def _title_of(desk: Desk) -> Callable[[str], Title | None]:
    """The title of a pilot, as the dossier says it that the case is about."""
    standing, at_hand = desk.standing(), desk.settings.workspace.pilots

    def title_of(pilot: str) -> Title | None:
        return desk.titles.of(pilot, standing.case(pilot).dossier) if pilot in at_hand else None

    return title_of


def _fits(choice: Choice, language: str, title_of: Callable[[str], Title | None]) -> Callable[[Row], bool]:
    words = choice.words.casefold().split()

    def fits(row: Row) -> bool:
        title = title_of(row.pilot)
        told = (row.pilot,) if title is None else (row.pilot, *title.in_language(language))
        return all(word in " ".join(told).casefold() for word in words)

    return fits if words else lambda row: True


def _told(title: Title | None, language: str) -> tuple[str, str]:
    return ("", "") if title is None else title.in_language(language)


@cache
def _rows(settings: DeskSettings) -> Rows:
    return Rows()
