"""How protected attributes, groups and verdicts about them are said."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import say
from civic_ai.records.audit import Disparity
from civic_ai.records.intersections import Intersection
from civic_ai.records.need import NeedRatio
from civic_ai.records.record import Record
from civic_ai.records.reporting import ReportingGroup
from civic_ai.records.slices import ServedSlice

Judged = Disparity | ReportingGroup | NeedRatio | Intersection | ServedSlice

UNKNOWN = "unknown"
"""The group of those whose value nobody knows; the audit calls it so."""


@dataclass(frozen=True)
class GroupWords:
    """Names and verdicts of groups for one reader."""

    records: Records
    teller: Teller

    def attribute(self, name: str) -> str:
        """What the pilot calls a protected attribute; its plain name where it does not say."""
        declared = self.records.spec.audit.attributes.get(name)
        if declared is not None and declared.called is not None:
            return self.teller.text(declared.called)
        return name.replace("_", " ")

    def title(self, name: str) -> str:
        """The attribute's name as a title begins: with a capital letter."""
        called = self.attribute(name)
        return called[:1].upper() + called[1:]

    def group(self, attribute: str, group: str) -> str:
        """What the pilot calls a group; ``q1 (lowest)`` for quantiles; else its plain name."""
        declared = self.records.spec.audit.attributes.get(attribute)
        if declared is not None and group in declared.groups_called:
            return self.teller.text(declared.groups_called[group])
        quantiles = declared.quantiles if declared is not None else None
        if quantiles and group == "q1":
            return self.teller.sentence(say("{group} (lowest)", group=group)).striptags()
        if quantiles and group == f"q{quantiles}":
            return self.teller.sentence(say("{group} (highest)", group=group)).striptags()
        return self.teller.plain(say("group not known")) if group == UNKNOWN else group.replace("_", " ")

    def of_attribute(self, attribute: str, group: str) -> str:
        """``household income: q1 (lowest)``, for a sentence that stands alone."""
        return f"{self.attribute(attribute)}: {self.group(attribute, group)}"

    def metric(self, metric: str) -> str:
        """What a metric counts, in plain words."""
        if self.records.evaluation.question == "cases" and metric in words.OF_CASES:
            return self.teller.word(words.OF_CASES, metric)
        return self.teller.word(words.GROUP_METRICS, metric)

    def verdict(self, part: Judged, prefix: str) -> Markup:
        """The verdict with its sign; why there is none; how many cases it would take."""
        if part.suppressed:
            return Markup(escape(self.teller.word(words.MISSING, "suppressed")))
        if part.verdict == "insufficient_evidence":
            return self.teller.needed(f"{prefix}.needed")
        return self.teller.verdict(part.verdict)


def fact_of(prefix: str, part: Record) -> str:
    """The name that all facts of a part of a list begin with."""
    return f"{prefix}.{part.fact_key()}"
