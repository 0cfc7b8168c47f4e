"""Other choices, from what a dossier holds and from nothing else: another capacity, another way to choose.

A choice that was not measured is not worked out from its neighbours: the nearest that were measured are
shown, one on each side, and beyond the last of them nothing is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.frontier import FrontierWords
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.sealed import Sealed
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import say
from civic_ai.records.evaluation import CurvePoint
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay

CHANCE = "random"
MOST_LETTERS = 9
SMALLEST_CHANGE = 0.05
"""Visits of one list that are moved by less are said to stay: the change would read as 0.0."""


@dataclass(frozen=True)
class Capacity:
    """What is found with another number of visits. ``held``: the numbers that were measured; ``shown``: those
    nearest to the one ``asked`` for; none where it lies beyond them."""

    held: tuple[int, ...]
    real: int | None
    asked: int | None
    shown: tuple[int, ...]
    table: Table | None

    @property
    def is_beyond(self) -> bool:
        """Whether nothing was measured on one side of the choice."""
        return self.asked is not None and not self.shown


@dataclass(frozen=True)
class Way:
    """One way of choosing the list: its name in addresses, in words, and whether it is the chosen one."""

    name: str
    told: Markup
    is_chosen: bool


@dataclass(frozen=True)
class Ways:
    """Every way that was tried, and the chosen one beside the list of the cards."""

    ways: tuple[Way, ...]
    table: Table
    visits: tuple[Table, ...]


def teller_of(sealed: Sealed, language: str) -> Teller:
    """Tells the dossier's facts as this reader may see them."""
    return Teller(sealed.facts, language, locale_for(sealed.records.spec.locale, language))


def nearest(held: tuple[int, ...], asked: int) -> tuple[int, ...]:
    """The measured number itself, or the two around it; none where it lies beyond. ``held`` is ordered."""
    place = bisect_left(held, asked)
    if place < len(held) and held[place] == asked:
        return (asked,)
    return held[place - 1 : place + 1] if 0 < place < len(held) else ()


def read_units(typed: str) -> int | None:
    """A number of visits as somebody typed it; None where it is none."""
    return int(typed) if typed.isdecimal() and len(typed) <= MOST_LETTERS and int(typed) else None


def capacity_of(sealed: Sealed, language: str, asked: int | None) -> Capacity | None:
    """What the dossier holds about this number of visits, the real one where none is asked for; None where
    its question asks for no list."""
    evaluation = sealed.records.evaluation
    held = tuple(sorted({point.units for point in evaluation.capacity_curve}))
    if not held:
        return None
    wanted = asked or evaluation.capacity or held[0]
    shown = nearest(held, wanted)
    table = _found(sealed.records, teller_of(sealed, language), shown) if shown else None
    return Capacity(held, evaluation.capacity, wanted, shown, table)


def _found(records: Records, tell: Teller, shown: tuple[int, ...]) -> Table:
    """A row for each of these numbers, a column for each way of choosing."""
    names = list(dict.fromkeys((records.model, records.rule, CHANCE)))
    curve = {(point.candidate, point.units): point for point in records.evaluation.capacity_curve}
    rows = tuple(
        (_units(tell, curve[names[0], units]), *(_share(tell, curve.get((name, units))) for name in names))
        for units in shown
    )
    told = [candidate_name(records.spec, tell, name) for name in names[:-1]]
    columns = (tell.plain(say("Visits")), *told, tell.plain(say("at random")))
    return Table(tell.sentence(say("Share of all cases found")), columns, rows)


def _units(tell: Teller, point: CurvePoint) -> Markup:
    return tell.value(f"{fact_of('evaluation.capacity_curve', point)}.units", "count")


def _share(tell: Teller, point: CurvePoint | None) -> Markup:
    if point is None:
        return tell.sentence(say("Not measured"))
    return tell.figure(f"{fact_of('evaluation.capacity_curve', point)}.found", "percent")


def ways_of(sealed: Sealed, language: str, chosen: str | None) -> Ways | None:
    """The way of that name beside the list of the cards; the first mitigation where none is named. None where
    no list was compared."""
    frontier = sealed.records.audit.frontier
    if frontier is None:
        return None
    return _Compared(sealed.records, frontier, teller_of(sealed, language)).told(chosen)


@dataclass(frozen=True)
class _Compared:
    records: Records
    frontier: Frontier
    tell: Teller

    def told(self, chosen: str | None) -> Ways:
        said = FrontierWords(self.records, self.frontier, self.tell)
        way = self._chosen(said, chosen)
        ways = tuple(Way(each.way, said.name(each), each is way) for each in self.frontier.ways)
        both = tuple(dict.fromkeys((said.champion, way)))
        names = (self.tell.plain(say("this card's list")), *(said.name(one).striptags() for one in both[1:]))
        return Ways(ways, self._compared(said, names, both), tuple(self._visits(names, both)))

    def _chosen(self, said: FrontierWords, chosen: str | None) -> FrontierWay:
        named = (way for way in self.frontier.ways if way.way == chosen)
        return next(named, next(iter(said.mitigations), said.champion))

    def _compared(self, said: FrontierWords, names: tuple[str, ...], both: tuple[FrontierWay, ...]) -> Table:
        """A row for each figure of the card's own table, a column for each of the two ways."""
        told = said.ways()
        picked = [told.rows[self.frontier.ways.index(way)] for way in both]
        rows = tuple((column, *(row[at] for row in picked)) for at, column in enumerate(told.columns) if at)
        return Table(told.caption, (self.tell.plain(say("Figure")), *names), rows)

    def _visits(self, names: tuple[str, ...], both: tuple[FrontierWay, ...]) -> Iterator[Table]:
        """For each attribute: visits of one list by group, and how many more or fewer."""
        groups = GroupWords(self.records, self.tell)
        parts = {(one.way, one.attribute, one.group): one for one in self.frontier.visits}
        for attribute in dict.fromkeys(one.attribute for one in self.frontier.visits):
            of_it = dict.fromkeys(one.group for one in self.frontier.visits if one.attribute == attribute)
            rows = tuple(
                (
                    groups.group(attribute, group),
                    *(self._visited(parts.get((way.way, attribute, group))) for way in both),
                )
                for group in of_it
            )
            caption = say("Visits of one list, by {attribute}", attribute=groups.attribute(attribute))
            yield Table(self.tell.sentence(caption), (self.tell.plain(say("Group")), *names), rows)

    def _visited(self, part: FrontierVisits | None) -> Markup:
        if part is None:
            return self.tell.sentence(say("Not measured"))
        if part.suppressed or part.per_list is None or part.change is None:
            return Markup(escape(self.tell.word(words.MISSING, "suppressed")))
        fact = fact_of("audit.frontier.visits", part)
        visits = self.tell.value(f"{fact}.per_list", "found")
        if abs(part.change) < SMALLEST_CHANGE:
            return visits
        change, sign = self.tell.value(f"{fact}.change", "found_fine"), "+" if part.change > 0 else ""
        return self.tell.sentence(say("{visits} ({sign}{change})", visits=visits, sign=sign, change=change))
