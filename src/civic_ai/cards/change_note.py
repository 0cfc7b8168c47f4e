"""The change note: what differs from the version that was published before.

The facts of the earlier version stand under ``earlier.``: those of its own sealed records, for the public
those of its public records alone. Both are told as they were published, so the note tells nothing beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.disparities import judged_disparities
from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.page import Page
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.sealed import Sealed
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.features import decoded
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.audit import Disparity
from civic_ai.records.gates import GateCheck, GateReport
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import SourceSnapshot

EARLIER = "earlier."
"""What the names of the earlier version's facts begin with."""
MEASURED_BY = ("unit", "cohort", "label", "capacity", "objective")
"""The parts of a pilot's file that must agree, else figures of two versions measure different things."""

Row = tuple[Markup | str, ...]


def earlier_facts(earlier: Sealed) -> Facts:
    """The facts of the earlier version, as its audience may see them, under their own names."""
    return {f"{EARLIER}{name}": value for name, value in earlier.facts.items()}


def change_note(page: Page, earlier: Sealed) -> dict[str, Any]:
    """Everything that the template of the change note shows."""
    both = _Both(page, earlier)
    return {
        "before": earlier.manifest.digest,
        "promises": both.promises(),
        "policy": both.policy(),
        "data": both.data(),
        "features": both.features(),
        "candidates": both.candidates(),
        "champion": both.champion(),
        "figures": both.figures(),
        "is_measured_alike": both.is_measured_alike,
        "gates": both.gates(),
        "groups": both.groups(),
    }


@dataclass(frozen=True)
class Sides:
    """What only the earlier version has, and what only this one has."""

    removed: Markup
    added: Markup


