"""What the ledger tells of a pilot's case: who did what, when, under which policy.

A step's statement has two subjects: the pilot, by the digest of the dossier it is about, and the policy, by
its own. So each step is judged by the policy that ruled on that day, also after the city has changed it. The
day of a step is that of the ledger's clock; what the signer's own calendar said may be off by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import ValidationError

from civic_ai.core.canonical import canonical_json, digest_of
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.action import ACTIONS, Action, OpenCase, read_action
from civic_ai.records.case import Case
from civic_ai.records.ledger import LedgerEntry
from civic_ai.records.policy import Policy
from civic_ai.review.admission import Admitted, admit
from civic_ai.review.findings import Finding
from civic_ai.review.keys import KeyRegister
from civic_ai.review.statement import Digests, Statement, Subject, predicate_type
from civic_ai.review.workflow import next_case

POLICY = "policy"
_KINDS = {predicate_type(kind) for kind in ACTIONS}
_ONE_DAY = timedelta(days=1)
PolicyOf = Callable[[str], Policy]
"""The policy of a digest. Raises :class:`RefusedError` where it is not at hand."""


@dataclass(frozen=True)
class Taken:
    """One step that stands on the ledger. ``statement``: digest of what was signed; ``is_personal``: the
    person signed it, not a server for them."""

    number: int
    statement: str
    pilot: str
    action: Action
    policy: str
    is_personal: bool


def statement_of(pilot: str, action: Action, about: str | None, policy: Policy) -> Statement:
    """What a person signs to take a step. ``about``: the digest of the dossier; None before there is one."""
    digest = about or digest_of({"pilot": pilot})
    return Statement(
        subject=(
            Subject(name=pilot, digest_of_it=Digests(sha256=digest)),
            Subject(name=POLICY, digest_of_it=Digests(sha256=policy.digest)),
        ),
        predicate_type=predicate_type(action.kind),
        predicate=action.model_dump(mode="json"),
    )


def is_step(statement: Statement) -> bool:
    """Whether a statement is a step of the workflow; others are about keys."""
    return statement.predicate_type in _KINDS


def read_step(number: int, day: date, admitted: Admitted) -> Taken:
    """The step that an admitted statement takes, on the ledger's ``day``.

    Raises :class:`RefusedError` unless it is a step, names one pilot and one policy, and was signed by the
    very person that it says took it.
    """
    statement = admitted.statement
    try:
        action = read_action(canonical_json(statement.predicate))
        pilot, policy = statement.subject
    except (ValidationError, ValueError) as error:
        raise _refused(say("This is no step of the workflow.")) from error
    is_of_pilot = not isinstance(action, OpenCase) or action.pilot == pilot.name
    if policy.name != POLICY or statement.predicate_type != predicate_type(action.kind) or not is_of_pilot:
        raise _refused(say("This is no step of the workflow."))
    for signer in admitted.signers:
        if signer.holder != action.by:
            raise _refused(
                say("{signer} signed what {by} is said to do.", signer=signer.holder, by=action.by)
            )
    if abs(action.at - day) > _ONE_DAY:
        raise _refused(say("It was signed for {at}, and today is {day}.", at=action.at, day=day))
    return Taken(
        number=number,
        statement=statement.digest,
        pilot=pilot.name,
        action=action.model_copy(update={"at": day}),
        policy=policy.digest_of_it.sha256,
        is_personal=admitted.is_personal,
    )


def read_steps(entries: Iterable[LedgerEntry]) -> Iterator[Taken]:
    """Every step of every pilot, in order. Raises :class:`RefusedError` at an entry that may not stand."""
    register = KeyRegister()
    for entry in entries:
        admitted = admit(register, entry.number, entry.envelope)
        if isinstance(admitted, Finding):
            raise _refused(admitted.says)
        register = admitted.register
        if is_step(admitted.statement):
            yield read_step(entry.number, entry.moment.date(), admitted)


def steps_of(pilot: str, entries: Iterable[LedgerEntry]) -> Iterator[Taken]:
    """The steps of one pilot, in order; ``entries`` hold at least those about keys and about the pilot.

    Raises :class:`RefusedError` at an entry that may not stand.
    """
    return (step for step in read_steps(entries) if step.pilot == pilot)


@dataclass(frozen=True)
class Event:
    """One step, and the case before and after it."""

    step: Taken
    before: Case
    after: Case

    @property
    def action(self) -> Action:
        """What was done."""
        return self.step.action

    @property
    def on(self) -> date:
        """The ledger's day."""
        return self.step.action.at


def events_of(steps: Iterable[Taken], policy_of: PolicyOf) -> tuple[Event, ...]:
    """Every step of every pilot, in order. Raises :class:`RefusedError` at the first that may not be."""
    cases: dict[str, Case] = {}
    found = []
    for step in steps:
        before = cases.get(step.pilot, Case())
        cases[step.pilot] = after(before, step, policy_of)
        found.append(Event(step, before, cases[step.pilot]))
    return tuple(found)


def cases_of(steps: Iterable[Taken], policy_of: PolicyOf) -> dict[str, Case]:
    """The case of each pilot after its steps. Raises :class:`RefusedError` at the first that may not be."""
    return {event.step.pilot: event.after for event in events_of(steps, policy_of)}


def case_of(pilot: str, entries: Iterable[LedgerEntry], policy_of: PolicyOf) -> Case:
    """The case of one pilot after its steps; as :func:`steps_of`, :func:`cases_of`."""
    return cases_of(steps_of(pilot, entries), policy_of).get(pilot, Case())


def after(case: Case, step: Taken, policy_of: PolicyOf) -> Case:
    """The case after one more step, by the policy that the step names."""
    return next_case(case, step.action, policy_of(step.policy))


def faults_of(entries: Iterable[LedgerEntry], policy_of: PolicyOf) -> Iterator[Finding]:
    """Steps on an intact ledger that the workflow does not allow: only a changed program enters such."""
    cases: dict[str, Case] = {}
    register = KeyRegister()
    for entry in entries:
        admitted = admit(register, entry.number, entry.envelope)
        if isinstance(admitted, Finding):
            yield admitted
            return
        register = admitted.register
        if not is_step(admitted.statement):
            continue
        try:
            step = read_step(entry.number, entry.moment.date(), admitted)
            cases[step.pilot] = after(cases.get(step.pilot, Case()), step, policy_of)
        except RefusedError as error:
            yield from (Finding("not allowed", mistake.says, entry.number) for mistake in error.mistakes)


def _refused(says: Message) -> CivicError:
    return RefusedError.because(says, remedy=say("Nothing was entered."))
