"""The map of errors: where more or less came than was predicted, in five classes with their counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from civic_ai.cards import words
from civic_ai.cards.error_map import CLASSES
from civic_ai.cards.pictures.map import flat_map, shape_of
from civic_ai.cards.pictures.picture import Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.views import Views
from civic_ai.core.messages import say

COLOURS = {"far_less": "#2166ac", "less": "#92c5de", "as_predicted": "#ededed", "more": "#f4a582",
           "far_more": "#8c2d04"}  # fmt: skip
"""Blue where less came, brown where more came, the same darkness for the same distance."""


def draw_errors(views: Views, teller: Teller) -> Picture | None:
    """Places by class, area outlines above; None where nothing says where places are, or nothing is known."""
    placed = {place for places in views.errors.places.values() for place in places}
    if not placed & views.scores.places.keys():
        return None
    title = teller.sentence(
        say(
            "Far more than predicted in {more} places, far less in {less}",
            more=teller.value("error_map.far_more", "count"),
            less=teller.value("error_map.far_less", "count"),
        )
    )
    caption = say(
        "Brown: more than was predicted, so residents there are served too little or told too little. "
        "Blue: less."
    )
    labels = {name: _label(name, teller) for name in reversed(CLASSES)}
    chart = flat_map(views.scores, list(labels.values()), [COLOURS[name] for name in labels])
    shapes = {"places": list(_shapes(views, labels)), "areas": _areas(views)}
    drawn = draw(chart, teller.locale, shapes)
    return Picture("errors", title, title.striptags(), teller.sentence(caption), drawn, _table(teller))


def _label(name: str, teller: Teller) -> str:
    places = teller.value(f"error_map.{name}", "count").striptags()
    return teller.plain(say("{kind}: {places} places", kind=teller.word(words.ERRORS, name), places=places))


def _shapes(views: Views, labels: dict[str, str]) -> Iterator[dict[str, Any]]:
    for name, label in labels.items():
        known = (place for place in views.errors.places.get(name, ()) if place in views.scores.places)
        yield shape_of(label, [views.scores.places[place] for place in known])


def _areas(views: Views) -> list[dict[str, Any]]:
    return [shape_of("", [shape]) for _, shape in sorted(views.scores.areas.items())]


def _table(teller: Teller) -> Table:
    rows = tuple(
        (teller.word(words.ERRORS, name), teller.value(f"error_map.{name}", "count"))
        for name in reversed(CLASSES)
    )
    columns = (teller.plain(say("What came, against what was predicted")), teller.plain(say("Places")))
    return Table(teller.sentence(say("Places by their error")), columns, rows)
