"""What was found in the data, from every stage that looks at it, in sentences, worst first."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.group_words import fact_of
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import N_, Message
from civic_ai.data.findings import FINDINGS as DATA_FINDINGS
from civic_ai.records.snapshot import Finding

PANEL_FINDINGS = {
    "rows_without_known_at": N_("{count} rows do not say when they became known and were left out."),
    "events_outside_units": N_("{count} events have no place, or lie outside of every unit."),
    "areas_without_cells": N_("{count} areas are so small that no cell has its middle in them."),
    "cell_width_error": N_(
        "Cells are up to {percent} % wider or narrower at the edges of the city than in its middle."
    ),
    "short_history": N_(
        "The data begins {days} days too late for the longest window on the first as-of date."
    ),
    "mostly_unknown": N_("{percent} % of the values of this feature are not known."),
    "strong_feature": N_(
        "This feature alone separates almost all rows (AUC {auc}), because places differ so much."
    ),
    "leak_search_not_possible": N_(
        "The search for leaks needs {needed} rows with and without an event; there are {found}."
    ),
}
"""The panel's sentences again: that stage loads numpy, which the board's side must not. A test compares."""

SENTENCES = DATA_FINDINGS | PANEL_FINDINGS
_WEIGHT = {"problem": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Found:
    """A finding and the name that its facts begin with."""

    fact: str
    finding: Finding

    def says(self, teller: Teller) -> Markup:
        """The finding's sentence, its numbers and dates as this place writes them."""
        values = {name: teller.observed(f"{self.fact}.values.{name}") for name in self.finding.values}
        return teller.sentence(Message(SENTENCES[self.finding.code], values))

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