@dataclass(frozen=True)
class _Both:
    """Two versions, told to one reader. ``was`` and ``now`` are their records."""

    page: Page
    earlier: Sealed

    @property
    def was(self) -> Records:
        return self.earlier.records

    @property
    def now(self) -> Records:
        return self.page.records

    @property
    def is_measured_alike(self) -> bool:
        """Whether units, what counts and the capacity are the same, so that figures can be compared."""
        return all(getattr(self.was.spec, part) == getattr(self.now.spec, part) for part in MEASURED_BY)

    def promises(self) -> Markup:
        """Which parts of the pilot's file differ; empty where none does."""
        names = type(self.now.spec).model_fields
        return self._codes(n for n in names if getattr(self.was.spec, n) != getattr(self.now.spec, n))

    def policy(self) -> Table | None:
        """The policy and the program that made each version; None where both are the same."""
        seen = [
            (say("Policy"), policy_name(self.was.policy), policy_name(self.now.policy)),
            (say("Program"), self.was.evidence.code.version, self.now.evidence.code.version),
        ]
        rows = [(name, _code(before), _code(now)) for name, before, now in seen if before != now]
        return self._table(say("What it was judged by"), rows)

    def data(self) -> Table | None:
        """Rows and period of each source that is not the same, byte for byte; the end of what is known."""
        before = {source.name: source for source in self.was.snapshot.sources}
        now = {source.name: source for source in self.now.snapshot.sources}
        rows: list[tuple[Message, Markup, Markup]] = []
        for name in dict.fromkeys([*before, *now]):
            if name not in before or name not in now or before[name].raw_digest != now[name].raw_digest:
                rows += self._source(name, before.get(name), now.get(name))
        if rows:
            rows.append((say("Known up to"), *self._each(lambda at: self._day(at, "panel.last_known_on"))))
        return self._table(say("Sources that are not the same"), rows)

    def _source(
        self, name: str, before: SourceSnapshot | None, now: SourceSnapshot | None
    ) -> list[tuple[Message, Markup, Markup]]:
        fact = f"snapshot.sources.{name}"
        sides = ((EARLIER, before), ("", now))
        none = self.page.teller.sentence(say("Not there"))
        kept = [none if one is None else self._count(at, f"{fact}.rows") for at, one in sides]
        spans = [none if one is None else self._period(at, fact, one) for at, one in sides]
        return [
            (say("{source}: rows kept", source=name), kept[0], kept[1]),
            (say("{source}: period", source=name), spans[0], spans[1]),
        ]

    def _period(self, at: str, fact: str, source: SourceSnapshot) -> Markup:
        tell = self.page.teller
        return (
            tell.period(f"{at}{fact}.period") if source.period else tell.sentence(say("Holds for all dates"))
        )

    def features(self) -> Sides:
        """Features that were removed and added."""
        tell = self.page.teller
        before, now = ([part.name for part in one.panel.features] for one in (self.was, self.now))
        return self._sides(before, now, lambda name: _code(decoded(tell, name)))

    def candidates(self) -> Sides:
        """Candidates and simple rules that are no longer tried, and that are new."""
        tell, spec = self.page.teller, self.now.spec
        before, now = ([part.name for part in one.predictions.candidates] for one in (self.was, self.now))
        return self._sides(before, now, lambda name: Markup(escape(candidate_name(spec, tell, name))))

    def champion(self) -> Markup:
        """What each version proposes."""
        tell, spec = self.page.teller, self.now.spec
        before, now = (candidate_name(spec, tell, one.evaluation.champion) for one in (self.was, self.now))
        if before == now:
            return tell.sentence(say("Both versions propose {name}.", name=now))
        return tell.sentence(
            say("The earlier version proposed {before}; this one proposes {now}.", before=before, now=now)
        )

    def figures(self) -> Table:
        """The main metrics of what each version proposes, and whether they differ by more than chance."""
        tell = self.page.teller
        rows = [
            (
                begun(tell.word({fact: name}, fact)),
                tell.figure(f"{EARLIER}{of_champion(fact, self.was)}", style),
                tell.figure(of_champion(fact, self.now), style),
                self._difference(fact),
            )
            for fact, (name, style) in self._main_figures().items()
        ]
        heads = (say("Figure"), say("Before"), say("Now"), say("Difference"))
        caption = say("The main figures of what each version proposes")
        return Table(tell.sentence(caption), tuple(map(tell.plain, heads)), tuple(rows))

    def _main_figures(self) -> dict[str, tuple[str, Style]]:
        """Those of the results that either version measured; the objective where no result is named so."""
        objective = self.now.evaluation.objective
        own = {f"evaluation.scores.{{candidate}}.all.{objective}.figure": words.SCORES[objective]}
        facts = self.page.teller.facts
        return {
            fact: told
            for fact, told in (own | words.RESULTS).items()
            if f"{EARLIER}{of_champion(fact, self.was)}.value" in facts
            or f"{of_champion(fact, self.now)}.value" in facts
        }

    def _difference(self, fact: str) -> Markup:
        """Higher or lower only where the intervals do not overlap."""
        facts, tell = self.page.teller.facts, self.page.teller
        if not self.is_measured_alike:
            return tell.sentence(say("Not comparable: it was measured otherwise"))
        old, new = (
            tuple(facts.get(f"{name}.{part}") for part in ("value", "lower", "upper"))
            for name in (f"{EARLIER}{of_champion(fact, self.was)}", of_champion(fact, self.now))
        )
        return tell.sentence(apart(old, new))

    def gates(self) -> Table | None:
        """The gates whose verdict or condition differs; None where none does."""
        before, now = (_checks(gates) for gates in (self.earlier.gates, self.page.gates))
        asks = {gate.id: gate.asks for one in (self.was, self.now) for gate in one.policy.gates}
        rows: list[tuple[Markup | str, Markup, Markup]] = [
            (self.page.teller.text(asks[name]), self._gate(before.get(name)), self._gate(now.get(name)))
            for name in dict.fromkeys([*now, *before])
            if _judged(before.get(name)) != _judged(now.get(name))
        ]
        return self._table(say("Gates whose verdict or condition differs"), rows)

    def _gate(self, check: GateCheck | None) -> Markup:
        tell = self.page.teller
        if check is None:
            return tell.sentence(say("Not asked"))
        if check.must_be == "== pass":
            return tell.verdict(check.verdict)
        return Markup("{}; {}").format(tell.verdict(check.verdict), tell.condition(check.must_be, check.fact))

    def groups(self) -> Table | None:
        """Each disparity that decides: its ratio and verdict in both versions; None where none was judged."""
        before, now = (
            {fact_of("audit.disparities", part): part for part in judged_disparities(one.audit)}
            for one in (self.was, self.now)
        )
        rows = [
            (self._who(now.get(fact) or before[fact]), self._group(EARLIER, before, fact),
             self._group("", now, fact))
            for fact in dict.fromkeys([*now, *before])
        ]  # fmt: skip
        return self._table(say("Groups, against their reference group"), rows)

    def _who(self, part: Disparity) -> Markup:
        names = GroupWords(self.now, self.page.teller)
        who, metric = names.of_attribute(part.attribute, part.group), names.metric(part.metric)
        return Markup("{}. {}").format(who, metric)

    def _group(self, at: str, parts: dict[str, Disparity], fact: str) -> Markup:
        tell = self.page.teller
        if fact not in parts:
            return tell.sentence(say("Not asked"))
        verdict = GroupWords(self.now, tell).verdict(parts[fact], f"{at}{fact}")
        if parts[fact].ratio.value is None:
            return verdict
        return Markup("{}; {}").format(tell.figure(f"{at}{fact}.ratio", "ratio"), verdict)

    def _each(self, told: Callable[[str], Markup]) -> tuple[Markup, Markup]:
        return told(EARLIER), told("")

    def _day(self, at: str, fact: str) -> Markup:
        return self.page.teller.day(f"{at}{fact}")

    def _count(self, at: str, fact: str) -> Markup:
        return self.page.teller.value(f"{at}{fact}", "count")

    def _sides(self, before: list[str], now: list[str], told: Callable[[str], Markup]) -> Sides:
        tell = self.page.teller
        removed = [told(name) for name in before if name not in now]
        added = [told(name) for name in now if name not in before]
        return Sides(tell.listed(removed), tell.listed(added))

    def _codes(self, names: Iterable[str]) -> Markup:
        return self.page.teller.listed([_code(name) for name in names])

    def _table(
        self, caption: Message, rows: Iterable[tuple[Message | Markup | str, Markup, Markup]]
    ) -> Table | None:
        """A table of before and now; None without rows."""
        tell = self.page.teller
        made: tuple[Row, ...] = tuple(
            (tell.sentence(name) if isinstance(name, Message) else name, before, now)
            for name, before, now in rows
        )
        columns = tuple(map(tell.plain, (say("What"), say("Before"), say("Now"))))
        return Table(tell.sentence(caption), columns, made) if made else None


def begun(text: str) -> str:
    """``text`` as a line begins: with a capital letter."""
    return text[:1].upper() + text[1:]


def of_champion(fact: str, records: Records) -> str:
    """A result's fact with the name of what the version proposes."""
    return fact.replace("{candidate}", records.evaluation.champion)


def apart(old: tuple[Any, ...], new: tuple[Any, ...]) -> Message:
    """Whether two figures (value, lower, upper) differ by more than their intervals leave open."""
    if None in (*old, *new):
        return say("Not known: one of them has no interval")
    if old == new:
        return say("None: the figure is the same")
    if new[1] > old[2]:
        return say("Higher, by more than chance")
    if new[2] < old[1]:
        return say("Lower, by more than chance")
    return say("The difference is too small to tell")


def _checks(gates: GateReport) -> dict[str, GateCheck]:
    return {check.gate: check for check in gates.checks}


def _judged(check: GateCheck | None) -> tuple[str, str, str] | None:
    return None if check is None else (check.verdict, check.fact, check.must_be)


def policy_name(policy: Policy) -> str:
    """Name, version and the head of the digest."""
    return f"{policy.policy} {policy.version} ({policy.digest[:12]})"


def _code(text: object) -> Markup:
    return Markup("<code>{}</code>").format(text)
