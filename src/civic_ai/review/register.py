"""The public register of a city's pilots: from the ledger and the public part of each dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from civic_ai.cards.facts import Facts
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.cards.tell import HIDDEN
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.action import CloseVote
from civic_ai.records.case import Case
from civic_ai.records.decision import Condition, CountedVote, Decision
from civic_ai.records.gates import GateReport
from civic_ai.records.pilot_record import facts_named
from civic_ai.records.policy import Policy
from civic_ai.records.public_register import (
    PublicCondition,
    PublicDecision,
    PublicVote,
    PublicWaiver,
    Register,
    RegisterRow,
    Unshown,
    Withheld,
)
from civic_ai.records.text import Text
from civic_ai.review.history import Event, PolicyOf, events_of, read_steps
from civic_ai.review.level import rules_at, workflow_of
from civic_ai.review.office import Office


@dataclass(frozen=True)
class Told:
    """What the ledger tells, read once: who publishes, on which day, under which policies."""

    publisher: str
    on: date
    size: int
    events: tuple[Event, ...]
    policy: Policy
    policy_of: PolicyOf

    @cached_property
    def cases(self) -> dict[str, Case]:
        """Where each case stands."""
        return {event.step.pilot: event.after for event in self.events}

    def closings(self, pilot: str) -> Iterator[tuple[Event, CloseVote]]:
        """Each step that closed a vote, one for each decision, in order."""
        for event in self.events:
            if event.step.pilot == pilot and isinstance(event.action, CloseVote):
                yield event, event.action


def told_by(office: Office, publisher: str, on: date) -> Told:
    """What the office's ledger tells on that day. Raises :class:`RefusedError` where it was altered."""
    entries = office.ledger.entries()
    events = events_of(read_steps(entries), office.policy_of)
    return Told(publisher, on, len(entries), events, office.policy, office.policy_of)


@dataclass(frozen=True)
class Shown:
    """What the public part of a sealed dossier says, as far as a row of the register needs it."""

    pilot: str
    digest: str
    title: Text
    use: Text
    owner: str
    contact: str
    data_up_to: date
    gates: GateReport
    hidden: tuple[str, ...]
    """The fields of the record of which a figure is hidden."""
    cards: tuple[str, ...]


def shown_in(folder: Path) -> Shown:
    """What everybody may read in the dossier in ``folder``.

    Raises :class:`RefusedError` where it was altered, :class:`ConfigError` where none stands.
    """
    sealed = read_sealed(folder, "public")
    spec = sealed.records.spec
    return Shown(
        pilot=sealed.manifest.pilot,
        digest=sealed.manifest.digest,
        title=spec.title,
        use=spec.decision,
        owner=spec.owner,
        contact=spec.contact,
        data_up_to=date.fromisoformat(sealed.records.panel.last_known_on),
        gates=sealed.gates,
        hidden=tuple(_fields_with_hidden(sealed.facts)),
        cards=tuple(public_cards(sealed)),
    )


def make_register(told: Told, dossiers: Iterable[Shown]) -> Register:
    """One row for each dossier, in the order of the pilots' names.

    Raises :class:`RefusedError` for another dossier than the one that the board had before it.
    """
    rows = sorted((_row(shown, told) for shown in dossiers), key=_name)
    named, cases = {row.pilot for row in rows}, told.cases
    return Register(
        on=told.on,
        publisher=told.publisher,
        ledger_size=told.size,
        rows=tuple(rows),
        unshown=tuple(Unshown(pilot=name, state=cases[name].state) for name in sorted(cases.keys() - named)),
    )


def _name(row: RegisterRow) -> str:
    return row.pilot


def _row(shown: Shown, told: Told) -> RegisterRow:
    case = told.cases.get(shown.pilot, Case())
    _require_shown(case, shown.pilot, shown.digest)
    approval = case.approval
    return RegisterRow(
        pilot=shown.pilot,
        title=shown.title,
        use=shown.use,
        owner=shown.owner,
        contact=shown.contact,
        state=case.state,
        level=case.level,
        dossier=shown.digest,
        is_ready=shown.gates.is_ready,
        gates_passed=shown.gates.passed,
        gates_failed=shown.gates.failed,
        gates_unknown=shown.gates.unknown,
        data_up_to=shown.data_up_to,
        holds_until=None if approval is None else approval.ends_on,
        comment_days=rules_at(told.policy, case.level).comment_days,
        decisions=tuple(_decisions(case, told)),
        withheld=tuple(_withheld(shown.hidden, told.policy)),
        cards=shown.cards,
    )


