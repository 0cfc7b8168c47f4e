"""What was found in the data, from every stage that looks at it, in sentences, worst first."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.tell import HIDDEN, Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.findings import FINDINGS
from civic_ai.records.snapshot import Finding

_WEIGHT = {"problem": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Found:
    """A finding and the name that its facts begin with."""

    fact: str
    finding: Finding

    def says(self, teller: Teller) -> Markup:
        """The finding's sentence, its numbers and dates as this place writes them; and of how many."""
        shown = {name: self._value(teller, f"{self.fact}.values.{name}") for name in self.finding.values}
        says = teller.sentence(Message(FINDINGS[self.finding.code], shown))
        if self.finding.share is None or teller.facts.get(f"{self.fact}.count") == HIDDEN:
            return says
        share = teller.value(f"{self.fact}.share", "percent_fine")
        return teller.sentence(say("{finding} ({share} of all.)", finding=says, share=share))

    @staticmethod
    def _value(teller: Teller, fact: str) -> Markup:
        """A value as it is: rounded by whoever found it, so without further digits."""
        is_rounded = isinstance(teller.facts.get(fact), float)
        return teller.value(fact, "limit") if is_rounded else teller.observed(fact)

    def about(self, names: GroupWords) -> str:
        """What it is about: a source and its column, or an attribute and its group."""
        finding, column = self.finding, self.finding.column
        if finding.code.startswith("audit_group"):
            return names.of_attribute(finding.source, str(column))
        if finding.code.startswith("audit_attribute"):
            return names.attribute(str(column))
        return finding.source if column is None else f"{finding.source}, {column}"

    def severity(self, teller: Teller) -> str:
        """Problem, warning or note."""
        return teller.word(words.SEVERITIES, self.finding.severity)


def found_in_data(records: Records) -> list[Found]:
    """Findings of snapshot, panel and audit: problems, then warnings, then notes; the largest first."""
    found = [
        Found(fact_of(f"{stage}.findings", finding), finding)
        for stage in ("snapshot", "panel", "audit")
        for finding in getattr(records, stage).findings
    ]
    return sorted(
        found, key=lambda part: (_WEIGHT[part.finding.severity], -(part.finding.count or 0), part.fact)
    )
