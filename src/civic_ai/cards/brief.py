"""The board brief: one page. What was asked, what was found, what is not known, what to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import deciding_disparity, hides_disparities, least_reached
from civic_ai.cards.facts import Records
from civic_ai.cards.findings import Findings
from civic_ai.cards.gate_lines import gate_lines, readiness, tally
from civic_ai.cards.group_words import GroupWords, fact_of
from civic_ai.cards.page import Page
from civic_ai.cards.picture import Picture, Table
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import say, say_count
from civic_ai.records.gates import GateReport


def board_brief(page: Page) -> dict[str, Any]:
    """Everything that the template of the board brief shows."""
    records, teller, gates = page.records, page.teller, page.gates
    return {
        "readiness": readiness(gates, teller),
        "is_ready": gates.is_ready,
        "tally": tally(gates, teller),
        "minute": _in_one_minute(records, teller, gates),
        "per_100": _Per100(records, teller).table(),
        "pictures": _pictures(page),
        "gates": gate_lines(gates, records, teller),
        "asked": _what_is_asked(records, teller, gates),
    }


def _in_one_minute(records: Records, teller: Teller, gates: GateReport) -> list[Markup]:
    """Use and never; the gain; whom it serves less well; what nobody knows yet."""
    spec, findings = records.spec, Findings(records, teller)
    never = teller.listed([teller.text(item) for item in spec.never_for])
    use = say("Use: {decision}.", decision=teller.text(spec.decision).rstrip("."))
    return [
        Markup("{} {}").format(teller.sentence(use), teller.sentence(say("Never for: {uses}.", uses=never))),
        Markup("{} {} {}").format(findings.gain(), findings.lockbox(), findings.proposal()),
        findings.groups(),
        Markup("{} {}").format(findings.need(), _nobody_knows(teller, gates)),
    ]


def _nobody_knows(teller: Teller, gates: GateReport) -> Markup:
    if gates.unknown == 0:
        return teller.sentence(say("Every question of the policy has an answer."))
    n = teller.value("gates.unknown", "count")
    return teller.sentence(
        say_count(
            "{n} question of the policy has no answer yet.",
            "{n} questions of the policy have no answer yet.",
            gates.unknown,
            n=n,
        )
    )


@dataclass(frozen=True)
class _Per100:
    """The table of three rows: the model, the best simple rule, what is done today."""

    records: Records
    teller: Teller

    def table(self) -> Table:
        """Found and missed with intervals, the least served group, hours and cost where declared."""
        tell, capacity = self.teller, self.records.spec.capacity
        event = Findings(self.records, tell).event()
        columns = [
            tell.plain(say("How visits are chosen")),
            tell.plain(say("Of 100 visits: those that find {event}", event=event)),
            tell.plain(say("Of 100 cases in the city: missed")),
            tell.plain(say("Of 100 cases in the group reached least: reached")),
        ]
        if capacity.hours_per_unit is not None:
            columns.append(tell.plain(say("100 visits: hours")))
        if capacity.cost_per_unit is not None:
            columns.append(tell.plain(say("100 visits: cost ({currency})", currency=capacity.currency or "")))
        rows = (
            self._row(say("Model"), self.records.model),
            self._row(say("Best simple rule"), self.records.rule),
            self._today(len(columns)),
        )
        caption = tell.sentence(say("Counted two ways: of 100 visits made, and of 100 cases that came"))
        return Table(caption, tuple(columns), rows)

    def _row(self, role: Any, candidate: str) -> tuple[Markup | str, ...]:
        tell, prefix = self.teller, f"evaluation.per_100_visits.{candidate}"
        name = tell.sentence(say("{role}: {name}", role=role, name=tell.word(words.CANDIDATES, candidate)))
        cells = [
            name,
            tell.figure(f"{prefix}.found", "found"),
            tell.figure(f"{prefix}.missed_share", "per_hundred"),
        ]
        return (*cells, self._least_served(candidate), *self._effort())

    def _least_served(self, candidate: str) -> Markup:
        """Recall of the group reached least, and its name; only the champion was audited."""
        audit, tell = self.records.audit, self.teller
        part = least_reached(audit)
        if candidate != audit.candidate or part is None:
            return tell.sentence(say("Not measured"))
        reach = tell.figure(f"{fact_of('audit.groups', part)}.figure", "per_hundred")
        group = GroupWords(self.records, tell).of_attribute(part.attribute, part.group)
        if hides_disparities(audit):
            return tell.sentence(say("{reach}, {group}, of the groups shown", reach=reach, group=group))
        return Markup("{}, {}").format(reach, group)

    def _effort(self) -> list[Markup]:
        """Hours and cost of 100 visits, the same whoever chooses them."""
        capacity = self.records.spec.capacity
        names = [name for name in ("hours_per_unit", "cost_per_unit") if getattr(capacity, name) is not None]
        return [self.teller.value(f"spec.capacity.{name}", "per_hundred") for name in names]

    def _today(self, columns: int) -> tuple[Markup | str, ...]:
        tell = self.teller
        unknown = tell.sentence(say("Not known"))
        effort = self._effort()
        name = tell.sentence(say("As today: the pilot does not say how"))
        return (name, *[unknown] * (columns - 1 - len(effort)), *effort)


def _pictures(page: Page) -> list[Picture]:
    """Groups, by the attribute that decides; capacity; and the map where there is one."""
    groups, deciding = page.pictures.groups, deciding_disparity(page.records.audit)
    pictured = next(iter(groups.values()), None) if deciding is None else groups[deciding.attribute]
    return [drawn for drawn in (pictured, page.pictures.capacity, page.pictures.map) if drawn is not None]


def _what_is_asked(records: Records, teller: Teller, gates: GateReport) -> list[tuple[str, Markup]]:
    """Decision, scope, capacity, conditions, until when, and what happens on a no."""
    spec = records.spec
    visits = say(
        "{visits} visits every {days} days, by {who}.",
        visits=teller.value("spec.capacity.units_per_period", "count"),
        days=teller.value("spec.as_of.every_days", "count"),
        who=teller.text(spec.capacity.who),
    )
    scope = say(
        "{units} places ({unit}); only this use.",
        units=teller.value("panel.units", "count"),
        unit=teller.text(spec.unit.name),
    )
    no = say("Visits are chosen as today. Nothing is deleted, and the question can come back.")
    asked = [
        (say("Decision"), _decision(gates)),
        (say("Scope"), scope),
        (say("Capacity"), visits),
        (say("Conditions proposed"), _conditions(teller, gates)),
        (say("Until when"), say("Not answered: the pilot names no end. The board sets one.")),
        (say("If you say no"), no),
    ]
    return [(teller.plain(name), teller.sentence(says)) for name, says in asked]


def _decision(gates: GateReport) -> Any:
    if gates.is_ready:
        return say("May the city try this list, for this use, within this capacity?")
    waivable = [check.waivable_by is not None for check in gates.checks if check.verdict != "pass"]
    if all(waivable):
        return say("Return it with the open questions above, or waive them by name and reason.")
    if any(waivable):
        return say(
            "Return it with the open questions above. Only those that name somebody can be waived, "
            "by name and reason."
        )
    return say("Return it with the open questions above. Nobody may waive them.")


def _conditions(teller: Teller, gates: GateReport) -> Any:
    still_open = gates.failed + gates.unknown
    if still_open == 0:
        return say("None from the gates; compare the list with the simple rule again after each period.")
    return say_count(
        "Settle the question above that fails or is not known, before first use.",
        "Settle the {n} questions that fail or are not known, before first use.",
        still_open,
        n=teller.value("gates.open", "count"),
    )
