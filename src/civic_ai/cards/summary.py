"""The brief's table: what the model would change, beside the best simple rule and what is done today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import hides_disparities, least_reached
from civic_ai.cards.facts import Records
from civic_ai.cards.gains import Gain
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import Message, say


def summary_table(records: Records, teller: Teller) -> Table:
    """Visits are counted per 100; of forecasts and estimates it is told how far off they are."""
    if QUESTIONS[records.evaluation.question].summary:
        return Beside(records, teller).table()
    return Per100(records, teller).table()


@dataclass(frozen=True)
class Beside:
    """How far off the model and the best simple rule are, in the columns of the question."""

    records: Records
    teller: Teller

    def table(self) -> Table:
        """A row for each; a column for each fact that is known of one of them."""
        tell, said = self.teller, QUESTIONS[self.records.evaluation.question]
        both = (self.records.model, self.records.rule)
        known = {
            fact: told
            for fact, told in said.summary.items()
            if any(Gain(self.records, tell).known(fact.format(candidate=name)) for name in both)
        }
        roles = ((say("Model"), both[0]), (say("Best simple rule"), both[1]))
        rows = tuple(
            (
                named(self.records, tell, role, name),
                *(tell.figure(fact.format(candidate=name), style) for fact, (_, style) in known.items()),
            )
            for role, name in roles
        )
        calls = {} if self.records.declares_hours else words.IN_REQUESTS
        heads = (tell.plain(Message(calls.get(head, head))) for head, _ in known.values())
        caption = tell.sentence(say("In the tests, and in the last period kept aside"))
        return Table(caption, (tell.plain(Message(said.chosen)), *heads), rows)


def named(records: Records, tell: Teller, role: Message, candidate: str) -> Markup:
    """``Model: boosted trees (LightGBM)``."""
    name = candidate_name(records.spec, tell, candidate)
    return tell.sentence(say("{role}: {name}", role=role, name=name))


@dataclass(frozen=True)
class Per100:
    """What 100 visits are worth: of the model, of the best simple rule, of what is done today."""

    records: Records
    teller: Teller

    def table(self) -> Table:
        """Found and missed with intervals, the least served group, hours and cost where declared."""
        tell, capacity = self.teller, self.records.spec.capacity
        event = Gain(self.records, tell).event()
        said = QUESTIONS[self.records.evaluation.question]
        columns = [
            tell.plain(Message(said.chosen)),
            tell.plain(Message(said.of_100, {"event": event})),
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
        cells = [
            named(self.records, tell, role, candidate),
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
