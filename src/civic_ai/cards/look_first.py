""" "Look here first": what a coach should check before anything else, from the facts, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.data_findings import found_in_data
from civic_ai.cards.disparities import failed_disparities
from civic_ai.cards.facts import Records
from civic_ai.cards.gate_lines import GateLine
from civic_ai.cards.group_words import GroupWords, fact_of
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import say
from civic_ai.records.figure import Figure

LINES = 7
_WIDE = 0.25
"""An interval is wide when its half is more than this share of the value."""


def look_first(records: Records, lines: list[GateLine], teller: Teller) -> list[Markup]:
    """At most seven lines: failed gates, unknowns, wide intervals, the largest disparity, unstable
    reasons, data findings. Never empty: where nothing stands out, it says that."""
    look = _Look(records, teller)
    found = chain(
        look.gates(lines, "fail"),
        look.gates(lines, "unknown"),
        look.wide_intervals(),
        look.disparity(),
        look.unstable_reasons(),
        look.data_findings(),
    )
    nothing = teller.sentence(say("Nothing stands out: every gate passes and no finding is open."))
    return list(islice(found, LINES)) or [nothing]


@dataclass(frozen=True)
class _Look:
    records: Records
    teller: Teller

    def gates(self, lines: list[GateLine], verdict: str) -> Iterator[Markup]:
        for line in lines:
            if line.verdict == verdict:
                yield self.teller.sentence(
                    say(
                        "{verdict}: {asks} Seen: {observed}.",
                        verdict=line.says,
                        asks=line.asks,
                        observed=line.observed,
                    )
                )

    def wide_intervals(self) -> Iterator[Markup]:
        """The gain over the best simple rule, where its interval says little."""
        lift = self.records.evaluation.lift_over_best_baseline
        if _is_wide(lift):
            shown = self.teller.figure("evaluation.lift_over_best_baseline", "ratio")
            yield self.teller.sentence(
                say("The gain over the simple rule is uncertain: {gain} times.", gain=shown)
            )

    def disparity(self) -> Iterator[Markup]:
        """The largest disparity that is certain."""
        names = GroupWords(self.records, self.teller)
        for part in failed_disparities(self.records.audit)[:1]:
            yield self.teller.sentence(
                say(
                    "Largest disparity, {group}: {metric} is {ratio} times that of {reference}.",
                    group=names.of_attribute(part.attribute, part.group),
                    metric=names.metric(part.metric),
                    ratio=self.teller.figure(f"{fact_of('audit.disparities', part)}.ratio", "ratio"),
                    reference=names.group(part.attribute, part.reference_group),
                )
            )

    def unstable_reasons(self) -> Iterator[Markup]:
        unstable = [part.family for part in self.records.explanation.families if not part.is_stable]
        if unstable:
            families = self.teller.listed([self.teller.word(words.FAMILIES, family) for family in unstable])
            yield self.teller.sentence(
                say("Reasons that change with the weeks looked at: {families}.", families=families)
            )

    def data_findings(self) -> Iterator[Markup]:
        for found in found_in_data(self.records):
            if found.finding.severity != "note":
                names = GroupWords(self.records, self.teller)
                says = say(
                    "Data, {source}: {finding}", source=found.about(names), finding=found.says(self.teller)
                )
                yield self.teller.sentence(says)


def _is_wide(figure: Figure) -> bool:
    if figure.value is None or figure.lower is None or figure.upper is None:
        return False
    return (figure.upper - figure.lower) / 2 > _WIDE * abs(figure.value)
