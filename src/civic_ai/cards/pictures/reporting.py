"""Two maps side by side: how readily people report, and the condition as it was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.pictures.map import HATCH, flat_map, shape_of
from civic_ai.cards.pictures.picture import CIVIDIS, Picture, Table, draw
from civic_ai.cards.reporting_view import PARTS
from civic_ai.cards.tell import Teller
from civic_ai.cards.views import Views
from civic_ai.core.messages import Message, say

_CAPTIONS = {
    "rate": say(
        "Repeat reports for the same problem, over the city's average; smoothed over neighbours. "
        "Each class holds about a fifth of the areas. Hatched: not known."
    ),
    "condition": say(
        "The condition as it was measured. Dark: worse. Each class holds about a fifth "
        "of the areas. Hatched: not known."
    ),
}


def draw_reporting(records: Records, teller: Teller, views: Views) -> list[Picture]:
    """The maps that this reader may see, one beside the other on a wide screen; none without outlines."""
    maps = [_Map(name, records, teller, views) for name in PARTS if views.reporting.classes.get(name)]
    return [part.draw() for part in maps if part.is_placed()]


@dataclass(frozen=True)
class _Map:
    """One of the maps: ``name`` is one of ``PARTS``."""

    name: str
    records: Records
    teller: Teller
    views: Views

    def is_placed(self) -> bool:
        """Whether the outline of any area is known."""
        return bool(self.views.scores.areas.keys() & self._known())

    def draw(self) -> Picture:
        """The areas by class, the darkest report most, or are in the worst condition."""
        outlines = replace(self.views.scores, places=self.views.scores.areas, areas={})
        labels = [(label, colour) for label, colour, _ in self._classes()]
        chart = flat_map(outlines, [label for label, _ in labels], [colour for _, colour in labels])
        drawn = draw(chart, self.teller.locale, {"places": list(self._shapes())})
        svg = drawn.replace(b"<g ", HATCH.encode() + b"<g ", 1)
        title, caption = self.teller.sentence(self._title()), self.teller.sentence(_CAPTIONS[self.name])
        return Picture(f"reporting-{self.name}", title, title.striptags(), caption, svg, self._table())

    def _title(self) -> Message:
        if self.name == "rate":
            return say(
                "People report the same problem {low} to {high} times as often as the city's average",
                low=self.teller.value("audit.reporting.map.lowest", "ratio"),
                high=self.teller.value("audit.reporting.map.highest", "ratio"),
            )
        condition = self.records.audit.reporting.condition
        assert condition is not None
        follow = condition.reports_follow
        if follow.lower is not None and follow.lower > 0:
            return say("More is reported where the measured condition is worse")
        if follow.upper is not None and follow.upper < 0:
            return say("Less is reported where the measured condition is worse")
        return say("Reports do not visibly follow the measured condition")

    def _numbers(self) -> list[int]:
        """The numbers of the classes, the one drawn darkest first."""
        survey = self.records.spec.audit.reporting.condition
        low_first = self.name == "condition" and survey is not None and not survey.higher_is_worse
        numbers = range(1, len(self.views.reporting.classes[self.name]) + 1)
        return list(numbers if low_first else reversed(numbers))

    def _classes(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Label, fill and areas of each class, then of those not known."""
        for rank, number in enumerate(self._numbers()):
            fact = f"reporting_map.{self.name}.{number}"
            says = say(
                "{lower} to {upper}: {places} places",
                lower=self.teller.value(f"{fact}.lower", "ratio").striptags(),
                upper=self.teller.value(f"{fact}.upper", "ratio").striptags(),
                places=self.teller.value(f"{fact}.places", "count").striptags(),
            )
            places = self.views.reporting.classes[self.name][number - 1].places
            yield self.teller.plain(says), CIVIDIS[rank], places
        rest = tuple(sorted(self.views.scores.areas.keys() - self._known()))
        if rest:
            yield self.teller.plain(say("not known")), "url(#hatch)", rest

    def _known(self) -> set[str]:
        return {area for part in self.views.reporting.classes[self.name] for area in part.places}

    def _shapes(self) -> Iterator[dict[str, Any]]:
        outlines = self.views.scores.areas
        for label, _, places in self._classes():
            yield shape_of(label, [outlines[place] for place in places if place in outlines])

    def _table(self) -> Table:
        rows = tuple(
            (str(rank), *(self.teller.value(f"reporting_map.{self.name}.{number}.{part}", style)
                          for part, style in _COLUMNS))
            for rank, number in enumerate(self._numbers(), 1)
        )  # fmt: skip
        heads = (say("Class, the darkest first"), say("Lowest value"), say("Highest value"), say("Places"))
        return Table(self.teller.sentence(say("Areas by class")), tuple(map(self.teller.plain, heads)), rows)


_COLUMNS: tuple[tuple[str, Style], ...] = (("lower", "ratio"), ("upper", "ratio"), ("places", "count"))
