"""The one check through which everything goes that loads a model for use.

It reads the case, which is folded from the ledger alone, and the files themselves. What MLflow says (an
alias, a tag, a stored copy) is never asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civic_ai.cards.verification import read_manifest, require_intact
from civic_ai.core.errors import Mistake, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.case import RUNNING, Case, State
from civic_ai.records.decision import Binding, Decision, Difference, differences
from civic_ai.records.policy import Policy
from civic_ai.records.record import Scalar
from civic_ai.review.binding import as_declared, binding_of
from civic_ai.review.level import gate_name

_BOARD = say("Only a decision of the board changes this; `civic-ai case` shows where it stands.")
_OFFICE = say("`civic-ai case` says who may start it.")
_NOT_STARTED = ("approved_for_pilot", "approved_for_use")
_STOPPED: Mapping[State, Message] = {
    "pilot_suspended": say("the model is suspended"),
    "use_suspended": say("the model is suspended"),
    "voided": say("the approval is void: something that it was bound to has changed"),
    "stopped": say("the pilot was stopped"),
    "board_stop": say("the model is stopped until the board has decided"),
    "retired": say("the model was retired"),
    "rejected": say("the board refused the model"),
    "returned": say("the board sent the model back"),
    "approved_for_pilot": say("the model is approved, but nobody has started the pilot yet"),
    "approved_for_use": say("the model is approved, but nobody has put it to use yet"),
    "pilot_evaluated": say("the pilot has ended; the board has not decided on use yet"),
    "board_use": say("the pilot has ended; the board has not decided on use yet"),
}


@dataclass(frozen=True)
class Declared:
    """What the city's own files say now: the pilot's spec, and the digest of each contract."""

    spec: PilotSpec
    contracts: Mapping[str, str]


def require_approval(
    case: Case, folder: Path, day: date, policy: Policy, declared: Declared | None = None
) -> Decision:
    """The approval under which the model of the dossier in ``folder`` may be used on ``day``.

    ``declared`` is compared too where a pilot's own files are about to be read. Raises
    :class:`RefusedError` with every reason of the first kind that holds: the files (altered, of another
    pilot), the decision (none, refused, stopped), its time (lapsed, a waiver ended, a condition missed), what
    it is bound to (which digest differs, approved and found).
    """
    require_intact(folder)
    _refuse(_of_another_pilot(case, folder, declared))
    decision, binding = _approval(case)
    _refuse(_over(case, decision, day, policy))
    found = binding_of(folder, binding.area, binding.use, binding.ends_on)
    _refuse(map(_different, differences(binding, found)))
    if declared is not None:
        now = as_declared(binding, declared.spec, declared.contracts)
        _refuse(map(_different, differences(binding, now, _tolerance(policy))))
    return decision


def _tolerance(policy: Policy) -> float:
    """The share by which a declared capacity may differ; none where the policy does not say."""
    return 0.0 if policy.workflow is None else policy.workflow.capacity_share


def _refuse(mistakes: Iterator[Mistake]) -> None:
    found = tuple(mistakes)
    if found:
        raise RefusedError(found)


def _of_another_pilot(case: Case, folder: Path, declared: Declared | None) -> Iterator[Mistake]:
    sealed = read_manifest(folder).pilot
    named = (case.pilot, None if declared is None else declared.spec.pilot)
    for pilot in dict.fromkeys(name for name in named if name not in (None, sealed)):
        yield Mistake(
            str(folder),
            say("the dossier is of pilot {found}, not of {pilot}", found=sealed, pilot=pilot),
            remedy=say("Name the pilot that the dossier was sealed for."),
        )


def _approval(case: Case) -> tuple[Decision, Binding]:
    """The approval of a case that is at work, and its binding."""
    decision = case.approval
    if case.state in RUNNING and decision is not None and decision.binding is not None:
        return decision, decision.binding
    remedy = _OFFICE if case.state in _NOT_STARTED else _BOARD
    raise RefusedError.because(why_not(case), about=case.pilot or "", remedy=remedy)


def why_not(case: Case) -> Message:
    """Why nothing is at work in this case."""
    ended = [decision.ends_on for decision in case.decisions if decision.ends_on is not None]
    if case.state == "lapsed" and ended:
        return say("the approval lapsed after {last}", last=ended[-1])
    return _STOPPED.get(case.state, say("the board has not approved this model"))


def _over(case: Case, decision: Decision, day: date, policy: Policy) -> Iterator[Mistake]:
    """What ended by ``day``, each with its last day."""
    pilot = case.pilot or ""
    for waiver in decision.waivers:
        if waiver.ends_on < day:
            gate = gate_name(policy, waiver.gate)
            says = say("the waiver of gate {gate} ended on {last}", gate=gate, last=waiver.ends_on)
            yield Mistake(pilot, says, remedy=_BOARD)
    for condition in case.owed:
        if condition.if_missed == "suspend" and condition.due_on < day:
            says = say(
                "condition {id} was due on {due} and is not met", id=condition.id, due=condition.due_on
            )
            yield Mistake(pilot, says, remedy=say("{owner} owes it.", owner=condition.owner))
    if decision.expires_on is None or decision.binding is None:
        yield Mistake(pilot, say("the decision approves nothing"), remedy=_BOARD)
        return
    last = min(decision.expires_on, decision.binding.ends_on)
    if last < day:
        yield Mistake(pilot, say("the approval lapsed after {last}", last=last), remedy=_BOARD)
    if day < decision.decided_on:
        says = say("the approval holds from {first} on", first=decision.decided_on)
        yield Mistake(pilot, says, remedy=say("Choose a day on which it holds."))


def _different(found: Difference) -> Mistake:
    """``bundle: approved was 3f..., found is 9c...``, digests in full: people compare them."""
    says = say("approved was {approved}, found is {found}", approved=_shown(found.approved),
               found=_shown(found.found))  # fmt: skip
    return Mistake(found.name, says, remedy=say("Use what was approved, or ask for a new decision."))


def _shown(value: Scalar) -> Scalar | Message:
    return say("nothing") if value is None else value
