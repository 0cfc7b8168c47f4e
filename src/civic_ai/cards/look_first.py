""" "Look here first": what a coach should check before anything else, from the facts, worst first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.data_findings import found_in_data
from civic_ai.cards.disparities import hides_disparities, largest_disparity
from civic_ai.cards.facts import Records
from civic_ai.cards.gate_lines import GateLine
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import say, translate
from civic_ai.records.record import Scalar

LINES = 7


def look_first(records: Records, lines: list[GateLine], teller: Teller) -> list[Markup]:
    """At most seven lines: failed gates, unknowns, the largest disparity, the widest interval, unstable
    reasons, data findings. Never empty: where nothing stands out, it says that.

    The disparity and the interval always have their lines, decided or not.
    """
    look = _Look(records, teller)
    gates = [*look.gates(lines, "fail"), *look.gates(lines, "unknown")]
    always = [*look.disparity(), *look.widest_interval()]
    rest = [*look.unstable_reasons(), *look.data_findings()]
    if not gates and not rest:
        gates = [teller.sentence(say("Nothing stands out: every gate passes and no finding is open."))]
    return [*gates[: LINES - len(always)], *always, *rest][:LINES]


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
                        observed=line.observed.removesuffix("."),
                    )
                )

    def disparity(self) -> Iterator[Markup]:
        """The shown disparity furthest from 1, on any metric, and whether it is certain."""
        part = largest_disparity(self.records.audit)
        if part is not None:
            names, hides = GroupWords(self.records, self.teller), hides_disparities(self.records.audit)
            some, every = say("Largest disparity of the groups shown"), say("Largest disparity")
            yield self.teller.sentence(
                say(
                    "{largest}, {group}: {metric} is {ratio} times that of {reference}. {verdict}.",
                    largest=some if hides else every,
                    group=names.of_attribute(part.attribute, part.group),
                    metric=names.metric(part.metric),
                    ratio=self.teller.figure(f"{fact_of('audit.disparities', part)}.ratio", "ratio"),
                    reference=names.group(part.attribute, part.reference_group),
                    verdict=self.teller.verdict(part.verdict),
                )
            )

    def widest_interval(self) -> Iterator[Markup]:
        """The result whose interval is the widest for its size."""
        candidate = self.records.model
        matter = {fact.format(candidate=candidate): told for fact, told in words.RESULTS.items()}
        widths = {fact: _width(self.teller.facts, fact) for fact in matter}
        widest = max(widths, key=lambda fact: widths[fact])
        if widths[widest] > 0:
            name, style = matter[widest]
            if not self.records.declares_hours:
                name = words.IN_REQUESTS.get(name, name)
            yield self.teller.sentence(
                say(
                    "Widest interval of the results, {result}: {figure}.",
                    result=translate(name, self.teller.language),
                    figure=self.teller.figure(widest, style),
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
        """Problems and warnings; what is said alike of several things is said once."""
        names, about = GroupWords(self.records, self.teller), defaultdict(list)
        for found in found_in_data(self.records):
            if found.finding.severity != "note":
                about[found.says(self.teller).striptags()].append(found)
        for alike in about.values():
            sources = self.teller.listed([found.about(names) for found in alike])
            finding = alike[0].says(self.teller)
            yield self.teller.sentence(say("Data, {source}: {finding}", source=sources, finding=finding))


def _width(facts: Mapping[str, Scalar], fact: str) -> float:
    """Half an interval over its value; 0 where there is none."""
    lower, value, upper = (facts.get(f"{fact}.{part}") for part in ("lower", "value", "upper"))
    if not isinstance(lower, float) or not isinstance(upper, float) or not isinstance(value, float):
        return 0.0
    return (upper - lower) / 2 / abs(value) if value else 0.0
