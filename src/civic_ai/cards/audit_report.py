"""The audit report: every table behind what the model card says of groups, reports, places and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.findings import Findings
from civic_ai.cards.frontier import frontier_section
from civic_ai.cards.observer import ObserverWords
from civic_ai.cards.page import Page
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.served_together import ServedTogether
from civic_ai.cards.tables.errors import ErrorTables
from civic_ai.cards.tables.feedback import FeedbackTables
from civic_ai.cards.tables.need import NeedTables
from civic_ai.cards.tables.reporting import ReportingTables
from civic_ai.cards.wording.groups import GroupWords
from civic_ai.core.messages import say


def audit_report(page: Page) -> dict[str, Any]:
    """Everything that the template of the audit report shows."""
    records, teller = page.records, page.teller
    errors = records.evaluation.errors
    return {
        "findings": Findings(records, teller),
        "group_tables": GroupTables(page).tables(),
        "served": ServedTogether(records, teller),
        "reporting": ReportingTables(records, teller),
        "need": NeedTables(records, teller),
        "observer": ObserverWords(records, teller),
        "feedback": records.audit.feedback and FeedbackTables(records, teller, records.audit.feedback),
        "frontier": frontier_section(records, teller),
        "errors": errors
        and ErrorTables(errors, records.spec, teller, records.policy.tolerances.confidence_level),
        "pictures": page.pictures,
    }


@dataclass(frozen=True)
class GroupTables:
    """Every group and every metric that was audited."""

    page: Page

    def tables(self) -> list[Table]:
        """A table for each protected attribute."""
        records, tell = self.page.records, self.page.teller
        names, tables = GroupWords(records, tell), []
        for attribute in records.audit.attributes:
            own = [part for part in records.audit.groups if part.attribute == attribute.name]
            metrics = list(dict.fromkeys(part.metric for part in own))
            rows = tuple(
                (
                    names.group(attribute.name, group),
                    self._cases(attribute.name, group),
                    *(self._group(attribute.name, group, metric) for metric in metrics),
                )
                for group in attribute.groups
            )
            columns = (tell.plain(say("Group")), tell.plain(say("Cases")), *map(names.metric, metrics))
            tables.append(Table(Markup(escape(names.title(attribute.name))), columns, rows))
        return tables

    def _cases(self, attribute: str, group: str) -> Markup:
        """What all figures of a group rest on; hidden where it is small and the public reads."""
        name = f"audit.counts.{attribute}.{group}.events"
        if self.page.teller.facts.get(name) is None:
            return Markup(escape(self.page.teller.word(words.MISSING, "suppressed")))
        return self.page.teller.value(name, "count")

    def _group(self, attribute: str, group: str, metric: str) -> Markup:
        return self.page.teller.figure(
            f"audit.groups.{attribute}.{group}.{metric}.figure", words.GROUP_METRICS[metric][1]
        )
