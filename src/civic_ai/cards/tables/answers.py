"""Tables of the model card about what only some questions ask, each None where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.evaluation import RestrictedMean
from civic_ai.records.record import Record

Columns = Sequence[tuple[Message, str, Style]]
"""Head of a column, the figure's name inside of its part, and how it is written."""
Row = tuple[Markup | str, ...]


@dataclass(frozen=True)
class AnswerTables:
    """Tables of one evidence for one reader."""

    records: Records
    teller: Teller

    def staffing(self) -> Table | None:
        """Hours short and idle by type, of the model and of the best simple rule; requests more and fewer
        than planned for where no hours are declared."""
        in_hours = self.records.declares_hours
        columns: Columns = (
            (
                say("Hours short") if in_hours else say("Requests more than planned"),
                "hours_short",
                "found_fine",
            ),
            (
                say("Hours idle") if in_hours else say("Requests fewer than planned"),
                "hours_idle",
                "found_fine",
            ),
            (
                say("Lost more, or less (-), than by the simple rule"),
                "cheaper_than_baseline",
                "found_fine",
            ),
        )
        parts = [part for part in self.records.evaluation.staffing if part.candidate in self._both()]
        heads = [(self._candidate(part.candidate), self._kind(part.type)) for part in parts]
        keys = (say("How it is forecast"), say("Type"))
        caption = say("Hours of work in each period") if in_hours else say("Requests in each period")
        return self._table(caption, keys, columns, ("staffing", parts, heads))

    def time_to_find(self) -> Table | None:
        """Days earlier and first half of every candidate and rule, in the tests and in the last period."""
        columns: Columns = (
            (say("Days earlier than today"), "days_earlier", "found_fine"),
            (say("Within each observer's cases"), "within_observer", "found_fine"),
            (say("In the first half"), "first_half", "percent"),
            (say("In the first half today"), "first_half_today", "percent"),
        )
        parts = self.records.evaluation.time_to_find
        heads = [(self._candidate(part.candidate), self._split(part.split)) for part in parts]
        keys = (say("How the order of cases is chosen"), say("Period"))
        return self._table(say("How much earlier it is found"), keys, columns, ("time_to_find", parts, heads))

    def coverage(self) -> Table | None:
        """How often intervals held, by type and by how far ahead."""
        columns: Columns = (
            (say("Held"), "covered", "percent_fine"),
            (say("Mean width"), "width", "ratio"),
        )
        champion = self.records.evaluation.champion
        parts = [part for part in self.records.evaluation.coverage if part.candidate == champion]
        heads = [(self._kind(part.group), self._split(part.split)) for part in parts]
        caption = say("Intervals of what is proposed")
        if any(part.measured_on == "area_total" for part in parts):
            caption = say("Intervals of what is proposed, for the number of cases in an area on a date")
        return self._table(caption, (say("Of"), say("Period")), columns, ("coverage", parts, heads))

    def restricted_means(self) -> Table | None:
        """Mean days until done by type, and what was predicted."""
        columns: Columns = ((say("Days until done"), "observed", "found_fine"),)
        parts = self.records.evaluation.restricted_means
        table = self._table(
            say("Mean days until done, cases still open included"),
            (say("Kind of work"),),
            columns,
            ("restricted_means", parts, [(self._kind(part.group),) for part in parts]),
        )
        return None if table is None else self._with_predicted(table, parts)

    def _with_predicted(self, table: Table, parts: Sequence[RestrictedMean]) -> Table:
        tell = self.teller
        columns = (*table.columns, tell.plain(say("Predicted")), tell.plain(say("Still open at the end")))
        rows: list[Row] = []
        for row, part in zip(table.rows, parts, strict=True):
            fact = _fact("evaluation.restricted_means", part, len(rows))
            predicted = tell.value(f"{fact}.predicted", "found_fine")
            rows.append((*row, predicted, tell.value(f"{fact}.censored_share", "percent")))
        return Table(table.caption, columns, tuple(rows))

    def coherent_sums(self) -> Table | None:
        """Errors of sums by level."""
        columns: Columns = (
            (say("Error of added forecasts"), "bottom_up", "found_fine"),
            (say("Error of forecasts that were made to agree"), "reconciled", "found_fine"),
        )
        parts = self.records.evaluation.coherent_sums
        heads = [(self.teller.word(words.LEVELS, part.level),) for part in parts]
        caption = say("Forecasts that add up, from each series to the city")
        return self._table(caption, (say("For"),), columns, ("coherent_sums", parts, heads))

    def what_if(self) -> Table | None:
        """What other capacities would find, take and save."""
        spec, parts = self.records.spec.capacity, self.records.evaluation.what_if
        columns: list[tuple[Message, str, Style]] = [
            (say("Found in each period"), "found_per_period", "found_fine"),
            (say("More than the simple rule"), "more_than_best_baseline", "found_fine"),
        ]
        if spec.cost_per_unit is not None:
            saved = say("Saved in each period ({currency})", currency=spec.currency or "")
            columns.append((saved, "cost_saved", "found"))
        heads = [(self.teller.value(f"{fact_of('evaluation.what_if', p)}.units", "count"), *self._effort(p))
                 for p in parts]  # fmt: skip
        keys = [say("Visits in each period")]
        keys += [say("Hours")] if spec.hours_per_unit is not None else []
        keys += [say("Cost ({currency})", currency=spec.currency or "")] if spec.cost_per_unit else []
        return self._table(say("With another capacity"), keys, columns, ("what_if", parts, heads))

    def _effort(self, part: Record) -> Row:
        """Hours and cost of one capacity, where they are declared."""
        fact, spec = fact_of("evaluation.what_if", part), self.records.spec.capacity
        declared = (("hours_per_period", spec.hours_per_unit), ("cost_per_period", spec.cost_per_unit))
        return tuple(self.teller.value(f"{fact}.{name}", "count") for name, value in declared if value)

    def _table(
        self,
        caption: Message,
        keys: Sequence[Message],
        columns: Columns,
        told: tuple[str, Sequence[Record], Sequence[Row]],
    ) -> Table | None:
        """A row a part: its head, then its figures; columns that no part has are left out."""
        field, parts, heads = told
        facts = [_fact(f"evaluation.{field}", part, i) for i, part in enumerate(parts)]
        known = [
            column
            for column in columns
            if any(f"{fact}.{column[1]}.n" in self.teller.facts for fact in facts)
        ]
        if not parts:
            return None
        rows = tuple(
            (*head, *(self._figure(f"{fact}.{name}", style) for _, name, style in known))
            for head, fact in zip(heads, facts, strict=True)
        )
        names = tuple(map(self.teller.plain, (*keys, *(column[0] for column in known))))
        return Table(self.teller.sentence(caption), names, rows)

    def _figure(self, prefix: str, style: Style) -> Markup:
        """A figure; nothing where a part does not have it."""
        return self.teller.figure(prefix, style) if f"{prefix}.n" in self.teller.facts else Markup("–")

    def _both(self) -> tuple[str, str]:
        return self.records.model, self.records.rule

    def _candidate(self, name: str) -> str:
        return candidate_name(self.records.spec, self.teller, name)

    def _split(self, split: str) -> str:
        tests, lockbox = say("all tests"), say("last period, kept aside")
        return self.teller.plain(lockbox if split == "lockbox" else tests)

    def _kind(self, name: str | None) -> str:
        """What the pilot calls a type of request; a stretch of the horizon; or all of them."""
        if name is None:
            return self.teller.plain(say("all"))
        types = self.records.spec.unit.types
        if types is not None and name in types.called:
            return self.teller.text(types.called[name])
        if name.startswith(("step_", "steps_")):
            ahead = "–".join(name.split("_")[1:])
            return self.teller.plain(say("periods ahead: {ahead}", ahead=ahead))
        return name.replace("_", " ")


def _fact(prefix: str, part: Record, position: int) -> str:
    """The name that the facts of a part begin with: by its key, else by its position."""
    return f"{prefix}.{position if part.fact_key() is None else part.fact_key()}"
