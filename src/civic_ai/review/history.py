"""What the ledger tells of a pilot's case: who did what, when, under which policy.

A step's statement has two subjects: the pilot, by the digest of the dossier it is about, and the policy, by
its own. So each step is judged by the policy that ruled on that day, also after the city has changed it. The
day of a step is that of the ledger's clock; what the signer's own calendar said may be off by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.action import ACTIONS, Action, OpenCase, action_of
from civic_ai.records.case import Case
from civic_ai.records.ledger import LedgerEntry
from civic_ai.records.people import Holder
from civic_ai.records.policy import Policy
from civic_ai.review.admission import Admitted, Stands, admit
from civic_ai.review.findings import Finding, Kind
from civic_ai.review.keys import KeyRegister
from civic_ai.review.statement import Digests, Statement, Subject, predicate_type
from civic_ai.review.workflow import next_case

POLICY = "policy"
STEP_TYPES = frozenset(predicate_type(kind) for kind in ACTIONS)
"""What the statement of a step says that its predicate is."""
_ONE_DAY = timedelta(days=1)
PolicyOf = Callable[[str], Policy]
"""The policy of a digest. Raises :class:`RefusedError` where it is not at hand."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that stands on the ledger.

    ``statement``: digest of what was signed; ``about``: the digest that its subject names; ``is_personal``:
    the person signed it, not a server for them.
    """

    number: int
    statement: str
    pilot: str
    about: str
    action: Action
    policy: str
    is_personal: bool


def statement_of(pilot: str, action: Action, about: str | None, policy: Policy) -> Statement:
    """What a person signs to take a step. ``about``: the digest of the dossier; None before there is one."""
    return Statement(
        subject=(
            Subject(name=pilot, digest_of_it=Digests(sha256=about or _before_any_dossier(pilot))),
            Subject(name=POLICY, digest_of_it=Digests(sha256=policy.digest)),
        ),
        predicate_type=predicate_type(action.kind),
        predicate=action.model_dump(mode="json"),
    )


def is_step(statement: Statement) -> bool:
    """Whether a statement is a step of the workflow; others are about keys."""
    return statement.predicate_type in STEP_TYPES


def read_step(number: int, day: date, admitted: Admitted) -> Taken:
    """The step that an admitted statement takes, on the ledger's ``day``.

    Raises :class:`RefusedError` unless it is a step, names one pilot and one policy, and was signed by the
    very person that it says took it.
    """
    statement = admitted.statement
    try:
        action = action_of(statement.predicate)
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
        about=pilot.digest_of_it.sha256,
        action=on_day(action, day),
        policy=policy.digest_of_it.sha256,
        is_personal=admitted.is_personal,
    )


def on_day(action: Action, day: date) -> Action:
    """The action on the ledger's ``day``; people who open many cases together are held once."""
    if not isinstance(action, OpenCase):
        return action.model_copy(update={"at": day})
    return action.model_copy(update={"at": day, "people": _held_once(tuple(map(_SAID, action.people)))})


_SAID = attrgetter(*Holder.model_fields)


@lru_cache(maxsize=1024)
def _held_once(said: tuple[tuple[object, ...], ...]) -> tuple[Holder, ...]:
    return tuple(Holder.model_validate(dict(zip(Holder.model_fields, each, strict=True))) for each in said)


def read_steps(entries: Iterable[LedgerEntry]) -> Iterator[Taken]:
    """Every step of every pilot, in order. Raises :class:`RefusedError` at an entry that may not stand."""
    return steps_among(_admitted(entries))


def steps_among(stands: Iterable[Stands]) -> Iterator[Taken]:
    """Every step among entries that were admitted already. Raises as :func:`read_steps`."""
    for entry, admitted in stands:
        if is_step(admitted.statement):
            yield read_step(entry.number, entry.moment.date(), admitted)


def _admitted(entries: Iterable[LedgerEntry]) -> Iterator[Stands]:
    register = KeyRegister()
    for entry in entries:
        found = admit(register, entry.number, entry.envelope)
        if isinstance(found, Finding):
            raise RefusedError.because(
                say("entry {number} may not stand: {reason}", number=entry.number, reason=found.says),
                about="ledger",
                remedy=say("`civic-ai ledger verify` says what is wrong with it."),
            )
        register = found.register
        yield entry, found


def steps_of(pilot: str, entries: Iterable[LedgerEntry]) -> Iterator[Taken]:
    """The steps of one pilot, in order; ``entries`` hold at least those about keys and about the pilot.

    Raises :class:`RefusedError` at an entry that may not stand.
    """
    return (step for step in read_steps(entries) if step.pilot == pilot)


@dataclass(frozen=True, slots=True)
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
    """The case after one more step, by the policy that the step names.

    Raises :class:`RefusedError` where it may not be taken, or was signed about another dossier than it names.
    """
    about = dossier_of(step.action, case) or _before_any_dossier(step.pilot)
    if step.about != about:
        raise _refused(
            say("It was signed about {signed}; the step is about {about}.", signed=step.about, about=about)
        )
    return next_case(case, step.action, policy_of(step.policy))


def dossier_of(action: Action, case: Case) -> str | None:
    """The dossier that a step is about: the one that it names, else the one that the case is about."""
    named: str | None = getattr(action, "dossier", None)
    return named or case.dossier


def _before_any_dossier(pilot: str) -> str:
    return digest_of({"pilot": pilot})


def faults_of(entries: Iterable[LedgerEntry], policy_of: PolicyOf) -> Iterator[Finding]:
    """Steps on an intact ledger that the workflow does not allow: only a changed program enters such.

    What follows a fault in the same case is not judged: it would be accused of what came before it.
    """
    return faults_among(_admitted(entries), policy_of)


def faults_among(stands: Iterable[Stands], policy_of: PolicyOf) -> Iterator[Finding]:
    """As :func:`faults_of`, of entries that were admitted already."""
    cases: dict[str, Case | None] = {}
    for entry, admitted in stands:
        pilot = admitted.statement.subject[0].name
        case = cases.setdefault(pilot, Case())
        if case is None or not is_step(admitted.statement):
            continue
        found = _judged(case, entry, admitted, policy_of)
        cases[pilot] = found if isinstance(found, Case) else None
        yield from () if isinstance(found, Case) else found


def _judged(
    case: Case, entry: LedgerEntry, admitted: Admitted, policy_of: PolicyOf
) -> Case | tuple[Finding, ...]:
    """The case after an entry, or what is wrong with the entry."""
    try:
        step = read_step(entry.number, entry.moment.date(), admitted)
    except RefusedError as error:
        return _findings("not allowed", error, entry)
    try:
        policy_of(step.policy)
    except RefusedError as error:
        return _findings("policy", error, entry)
    try:
        return after(case, step, policy_of)
    except RefusedError as error:
        return _findings("not allowed", error, entry)


def _findings(kind: Kind, error: RefusedError, entry: LedgerEntry) -> tuple[Finding, ...]:
    return tuple(Finding(kind, mistake.says, entry.number) for mistake in error.mistakes)


def _refused(says: Message) -> CivicError:
    return RefusedError.because(says, remedy=say("Nothing was entered."))