def shown_dossier(case: Case) -> str | None:
    """The dossier whose cards the public reads: the approved one, else the one that was handed in."""
    return case.dossier if case.approval is None else case.approval.dossier


def _require_shown(case: Case, pilot: str, digest: str) -> None:
    shown = shown_dossier(case)
    if shown is not None and shown != digest:
        raise RefusedError.because(
            say(
                "the board's dossier is {shown}, and this one is {digest}",
                shown=shown[:12],
                digest=digest[:12],
            ),
            about=pilot,
            remedy=say("Publish the dossier that the board had before it."),
        )


def public_cards(sealed: Sealed) -> Iterator[str]:
    """Paths, inside the dossier, of the pages that everybody may read."""
    for file in sealed.manifest.files:
        if file.audience == "public" and file.role == "card":
            yield file.path


def _decisions(case: Case, told: Told) -> Iterator[PublicDecision]:
    """Each decision with the reason that was given when its vote was closed."""
    names_voters = workflow_of(told.policy).names_voters
    for decision, closing in zip(case.decisions, told.closings(case.pilot or ""), strict=True):
        asked = {gate.id: gate.asks for gate in told.policy_of(decision.policy).gates}
        yield _public(decision, closing, [_vote(vote, names_voters) for vote in decision.votes], asked)


def _condition(owed: Condition, case: Case) -> PublicCondition:
    """What is owed, by the role that its owner held first when the board set it."""
    role = next(holder.role for holder in case.people if holder.person == owed.owner)
    return PublicCondition(condition=owed.id, text=owed.text, owner=role, due_on=owed.due_on)


def _public(
    decision: Decision,
    closing: tuple[Event, CloseVote],
    votes: Iterable[PublicVote],
    asked: Mapping[str, Text],
) -> PublicDecision:
    event, closed = closing
    return PublicDecision(
        question=decision.question,
        verdict=decision.verdict,
        decided_on=decision.decided_on,
        reason=closed.reason,
        votes=tuple(votes),
        conditions=tuple(_condition(each, event.before) for each in decision.conditions),
        waivers=tuple(
            PublicWaiver(gate=each.gate, asks=asked.get(each.gate), reason=each.reason, ends_on=each.ends_on)
            for each in decision.waivers
        ),
        expires_on=decision.ends_on,
        dossier=decision.dossier,
        policy=decision.policy,
        entry=event.step.number,
    )


def _vote(vote: CountedVote, names_voters: bool) -> PublicVote:
    by = vote.by if names_voters else None
    return PublicVote(verdict=vote.verdict, reason=vote.reason, by=by, dissent=vote.dissent)


def _fields_with_hidden(facts: Facts) -> Iterator[str]:
    """The fields of the record of which a figure is hidden: itself, or said to be missing for that reason."""
    hidden = {name.replace(".why_missing", ".value") for name, value in facts.items() if value == HIDDEN}
    marked = {**facts, **dict.fromkeys(hidden, HIDDEN)}
    for name, field in shipped_crosswalk().fields.items():
        if any(HIDDEN in facts_named(pattern, marked).values() for pattern in (*field.facts, *field.also)):
            yield name


def withheld_of(sealed: Sealed, policy: Policy) -> Iterator[Withheld]:
    """What the public does not see of a pilot, why, and which fields of its record it touches."""
    return _withheld(tuple(_fields_with_hidden(sealed.facts)), policy)


def _withheld(hidden: tuple[str, ...], policy: Policy) -> Iterator[Withheld]:
    yield Withheld(what="small-groups", why="privacy", fields=hidden)
    yield Withheld(what="board-cards", why="privacy")
    yield Withheld(what="model-files", why="security")
    if not workflow_of(policy).names_voters:
        yield Withheld(what="names-of-voters", why="policy", fields=("M03",))
