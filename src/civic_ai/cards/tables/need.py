"""Reports and need side by side, in plain words: who is reported, and which verdict changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.need import NeedAudit, NeedRatio, NeedVerdict

WHY_UNKNOWN = {
    "reporting_not_measured": N_(
        "Not measured against need: this city's data does not say how fast each area reports."
    ),
    "labels_are_no_reports": N_(
        "Not measured against need: what is predicted here is not what people report."
    ),
    "no_life_declared": N_(
        "Not measured against need: the pilot does not say how long a problem lasts if nobody reports it."
    ),
    "no_metric_counts_cases": N_("Not measured against need: no figure of this pilot counts cases."),
}

COUNTED = {
    "recall": N_("reached, of all cases"),
    "service_per_need": N_("share of visits over share of cases"),
    "bias_ratio": N_("cases over what was predicted"),
}
"""What a metric counts, whether cases are reports or need."""


@dataclass(frozen=True)
class NeedTables:
    """Sentences and tables of one audit against need for one reader."""

    records: Records
    teller: Teller

    @property
    def need(self) -> NeedAudit:
        """The record; one that says nothing where an audit was made without it."""
        return self.records.audit.need or NeedAudit(why_unknown="reporting_not_measured")

    def lead(self) -> Markup:
        """Whether a verdict is another against need, or why nobody can tell."""
        tell, need = self.teller, self.need
        if need.why_unknown is not None:
            return tell.sentence(Message(WHY_UNKNOWN[need.why_unknown]))
        changed = [part for part in need.verdicts if part.need != part.reports]
        if not changed:
            return tell.sentence(say("Against need instead of reports, every verdict stays the same."))
        return Markup(" ").join(map(self._change, changed))

    def _change(self, part: NeedVerdict) -> Markup:
        return self.teller.sentence(
            say(
                "{metric}: {reports} against reports, {need} against need.",
                metric=self._counted(part.metric),
                reports=self.teller.verdict(part.reports),
                need=self.teller.verdict(part.need),
            )
        )

    def _counted(self, metric: str) -> str:
        word = self.teller.word(COUNTED, metric)
        return word[:1].upper() + word[1:]

    def explanations(self) -> Iterator[Markup]:
        """How many problems are ever reported, what need is, and what follows from another life."""
        tell, need = self.teller, self.need
        if need.life_days is None:
            return
        yield tell.sentence(
            say(
                "If a problem lasts {life} days, about {share} of all are reported before they go away.",
                life=tell.value("audit.need.life_days", "count"),
                share=tell.figure("audit.need.reported", "percent"),
            )
        )
        yield tell.sentence(
            say("Probably fewer are: only problems that somebody reported can be watched, and these are "
                "reported faster than others.")
        )  # fmt: skip
        yield tell.sentence(
            say("Need is an estimate: reports, divided by the share of problems that is ever reported there.")
        )
        if self.records.spec.label.kind == "event":
            yield tell.sentence(
                say("Here a place counts once in each period, however many problems it has. So where little "
                    "is reported, need may be overstated.")
            )  # fmt: skip
        yield tell.sentence(
            say("Each column says what it counts against. Only need holds the problems that nobody reported.")
        )
        yield self.sensitivity()

    def sensitivity(self) -> Markup:
        """Which verdicts rest on the declared life of a problem."""
        tell, unstable = self.teller, [part for part in self.need.verdicts if not part.is_stable]
        days = [
            tell.value(f"{fact_of('audit.need.lives', part)}.life_days", "count") for part in self.need.lives
        ]
        lives = tell.sentence(say("{one} or {other}", one=days[0], other=days[-1]))
        if not unstable:
            return tell.sentence(
                say("How long a problem lasts is declared, not measured. With {lives} days every verdict is "
                    "the same.", lives=lives)
            )  # fmt: skip
        names = tell.listed([tell.word(COUNTED, part.metric) for part in unstable])
        return tell.sentence(
            say("How long a problem lasts is declared, not measured. With {lives} days another verdict would "
                "stand for: {metrics}.", lives=lives, metrics=names)
        )  # fmt: skip

    def tables(self) -> list[Table]:
        """The share that is reported, then one table a metric; none where need is not known."""
        if self.need.life_days is None:
            return []
        return [self._shares(), *(self._metric(part.metric) for part in self.need.verdicts)]

    def _shares(self) -> Table:
        tell, rows = self.teller, []
        for part in self.need.shares:
            fact = fact_of("audit.need.shares", part)
            share = self._hidden() if part.suppressed else tell.figure(f"{fact}.figure", "percent")
            rows.append((self._name(part.attribute, part.group), share))
        columns = (say("Group"), say("Problems that anybody reports"))
        caption = say("Of all problems where a group lives, how many are ever reported?")
        return Table(tell.sentence(caption), tuple(map(tell.plain, columns)), tuple(rows))

    def _metric(self, metric: str) -> Table:
        tell, rows = self.teller, []
        pairs: dict[tuple[str, str], dict[str, NeedRatio]] = {}
        for part in self.need.ratios:
            if part.metric == metric:
                pairs.setdefault((part.attribute, part.group), {})[part.against] = part
        for (attribute, group), by in pairs.items():
            rows.append((self._name(attribute, group), *self._cells(by["reports"]), *self._cells(by["need"])))
        columns = (
            say("Group, over the reference group"),
            say("Against reports"),
            say("Verdict against reports"),
            say("Against need"),
            say("Verdict against need"),
        )
        return Table(Markup(escape(self._counted(metric))), tuple(map(tell.plain, columns)), tuple(rows))

    def _cells(self, part: NeedRatio) -> tuple[Markup, Markup]:
        fact = fact_of("audit.need.ratios", part)
        if part.suppressed:
            return self._hidden(), self._hidden()
        return self.teller.figure(f"{fact}.ratio", "ratio"), self._names.verdict(part, fact)

    @property
    def _names(self) -> GroupWords:
        return GroupWords(self.records, self.teller)

    def _name(self, attribute: str, group: str) -> str:
        return self._names.of_attribute(attribute, group)

    def _hidden(self) -> Markup:
        return Markup(escape(self.teller.word(words.MISSING, "suppressed")))
