"""Whom it serves, closer: who chose what decides, two groups at once, within areas, worst slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tables.errors import where_said
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import say
from civic_ai.records.intersections import Intersection, Spread
from civic_ai.records.metric_tree import MetricChoice
from civic_ai.records.slices import ServedSlice
from civic_ai.records.within import WithinAreas

MOST_ROWS = 10
"""Pairs of groups that a card shows, those served worst first; the audit's record holds all."""


@dataclass(frozen=True)
class ServedTogether:
    """Sentences and tables of one audit for one reader; empty where nothing of the kind was measured."""

    records: Records
    teller: Teller

    @property
    def names(self) -> GroupWords:
        """The words for groups and metrics."""
        return GroupWords(self.records, self.teller)

    def choice(self) -> list[Markup]:
        """Which metrics decide, why, and who says so."""
        chosen = self.records.audit.choice
        return [] if chosen is None else list(self._choice(chosen))

    def _choice(self, chosen: MetricChoice) -> Iterator[Markup]:
        tell = self.teller
        decides = self._metrics(chosen.chosen)
        if chosen.by is None or chosen.why is None:
            yield tell.sentence(
                say(
                    "What decides here: {metrics}. {why}", metrics=decides, why=tell.text(chosen.why_proposed)
                )
            )
            yield tell.sentence(say("The board's questions propose this; nobody has confirmed it."))
            return
        yield tell.sentence(
            say("What decides here: {metrics}. {who} chose it. {why}",
                metrics=decides, who=chosen.by, why=tell.text(chosen.why))
        )  # fmt: skip
        if chosen.left_out:
            yield tell.sentence(
                say("The board's questions propose something that does not decide here: {metrics}.",
                    metrics=self._metrics(chosen.left_out))
            )  # fmt: skip

    def _metrics(self, metrics: Sequence[str]) -> Markup:
        return self.teller.listed([self.names.metric(metric) for metric in metrics])

    def tables(self) -> list[Table]:
        """Pairs of groups, a table for each metric; then the places that are served worst."""
        made = self.records.audit.intersections
        groups = () if made is None else made.groups
        found = self.records.audit.slices
        metrics = dict.fromkeys(part.metric for part in groups)
        tables = [self._pairs([one for one in groups if one.metric == metric]) for metric in metrics]
        return tables if found is None or not found.slices else [*tables, self._slices(found.slices)]

    def _pairs(self, parts: Sequence[Intersection]) -> Table:
        tell, metric = self.teller, parts[0].metric
        heads = (
            say("Who"),
            say("Cases"),
            say("Drawn towards the city"),
            say("Against the city"),
            say("Verdict"),
        )
        caption = say(
            "Residents who belong to two groups at once, served worst first. Few cases are drawn towards the "
            "city's figure; the verdicts hold for all pairs at once."
        )
        rows = tuple(self._pair(part, words.GROUP_METRICS[metric][1]) for part in parts[:MOST_ROWS])
        columns = list(map(tell.plain, heads))
        return Table(tell.sentence(caption), (*columns[:2], self.names.metric(metric), *columns[2:]), rows)

    def _pair(self, part: Intersection, style: Style) -> tuple[Markup | str, ...]:
        tell, fact = self.teller, fact_of("audit.intersections.groups", part)
        who = tell.listed(
            [
                self.names.of_attribute(part.attribute, part.group),
                self.names.of_attribute(part.other_attribute, part.other_group),
            ]
        )
        if part.suppressed:
            hidden = Markup("{}").format(tell.word(words.MISSING, "suppressed"))
            return (who, hidden, hidden, hidden, hidden, hidden)
        return (
            who,
            tell.value(f"{fact}.events", "count"),
            tell.figure(f"{fact}.figure", style),
            tell.value(f"{fact}.shrunken", style),
            tell.figure(f"{fact}.ratio", "ratio"),
            self.names.verdict(part, fact),
        )

    def _slices(self, parts: Sequence[ServedSlice]) -> Table:
        tell, rows = self.teller, []
        for part in parts:
            fact = fact_of("audit.slices.slices", part)
            rows.append(
                (
                    where_said(tell, part.where),
                    tell.figure(f"{fact}.figure", words.GROUP_METRICS[part.metric][1]),
                    tell.figure(f"{fact}.ratio", "ratio"),
                    self.names.verdict(part, fact),
                )
            )
        heads = (say("Where"), say("Measured there"), say("Against the city"), say("Verdict"))
        caption = say(
            "Where it may serve worst, looked for without any group: found on half of the areas, judged on "
            "the others"
        )
        return Table(tell.sentence(caption), tuple(map(tell.plain, heads)), tuple(rows))

    def lines(self) -> list[Markup]:
        """How much pairs of groups differ beyond chance; what may hide within areas."""
        made = self.records.audit.intersections
        spreads = [] if made is None else [self._spread(one) for one in made.spreads]
        bounds = [one for one in self.records.audit.within_areas if one.lower is not None]
        return [one for one in (*spreads, *self._within(bounds)) if one]

    def _spread(self, part: Spread) -> Markup:
        """Never a gap between extremes: among many small groups chance alone makes it wide."""
        tell, fact = self.teller, fact_of("audit.intersections.spreads", part)
        style = words.GROUP_METRICS[part.metric][1]
        if part.beyond_chance is None:
            return Markup("")
        places = {
            "metric": self.names.metric(part.metric),
            "one": self.names.attribute(part.attribute),
            "other": self.names.attribute(part.other_attribute),
            "chance": tell.value(f"{fact}.by_chance", style),
        }
        if not part.beyond_chance:
            return tell.sentence(
                say("{metric}: crossing {one} with {other}, groups differ no more than by chance ({chance}).",
                    **places)
            )  # fmt: skip
        beyond = tell.value(f"{fact}.beyond_chance", style)
        return tell.sentence(
            say("{metric}: crossing {one} with {other}, groups typically differ by {beyond} beyond the "
                "{chance} that chance brings.", **places, beyond=beyond)
        )  # fmt: skip

    def _within(self, bounds: Sequence[WithinAreas]) -> Iterator[Markup]:
        for metric in dict.fromkeys(one.metric for one in bounds):
            told = [self._bound(one) for one in bounds if one.metric == metric]
            yield self.teller.sentence(
                say("Groups are known by area only. Whoever is missed within areas, this holds: {metric}: "
                    "{groups}.", metric=self.names.metric(metric), groups=self.teller.listed(told))
            )  # fmt: skip

    def _bound(self, part: WithinAreas) -> Markup:
        tell, fact = self.teller, fact_of("audit.within_areas", part)
        style = words.GROUP_METRICS[part.metric][1]
        return tell.sentence(
            say("{group} between {lower} and {upper}",
                group=self.names.group(part.attribute, part.group),
                lower=tell.value(f"{fact}.lower", style),
                upper=tell.value(f"{fact}.upper", style))
        )  # fmt: skip
