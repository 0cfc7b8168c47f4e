"""Does it predict the place, or who looks? And did what counts change? In words and tables."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.observer import ObserverTest

_PREFIX = "audit.observer"
FINDINGS = {
    "fail": N_(
        "It mainly predicts who looks, not the place: the observer alone gives {share} of what it "
        "tells apart."
    ),
    "pass": N_(
        "It tells places apart, and not only who looks: it also gains among the cases of one observer."
    ),
    "insufficient_evidence": N_("This data cannot tell whether it predicts the place or who looks."),
}
MEANINGS = {
    "fail": N_(
        "A list by this score puts the cases of some observers first. It says little about which place "
        "needs it."
    ),
    "pass": N_("Who looks still matters for what is found. It is not all that the score knows."),
    "insufficient_evidence": N_("Treat the order of the list with care until more is known."),
}
WHY_UNKNOWN = {
    "not_declared": N_("Not known: the pilot does not say which column names who made the record."),
    "observer_of_rows_only": N_(
        "Not known: a place has requests of many observers, and none of them made the whole record."
    ),
    "no_chance_is_predicted": N_("Not known: how long a case takes is not held against who made the record."),
    "one_observer": N_("Not known: one observer made all records."),
    "no_pairs": N_("Not known: the tests hold no two cases with different outcomes."),
}
"""Why there is no verdict, by the code of the audit."""

AREAS = {
    "area_of_model": N_("The model"),
    "area_of_observer": N_("The observer's own rate alone"),
    "area_without_observer": N_("The same model, trained without the observer"),
    "area_within_observers": N_("The model, among cases of the same observer"),
}
MEASURES: dict[str, tuple[str, Style]] = {
    "days_earlier": (N_("Days earlier found than today"), "found_fine"),
    "recall": (N_("Share of all cases found at capacity, beyond a random order"), "percent_fine"),
}
_GAINS = (("model", say("The model")), ("observer", say("The observer's own rate alone")),
          ("within", say("The model, within each observer's cases")))  # fmt: skip


@dataclass(frozen=True)
class ObserverWords:
    """The observer test and the label's changes of one evidence for one reader."""

    records: Records
    teller: Teller

    @property
    def test(self) -> ObserverTest:
        """The audit's test; where an older audit has none, nothing was declared."""
        return self.records.audit.observer or ObserverTest(verdict="unknown", why_unknown="not_declared")

    def finding(self) -> Markup:
        """The answer in one sentence."""
        test = self.test
        if test.verdict == "unknown":
            return self.teller.sentence(Message(WHY_UNKNOWN[test.why_unknown or "not_declared"]))
        if self.records.evaluation.champion == "observer_rate":
            return self.teller.sentence(
                say("What is proposed knows only who looks, and nothing of the place.")
            )
        places = (
            {"share": self.teller.figure(f"{_PREFIX}.share", "percent")} if test.verdict == "fail" else {}
        )
        return self.teller.sentence(Message(FINDINGS[test.verdict], places))

    def meaning(self) -> Markup:
        """What the answer means for whoever uses the list; empty where there is none."""
        told = MEANINGS.get(self.test.verdict)
        return Markup("") if told is None else self.teller.sentence(Message(told))

    def tables(self) -> list[Table]:
        """How well each order tells cases apart, and what each gains; empty without a verdict."""
        if self.test.verdict == "unknown":
            return []
        return [table for table in (self._areas(), self._gains()) if table.rows]

    def _areas(self) -> Table:
        tell, test = self.teller, self.test
        names = [name for name in AREAS if name != "area_without_observer" or test.knows_observer]
        rows = [(tell.word(AREAS, name), tell.figure(f"{_PREFIX}.{name}", "percent")) for name in names]
        caption = say(
            "Of two cases on one list, one with the outcome and one without: how often the first stands "
            "higher (half is chance)"
        )
        columns = (say("Order by"), say("Right order"))
        return Table(tell.sentence(caption), tuple(map(tell.plain, columns)), tuple(rows))

    def _gains(self) -> Table:
        tell, rows = self.teller, []
        gains = self.test.gains
        for gain in gains:
            fact, style = fact_of(f"{_PREFIX}.gains", gain), MEASURES[gain.measure][1]
            period = say("Last period, kept aside") if gain.split == "lockbox" else say("Tests")
            rows.append((tell.plain(period), *(self._figure(f"{fact}.{name}", style) for name, _ in _GAINS)))
        measure = tell.word(MEASURES, gains[-1].measure) if gains else ""
        columns = (say("Period"), *(told for _, told in _GAINS))
        return Table(Markup.escape(measure), tuple(map(tell.plain, columns)), tuple(rows))

    def _figure(self, fact: str, style: Style) -> Markup:
        is_told = f"{fact}.n" in self.teller.facts
        return self.teller.figure(fact, style) if is_told else self.teller.sentence(say("Not measured"))

    def changes_finding(self) -> Markup:
        """Whether what counts has changed, in one sentence."""
        if "label_changes" in self.records.audit.not_measured:
            return self.teller.sentence(Message(words.NOT_MEASURED["label_changes"]))
        if not self.records.audit.label_changes:
            return self.teller.sentence(
                say("No sudden change of the outcome was found, beyond season and trend.")
            )
        return self.teller.sentence(
            say(
                "The outcome jumped, beyond season and trend. Ask whether the rule of what counts was "
                "changed."
            )
        )

    def changes(self) -> list[Markup]:
        """Each change with its dates and how large it is, in order of time."""
        return [self._change(change) for change in self.records.audit.label_changes]

    def _change(self, change: LabelChange) -> Markup:
        tell, fact = self.teller, fact_of("audit.label_changes", change)
        style: Style = "percent" if self.records.evaluation.kind == "event" else "ratio"
        told = say(
            "{on} (between {earliest} and {latest}): {before} before, {after} after.",
            on=tell.day(f"{fact}.on"),
            earliest=tell.day(f"{fact}.earliest"),
            latest=tell.day(f"{fact}.latest"),
            before=tell.figure(f"{fact}.before", style),
            after=tell.figure(f"{fact}.after", style),
        )
        if change.stratum is None:
            return tell.sentence(told)
        return tell.sentence(say("{type}: {change}", type=change.stratum.replace("_", " "), change=told))
