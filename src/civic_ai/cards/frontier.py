"""What could be done about it: every way of choosing the list, what it finds, whom it reaches, who gains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.figure import Figure
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay

METHODS = {
    "recall_parity": N_("each group to the depth that the past year's outcomes ask for"),
    "recall_parity_label_free": N_("each group to the depth that the scores themselves ask for"),
    "district_floor": N_("a least number of visits for every district, by its share of past need"),
    "corrected_target": N_("scores corrected for how often an area reports"),
    "exponentiated_gradient": N_("a mixture of models (fairlearn, only to compare)"),
    "threshold_optimizer": N_("a threshold for each group (fairlearn, only to compare)"),
}
"""What a mitigation does, in plain words."""
Columns = tuple[tuple[Message, ...], Callable[[FrontierWay, str], Iterator[Markup]]]
"""Heads, and what stands under them for one way, whose facts begin with a name."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def frontier_section(records: Records, teller: Teller) -> dict[str, Any] | None:
    """What a card's section shows: what figures count, every way, and who gains; None where no list was
    compared."""
    if records.audit.frontier is None:
        return None
    told = FrontierWords(records, records.audit.frontier, teller)
    return {"counted": told.counted(), "ways": told.ways(), "visits": told.visits()}


@dataclass(frozen=True)
class FrontierWords:
    """Names, sentences and tables about the frontier for one reader."""

    records: Records
    frontier: Frontier
    teller: Teller

    @property
    def champion(self) -> FrontierWay:
        """The list that the card speaks of."""
        return next(way for way in self.frontier.ways if way.kind == "champion")

    @property
    def shown(self) -> list[FrontierWay]:
        """Everything but the sweep."""
        return [way for way in self.frontier.ways if way.kind != "sweep"]

    @property
    def pictured(self) -> list[FrontierWay]:
        """What the picture shows: of the simple rules only the best, this card's list on top."""
        rules = [way for way in self.shown if way.kind == "rule" and way.way != self.records.rule]
        return sorted((way for way in self.shown if way not in rules), key=lambda way: way.kind == "champion")

    @property
    def mitigations(self) -> list[FrontierWay]:
        """The declared mitigations, but for one that is champion."""
        return [way for way in self.frontier.ways if way.kind == "mitigation"]

    def letter(self, way: FrontierWay) -> str:
        """By what a way is found in the picture and the table."""
        return LETTERS[self.shown.index(way) % len(LETTERS)]

    @property
    def pair(self) -> dict[str, str]:
        """The two groups that all ways are compared on."""
        names, frontier = GroupWords(self.records, self.teller), self.frontier
        return {
            "group": names.group(frontier.attribute, frontier.group),
            "reference": names.group(frontier.attribute, frontier.reference_group),
        }

    def name(self, way: FrontierWay) -> Markup:
        """What a way does, in words; a mitigation with the candidate that it starts from."""
        tell = self.teller
        if way.strength is not None:
            fact = f"{fact_of('audit.frontier.ways', way)}.strength"
            return tell.sentence(say("depths moved {share} of the way", share=tell.value(fact, "percent")))
        if way.method is None:
            return Markup(escape(tell.word(words.CANDIDATES, way.way)))
        of = tell.word(words.CANDIDATES, way.of or "")
        return tell.sentence(say("{of}, {how}", of=of, how=tell.word(METHODS, way.method)))

    def finding(self) -> Message:
        """What the picture shows, and no more than the intervals can tell."""
        if self.champion.ratio.value is None:
            return say("Ways to choose the list, and what each finds")
        if not _excludes(self.champion.ratio, 1.0):
            return say(
                "This data shows no sure gap between {group} and {reference}; "
                "other lists move visits between them",
                **self.pair,
            )
        closer = [way for way in self.mitigations if self._is_closer(way) and not self._finds_less(way)]
        if closer:
            best = min(closer, key=lambda way: (_apart(way.ratio), way.way))
            return say(
                "{group} against {reference}: way {letter} narrows the gap, at no loss that can be seen",
                letter=self.letter(best),
                **self.pair,
            )
        if any(self._is_closer(way) for way in self.mitigations):
            return say("{group} against {reference}: every way that narrows the gap finds less", **self.pair)
        return say("{group} against {reference}: no way that was tried clearly narrows the gap", **self.pair)

    def _is_closer(self, way: FrontierWay) -> bool:
        return _excludes(way.ratio_change, 1.0) and _apart(way.ratio) < _apart(self.champion.ratio)

    @staticmethod
    def _finds_less(way: FrontierWay) -> bool:
        return way.found_per_visit_change.upper is not None and way.found_per_visit_change.upper < 0

    @property
    def is_known_need(self) -> bool:
        """Whether all is told against need too."""
        return self.frontier.life_days is not None

    def counted(self) -> Markup:
        """Against what the picture and the tables count."""
        if not self.is_known_need:
            return self.teller.sentence(say("Found, and who is reached, are counted against reports."))
        return self.teller.sentence(
            say(
                "The picture counts against reports. The table of ways also counts against need: "
                "reports, divided by the share of problems that is ever reported there."
            )
        )

    def ways(self) -> Table:
        """What each way finds and whom it reaches, the list of this card first; against need too where that
        is known."""
        told = [self._reports(), *([self._need()] if self.is_known_need else []), self._rest()]
        columns = (say("Way of choosing the list"), *(head for heads, _ in told for head in heads))
        rows = tuple(
            (
                self._named(way),
                *(cell for _, cells in told for cell in cells(way, fact_of("audit.frontier.ways", way))),
            )
            for way in self.frontier.ways
        )
        caption = self.teller.sentence(say("Ways to choose the list, at the same number of visits"))
        return Table(caption, tuple(map(self.teller.plain, columns)), rows)

    def _reports(self) -> Columns:
        """What is found and who is reached, of what was reported."""

        def cells(way: FrontierWay, fact: str) -> Iterator[Markup]:
            yield self.teller.figure(f"{fact}.found_per_visit", "per_hundred")
            yield self._against(way, fact)
            yield self.teller.figure(f"{fact}.ratio", "ratio")

        heads = (
            say("Found per 100 visits, of reports"),
            say("Against this card's list"),
            say("{group} against {reference}, of reports", **self.pair),
        )
        return heads, cells

    def _need(self) -> Columns:
        """The same of problems, reported or not."""

        def cells(way: FrontierWay, fact: str) -> Iterator[Markup]:
            yield self.teller.figure(f"{fact}.need_per_visit", "per_hundred")
            yield self.teller.figure(f"{fact}.need_ratio", "ratio")

        heads = (
            say("Found per 100 visits, of need"),
            say("{group} against {reference}, of need", **self.pair),
        )
        return heads, cells

    def _rest(self) -> Columns:
        """What else a way does."""

        def cells(way: FrontierWay, fact: str) -> Iterator[Markup]:
            yield self._widest(way, fact)
            yield self.teller.sentence(say("yes") if way.decides_by_attribute else say("no"))

        return (say("Its own widest gap, of reports"), say("Looks at the group to make the list")), cells

    def _named(self, way: FrontierWay) -> Markup:
        """The name behind its letter; the sweep has none."""
        if way.strength is not None:
            return self.name(way)
        return Markup("{}: {}").format(self.letter(way), self.name(way))

    def _against(self, way: FrontierWay, fact: str) -> Markup:
        if way.kind == "champion":
            return self.teller.sentence(say("this card's list"))
        return self.teller.figure(f"{fact}.found_per_visit_change", "per_hundred")

    def _widest(self, way: FrontierWay, fact: str) -> Markup:
        """The ratio furthest from 1 that this way has, and in which group."""
        ratio = self.teller.figure(f"{fact}.widest", "ratio")
        if way.widest_attribute is None or way.widest_group is None:
            return ratio
        names = GroupWords(self.records, self.teller)
        group = names.of_attribute(way.widest_attribute, way.widest_group)
        return self.teller.sentence(say("{group}: {ratio}", group=group, ratio=ratio))

    def visits(self) -> Table:
        """Visits of one list by group, and how many more or fewer than from the list of this card."""
        tell, names = self.teller, GroupWords(self.records, self.teller)
        groups = [part.group for part in self._visits(self.champion)]
        rows = tuple(
            (self._named(way), *(self._visited(part, way) for part in self._visits(way)))
            for way in (self.champion, *self.mitigations)
        )
        columns = (
            tell.plain(say("Way of choosing the list")),
            *(names.group(self.frontier.attribute, group) for group in groups),
        )
        caption = say(
            "Who gains and who loses: visits of one list, by {attribute}",
            attribute=names.attribute(self.frontier.attribute),
        )
        return Table(tell.sentence(caption), columns, rows)

    def _visits(self, way: FrontierWay) -> Iterator[FrontierVisits]:
        wanted = (way.way, self.frontier.attribute)
        return (part for part in self.frontier.visits if (part.way, part.attribute) == wanted)

    def _visited(self, part: FrontierVisits, way: FrontierWay) -> Markup:
        tell, fact = self.teller, fact_of("audit.frontier.visits", part)
        if part.suppressed or part.per_list is None or part.change is None:
            return Markup(escape(tell.word(words.MISSING, "suppressed")))
        told = {
            "visits": tell.value(f"{fact}.per_list", "found"),
            "share": tell.value(f"{fact}.share", "percent"),
        }
        if way.kind == "champion":
            return tell.sentence(say("{visits} ({share})", **told))
        change = tell.value(f"{fact}.change", "found_fine")
        sign = "+" if part.change > 0 else ""
        return tell.sentence(say("{visits} ({share}; {sign}{change})", sign=sign, change=change, **told))


def _excludes(figure: Figure, value: float) -> bool:
    if figure.lower is None or figure.upper is None:
        return False
    return not figure.lower <= value <= figure.upper


def _apart(figure: Figure) -> float:
    """How far a ratio lies from 1, as a factor of at least 1; infinite where there is none."""
    if not figure.value:
        return float("inf")
    return max(figure.value, 1 / figure.value)
