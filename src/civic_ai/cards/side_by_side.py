"""Two sealed dossiers beside each other: another version of a pilot, or another city's.

Each side is told as its audience may see it, from its own facts. Higher or lower is said only where both were
measured alike and their intervals lie apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.change_note import MEASURED_BY, apart, begun, of_champion, policy_name
from civic_ai.cards.disparities import judged_disparities
from civic_ai.cards.facts import Records
from civic_ai.cards.gate_lines import GateLine, gate_lines, readiness
from civic_ai.cards.numbers import Style, locale_for
from civic_ai.cards.page import deciding_facts
from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.sealed import Sealed
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.audit import Disparity

DIFFERENCE = say("The second, against the first")
NOT_THERE, NOT_ASKED = say("Not there"), say("Not asked")
PARTS: Mapping[str, Message] = {
    "unit": say("what gets a score"),
    "cohort": say("which of them are scored"),
    "label": say("what counts"),
    "capacity": say("how much the city can act on"),
    "objective": say("by what the best is chosen"),
}
"""What must agree so that two figures measure the same."""
Cells = tuple[Markup | str, ...]


@dataclass(frozen=True)
class Side:
    """One dossier, told to one reader in the way of its own place."""

    name: str
    sealed: Sealed
    tell: Teller

    @property
    def records(self) -> Records:
        """Everything that the dossier holds."""
        return self.sealed.records

    @property
    def gates(self) -> dict[str, GateLine]:
        """Its gates, worst first."""
        return {line.gate: line for line in gate_lines(self.sealed.gates, self.records, self.tell)}

    @property
    def groups(self) -> dict[str, Disparity]:
        """The comparisons of groups that decide, by the name of their facts."""
        return {fact_of("audit.disparities", part): part for part in judged_disparities(self.records.audit)}


def side_of(name: str, sealed: Sealed, language: str) -> Side:
    """A dossier for readers of one language."""
    facts = {**sealed.facts, **deciding_facts(sealed.records)}
    return Side(name, sealed, Teller(facts, language, locale_for(sealed.records.spec.locale, language)))


@dataclass(frozen=True)
class SideBySide:
    """Two dossiers, told to one reader."""

    left: Side
    right: Side

    @property
    def differ_in(self) -> tuple[Message, ...]:
        """What is not measured alike, so that figures cannot be compared; empty: they can."""
        specs = [side.records.spec for side in (self.left, self.right)]
        return tuple(
            PARTS[part] for part in MEASURED_BY if getattr(specs[0], part) != getattr(specs[1], part)
        )

    def about(self) -> Table:
        """What each is: its question, what is proposed, how far its data reach, by which policy."""
        rows: dict[Message, Callable[[Side], Markup | str]] = {
            say("Question"): lambda side: side.tell.text(side.records.spec.title),
            say("What changes because of it"): lambda side: side.tell.text(side.records.spec.decision),
            say("The department that answers for it"): lambda side: side.records.spec.owner,
            say("What is proposed"): _champion,
            say("Gates together"): lambda side: readiness(side.sealed.gates, side.tell),
            say("Known up to"): lambda side: side.tell.day("panel.last_known_on"),
            say("Policy"): lambda side: policy_name(side.records.policy),
        }
        return self._table(
            say("As each dossier says"),
            [(name, told(self.left), told(self.right)) for name, told in rows.items()],
        )

    def figures(self) -> Table:
        """The headline figures with their intervals, and whether they differ by more than chance."""
        told = self._figures()
        rows = [
            (
                begun(self.left.tell.word({fact: name}, fact)),
                _figure(self.left, fact, style),
                _figure(self.right, fact, style),
                self._difference(_of(fact, self.left), _of(fact, self.right)),
            )
            for fact, (name, style) in told.items()
        ]
        return self._table(say("The main figures of what each proposes"), rows, DIFFERENCE)

    def _figures(self) -> dict[str, tuple[str, Style]]:
        """Those that either side measured; on each one's objective where no result is named so."""
        objectives = {side.records.evaluation.objective for side in (self.left, self.right)}
        own = {
            f"evaluation.scores.{{candidate}}.all.{each}.figure": words.SCORES[each]
            for each in sorted(objectives)
        }
        return {
            fact: told
            for fact, told in (own | words.RESULTS).items()
            if any(f"{_of(fact, side)}.value" in side.tell.facts for side in (self.left, self.right))
        }

    @property
    def gates_apart(self) -> tuple[str, ...]:
        """The gates whose verdicts differ, or that only one side was asked, worst first."""
        left, right = (
            {gate: line.verdict for gate, line in side.gates.items()} for side in (self.left, self.right)
        )
        return tuple(gate for gate in dict.fromkeys([*left, *right]) if left.get(gate) != right.get(gate))

    def gates(self) -> Table:
        """Each gate's verdict, with what was seen; first those whose verdicts differ."""
        left, right = self.left.gates, self.right.gates
        rows = [
            ((left.get(gate) or right[gate]).asks, self._gate(left.get(gate)), self._gate(right.get(gate)))
            for gate in dict.fromkeys([*self.gates_apart, *left, *right])
        ]
        return self._table(say("The questions of the policy: first where the verdicts differ"), rows)

    def data(self) -> Table:
        """The period and the rows of each source."""
        names = dict.fromkeys(self._sources())
        rows = [(name, _source(self.left, name), _source(self.right, name)) for name in names]
        return self._table(say("The data: which time, how many rows"), rows)

    def _sources(self) -> Iterator[str]:
        for side in (self.left, self.right):
            yield from (source.name for source in side.records.snapshot.sources)

    def groups(self) -> Table:
        """Each comparison of groups that decides, with its ratio and verdict."""
        left, right = self.left.groups, self.right.groups
        rows = []
        for fact in dict.fromkeys([*left, *right]):
            side, part = (self.left, left[fact]) if fact in left else (self.right, right[fact])
            ratio = f"{fact}.ratio"
            rows.append(
                (_who(side, part), _group(self.left, fact, left.get(fact)),
                 _group(self.right, fact, right.get(fact)), self._difference(ratio, ratio))
            )  # fmt: skip
        return self._table(say("Groups, against their reference group"), rows, DIFFERENCE)

    def _difference(self, left: str, right: str) -> Markup:
        """Of the second from the first; nothing is said of what was measured otherwise."""
        if self.differ_in:
            return self.left.tell.sentence(say("Not comparable: it was measured otherwise"))
        bounds = ("value", "lower", "upper")
        first, second = (
            tuple(side.tell.facts.get(f"{name}.{bound}") for bound in bounds)
            for side, name in ((self.left, left), (self.right, right))
        )
        if not all(isinstance(bound, int | float) or bound is None for bound in (*first, *second)):
            return self.left.tell.sentence(say("Not known: one of them is hidden"))
        return self.left.tell.sentence(apart(first, second))

    def _gate(self, line: GateLine | None) -> Markup:
        if line is None:
            return self.left.tell.sentence(NOT_ASKED)
        return Markup("{}<br>{}").format(line.says, line.observed)

    def _table(
        self, caption: Message, rows: Iterable[tuple[Message | Markup | str, ...]], *more: Message
    ) -> Table:
        tell = self.left.tell
        made = tuple(tuple(tell.sentence(cell) if isinstance(cell, Message) else cell for cell in row)
                     for row in rows)  # fmt: skip
        columns = (tell.plain(say("What")), self.left.name, self.right.name, *map(tell.plain, more))
        return Table(tell.sentence(caption), columns, made)


