"""Two years of acting on the list, in plain words: who is visited under each way of choosing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.feedback import Feedback

WAYS = {
    "reports": N_("By reports, as the list ranks"),
    "discoveries": N_("By reports and what crews find"),
    "exploration": N_("The same, and some visits by lot"),
    "correction": N_("By reports, corrected for who reports"),
    "need": N_("By need itself, which nobody knows"),
}
WHY_UNKNOWN = {
    "too_few_areas": N_("Not simulated: there are too few areas."),
    "no_event": N_("Not simulated: no case came in the tests."),
}


@dataclass(frozen=True)
class FeedbackTables:
    """Sentences and the table of one simulation for one reader."""

    records: Records
    teller: Teller
    feedback: Feedback

    def lead(self) -> Markup:
        """What acting on the list leads to, or why nobody can tell."""
        tell, feedback = self.teller, self.feedback
        if feedback.why_unknown is not None:
            return tell.sentence(Message(WHY_UNKNOWN[feedback.why_unknown]))
        return tell.sentence(
            say(
                "If visits follow reports for two years, {never} of areas are never visited. Of all visits, "
                "{group} gets {visits} times its fair share; by need itself it would get {known}.",
                never=tell.value("audit.feedback.ways.reports.never_visited.value", "percent"),
                group=self.group(),
                visits=tell.value("audit.feedback.ways.reports.visits.value", "ratio"),
                known=tell.value("audit.feedback.ways.need.visits.value", "ratio"),
            )
        )

    def group(self) -> str:
        """Who reports least: a group that was measured, or areas drawn by lot."""
        feedback = self.feedback
        if feedback.attribute is None or feedback.group is None:
            return self.teller.plain(say("the half of areas that reports less"))
        group = GroupWords(self.records, self.teller).of_attribute(feedback.attribute, feedback.group)
        return self.teller.plain(say("the group that reports least ({group})", group=group))

    def explanations(self) -> Iterator[Markup]:
        """What was simulated, and on which grounds."""
        tell, feedback = self.teller, self.feedback
        if feedback.why_unknown is not None:
            return
        yield self._basis()
        yield tell.sentence(
            say(
                "This is a simulation of {futures} futures, not an observation: {areas} areas, of which "
                "{visits} are visited in each of {periods} periods.",
                futures=tell.value("audit.feedback.futures", "count"),
                areas=tell.value("audit.feedback.areas", "count"),
                visits=tell.value("audit.feedback.visits_per_period", "count"),
                periods=tell.value("audit.feedback.periods", "count"),
            )
        )
        yield tell.sentence(
            say("A fair share is 1: as large a part of the visits as of the need. Where visits go by lot, "
                "these are {share} of all.", share=tell.value("audit.feedback.exploration_share", "percent"))
        )  # fmt: skip
        yield tell.sentence(
            say("By need itself only a simulation can choose. A list is meant to visit the neediest places "
                "again, so it too leaves {never} of areas out. Hold the others against it.",
                never=tell.value("audit.feedback.ways.need.never_visited.value", "percent"))
        )  # fmt: skip

    def _basis(self) -> Markup:
        tell = self.teller
        if self.feedback.basis == "measured":
            return tell.sentence(
                say("How fast each area reports was measured from this city's own repeat reports.")
            )
        return tell.sentence(
            say("This simulation does not know who reports less here. As an example, half of the areas, "
                "drawn by lot, report {gap} times as often as the others, with the same need.",
                gap=tell.value("audit.feedback.gap", "ratio"))
        )  # fmt: skip

    def table(self) -> Table:
        """Each way with areas never visited, and visits and repairs of those who report least."""
        tell, rows = self.teller, []
        for way in self.feedback.ways:
            fact = fact_of("audit.feedback.ways", way)
            figures = (("never_visited", "percent"), ("visits", "ratio"), ("service", "ratio"))
            cells = tuple(tell.figure(f"{fact}.{name}", style) for name, style in figures)  # type: ignore[arg-type]
            rows.append((tell.word(WAYS, way.way), *cells))
        columns = (
            say("How areas are chosen"),
            say("Areas never visited"),
            say("Visits of those who report least, over their fair share"),
            say("Repairs for those who report least, over their fair share"),
        )
        caption = tell.sentence(say("Two years under each way of choosing"))
        return Table(caption, tuple(map(tell.plain, columns)), tuple(rows))
