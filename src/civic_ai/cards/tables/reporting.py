"""Do the labels measure need? The figures on reporting, in tables and sentences for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.cards.wording.reporting import CONDITIONS, HOW, METHODS, SETTINGS, SIGNS, STATES
from civic_ai.core.messages import Message, say
from civic_ai.records.reporting import ReportingBias, ReportingCondition

_PREFIX = "audit.reporting"
_LENGTH = "watch_"


@dataclass(frozen=True)
class ReportingTables:
    """The section's tables and sentences; a table without rows is None."""

    records: Records
    teller: Teller

    @property
    def reporting(self) -> ReportingBias:
        """What was measured."""
        return self.records.audit.reporting

    def is_examined(self) -> bool:
        """Whether any group was compared."""
        return bool(self.reporting.groups)

    def method(self) -> str:
        """How reports of one problem were told."""
        return self.teller.word(METHODS, self.reporting.method)

    def held_back(self) -> Markup | None:
        """Why the groups' verdict does not count, where it does not."""
        reporting, tell = self.reporting, self.teller
        if reporting.verdict == reporting.of_groups or not reporting.groups:
            return None
        broken = any(item.state == "broken" for item in reporting.conditions)
        why = say("the data contradict a condition that it rests on") if broken else say(
            "other reasonable settings say otherwise")  # fmt: skip
        return tell.sentence(say("The figures alone would say: {verdict}. It does not count, because {why}.",
                                 verdict=tell.word(words.VERDICTS, reporting.of_groups),
                                 why=why))  # fmt: skip

    def linked(self) -> list[Markup]:
        """How reports were linked, and how many links chance alone would bring."""
        tell, linked, prefix = self.teller, self.reporting.linked, f"{_PREFIX}.linked"
        if linked is None:
            return []
        metres, days = tell.value(f"{prefix}.metres", "count"), tell.value(f"{prefix}.days", "count")
        located = tell.value(f"{prefix}.located", "percent")
        said = [
            say("Linked: reports at most {metres} metres and {days} days apart, one after another.",
                metres=metres, days=days),
            say("{located} of all reports say where the problem is; the others are left out.",
                located=located),
        ]  # fmt: skip
        if linked.by_chance is not None:
            chance = tell.value(f"{prefix}.by_chance", "percent")
            said.append(say("About {chance} of the links would come by chance, because problems lie close "
                            "together.", chance=chance))  # fmt: skip
        return [tell.sentence(one) for one in said]

    def groups(self) -> Table | None:
        """Reports per day of a live incident, by group."""
        names, rows = GroupWords(self.records, self.teller), []
        for part in self.reporting.groups:
            fact = fact_of(f"{_PREFIX}.groups", part)
            name = names.of_attribute(part.attribute, part.group)
            rows.append((name, self.teller.figure(f"{fact}.ratio", "ratio"), names.verdict(part, fact)))
        is_event = self.reporting.method == "neighbours"
        measured = (
            say("Odds of reporting the event, against the reference group")
            if is_event
            else say("Reports for the same problem, against the reference group")
        )
        return self._made(
            say("Does every group report alike?"), (say("Group"), measured, say("Verdict")), rows
        )

    def conditions(self) -> Table | None:
        """What the comparison rests on, and whether the data agree."""
        rows = [self._condition(item) for item in self.reporting.conditions]
        heads = (
            say("This holds only if"),
            say("State"),
            say("How we know"),
            say("Changes the comparison by a factor of"),
        )
        return self._made(say("What the comparison rests on"), heads, rows)

    def _condition(self, item: ReportingCondition) -> tuple[Markup | str, ...]:
        tell, fact = self.teller, fact_of(f"{_PREFIX}.conditions", item)
        state = Markup('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>').format(
            SIGNS[item.state], words.SIGNS[SIGNS[item.state]], tell.word(STATES, item.state)
        )
        seen = Markup("–") if item.seen is None else tell.figure(f"{fact}.seen", "ratio")
        return (tell.word(CONDITIONS, item.name), state, tell.word(HOW, item.how), seen)

    def settings(self) -> Table | None:
        """The same comparison with other settings."""
        reporting, tell, rows = self.reporting, self.teller, []
        names = GroupWords(self.records, tell)
        inflated = () if reporting.inflation is None else reporting.inflation.groups
        for prefix, parts in ((f"{_PREFIX}.settings", reporting.settings),
                              (f"{_PREFIX}.inflation.groups", inflated)):  # fmt: skip
            for part in parts:
                ratio = tell.figure(f"{fact_of(prefix, part)}.ratio", "ratio")
                group = names.group(part.attribute, part.group)
                rows.append((self._setting(part.setting), group, ratio, tell.verdict(part.verdict)))
        heads = (say("Setting"), say("Group"), say("Against the reference group"), say("Verdict"))
        return self._made(say("The same comparison, made otherwise"), heads, rows)

    def _setting(self, name: str) -> Markup:
        """A setting in words: ``watch_30``, ``metres_half_days_double``, ``zero_inflated``."""
        tell = self.teller
        if name.startswith(_LENGTH):
            return tell.sentence(say("watched for at most {days} days", days=name.removeprefix(_LENGTH)))
        if name == "zero_inflated":
            return tell.sentence(say("some problems are never reported twice"))
        metres, days = (tell.word(SETTINGS, part) for part in name.split("_")[1::2])
        return tell.sentence(say("{metres} distance, {days} days", metres=metres, days=days))

    def losses(self) -> Table | None:
        """What the ratio would be, had links of that group been missed."""
        return self._lost("losses", say("If repeat reports of one group alone were not recognised"))

    def losses_everywhere(self) -> Table | None:
        """What the ratio would be, had links of every group been missed."""
        return self._lost("losses_everywhere", say("If repeat reports of every group were not recognised"))

    def _lost(self, field: str, caption: Message) -> Table | None:
        tell, rows = self.teller, []
        names = GroupWords(self.records, tell)
        for part in getattr(self.reporting, field):
            fact = fact_of(f"{_PREFIX}.{field}", part)
            group = names.group(part.attribute, part.group)
            percent = tell.value(f"{fact}.percent", "count")
            rows.append((group, percent, tell.figure(f"{fact}.ratio", "ratio")))
        heads = (
            say("Group"),
            say("Of 100 repeat reports, not recognised"),
            say("Against the reference group"),
        )
        return self._made(caption, heads, rows)

    def all_problems(self) -> Table | None:
        """The ratios among all problems, for each life of a problem that nobody reports."""
        told, tell, rows = self.reporting.all_problems, self.teller, []
        names = GroupWords(self.records, tell)
        for part in () if told is None else told.lives:
            fact = fact_of(f"{_PREFIX}.all_problems.lives", part)
            group = names.group(part.attribute, part.group)
            days = tell.value(f"{fact}.life_days", "count")
            rows.append((group, days, tell.figure(f"{fact}.ratio", "ratio")))
        heads = (
            say("Group"),
            say("Days that a problem lasts if nobody reports it"),
            say("Against the reference group"),
        )
        return self._made(say("Among all problems, also those that nobody reports"), heads, rows)

    def never_again(self) -> Markup | None:
        """How many problems nobody reports twice."""
        if self.reporting.inflation is None:
            return None
        share = self.teller.value(f"{_PREFIX}.inflation.never_again", "percent")
        told = say("Of all reported problems, about {share} look as if nobody would report them twice.",
                   share=share)  # fmt: skip
        return self.teller.sentence(told)

    def survey(self) -> list[Markup]:
        """Whether reports follow the measured condition."""
        tell, condition, prefix = self.teller, self.reporting.condition, f"{_PREFIX}.condition"
        if condition is None:
            return []
        said = [
            say("Reports beside {column}, measured in {areas} areas: rank correlation with a worse condition "
                "{rank} (1: the same order, 0: none).",
                column=Markup("<code>{}</code>").format(condition.column),
                areas=tell.value(f"{prefix}.areas", "count"),
                rank=tell.figure(f"{prefix}.reports_follow", "ratio")),
        ]  # fmt: skip
        if condition.rates_follow is not None:
            said.append(say("Of the reporting rates by area: {rank}.",
                            rank=tell.figure(f"{prefix}.rates_follow", "ratio")))  # fmt: skip
        return [tell.sentence(one) for one in said]

    def residuals(self) -> Table | None:
        """Who reports less of the same condition."""
        condition, tell, rows = self.reporting.condition, self.teller, []
        names = GroupWords(self.records, tell)
        for part in () if condition is None else condition.groups:
            fact = fact_of(f"{_PREFIX}.condition.groups", part)
            name = names.of_attribute(part.attribute, part.group)
            rows.append((name, tell.figure(f"{fact}.ratio", "ratio"), tell.verdict(part.verdict)))
        heads = (
            say("Group"),
            say("Reports for the same condition, against the reference group"),
            say("Verdict"),
        )
        return self._made(say("Who reports less of the same condition?"), heads, rows)

    def _made(
        self, caption: Message, heads: tuple[Message, ...], rows: Sequence[tuple[Markup | str, ...]]
    ) -> Table | None:
        if not rows:
            return None
        cells = tuple(tuple(Markup(escape(cell)) for cell in row) for row in rows)
        return Table(self.teller.sentence(caption), tuple(map(self.teller.plain, heads)), cells)