def _of(fact: str, side: Side) -> str:
    return of_champion(fact, side.records)


def _figure(side: Side, fact: str, style: Style) -> Markup:
    return side.tell.figure(_of(fact, side), style)


def _champion(side: Side) -> str:
    return candidate_name(side.records.spec, side.tell, side.records.evaluation.champion)


def _source(side: Side, name: str) -> Markup:
    """Its period and rows; whether it is there at all."""
    tell, fact = side.tell, f"snapshot.sources.{name}"
    source = next((each for each in side.records.snapshot.sources if each.name == name), None)
    if source is None:
        return tell.sentence(NOT_THERE)
    period = tell.period(f"{fact}.period") if source.period else tell.sentence(say("Holds for all dates"))
    rows = tell.sentence(say("{rows} rows", rows=tell.value(f"{fact}.rows", "count")))
    return Markup("{}<br>{}").format(period, rows)


def _who(side: Side, part: Disparity) -> Markup:
    names = GroupWords(side.records, side.tell)
    return Markup("{}. {}").format(names.of_attribute(part.attribute, part.group), names.metric(part.metric))


def _group(side: Side, fact: str, part: Disparity | None) -> Markup:
    if part is None:
        return side.tell.sentence(NOT_ASKED)
    verdict = GroupWords(side.records, side.tell).verdict(part, fact)
    if part.ratio.value is None:
        return verdict
    return Markup("{}; {}").format(side.tell.figure(f"{fact}.ratio", "ratio"), verdict)
