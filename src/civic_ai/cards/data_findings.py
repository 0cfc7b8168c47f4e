"""What was found in the data, from every stage that looks at it, in sentences, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.group_words import GroupWords, fact_of
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import Message
from civic_ai.records.findings import FINDINGS
from civic_ai.records.snapshot import Finding

_WEIGHT = {"problem": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Found:
    """A finding and the name that its facts begin with."""

    fact: str
    finding: Finding

    def says(self, names: GroupWords) -> Markup:
        """The finding's sentence, its numbers, dates and groups as this place writes them."""
        teller, values = names.teller, self.finding.values
        shown: dict[str, Any] = {name: teller.observed(f"{self.fact}.values.{name}") for name in values}
        if "attribute" in values:
            attribute = str(values["attribute"])
            shown["attribute"] = names.attribute(attribute)
            shown["group"] = names.group(attribute, str(values.get("group")))
        if self.finding.share is not None:
            shown["share"] = teller.value(f"{self.fact}.share", "percent")
        return teller.sentence(Message(SENTENCES[self.finding.code], shown))

    def about(self, names: GroupWords) -> str:
        """The source or the attribute that the finding is about, with its column where it has one."""
        finding = self.finding
        if finding.code in AUDIT_FINDINGS:
            return names.attribute(str(finding.values.get("attribute", finding.source)))
        return finding.source if finding.column is None else f"{finding.source}.{finding.column}"

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
