"""What steps say of a dossier, held against the dossier itself: its open gates, and what was approved.

The workflow is a pure function of steps and cannot look into a dossier. Whoever makes a step reads it from
there (:func:`open_gates`); whoever has the dossier can check that it was so (:func:`contradictions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from civic_ai.cards.verification import MANIFEST, require_intact
from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.action import Appeal, CloseVote, RequestRenewal, Submit
from civic_ai.records.decision import differences
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.review.binding import binding_of
from civic_ai.review.findings import Finding
from civic_ai.review.history import PolicyOf, Taken
from civic_ai.review.level import gate_name


def open_gates(folder: Path, policy: Policy) -> tuple[str, ...]:
    """The gates of the sealed dossier in ``folder`` that do not pass, in the policy's order.

    Raises :class:`RefusedError` where it was altered, or judged by other gates or limits than those of
    ``policy``: a gate that was never asked would seem to be closed.
    """
    require_intact(folder)
    sealed = Policy.from_json((folder / "policy.json").read_bytes())
    if _measure_of(sealed) != _measure_of(policy):
        raise RefusedError.because(
            say("this dossier was judged by other gates or limits than those of the policy in force"),
            about=str(folder),
            remedy=say("Run the pilot again by the policy in force, and hand in the new dossier."),
        )
    report = GateReport.model_validate_json((folder / "gates.json").read_bytes())
    return tuple(check.gate for check in report.checks if check.verdict != "pass")


def contradictions(steps: Iterable[Taken], folder: Path, policy_of: PolicyOf) -> Iterator[Finding]:
    """Each step about the dossier in ``folder`` that says of it what it does not hold.

    Raises :class:`RefusedError` where the dossier was altered.
    """
    require_intact(folder)
    digest = digest_of_file(folder / MANIFEST)
    for step in steps:
        if getattr(step.action, "dossier", None) == digest:
            try:
                yield from _contradicts(step, folder, policy_of)
            except CivicError as error:
                yield from (_finding(step, mistake.says) for mistake in error.mistakes)


def _contradicts(step: Taken, folder: Path, policy_of: PolicyOf) -> Iterator[Finding]:
    action = step.action
    if isinstance(action, Submit | Appeal | RequestRenewal):
        policy = policy_of(step.policy)
        sealed = open_gates(folder, policy)
        if set(action.open_gates) != set(sealed):
            yield _finding(
                step,
                say(
                    "handed in with the open gates {said}; the dossier has {sealed}",
                    said=_names(policy, action.open_gates),
                    sealed=_names(policy, sealed),
                ),
            )
    if isinstance(action, CloseVote) and action.binding is not None:
        bound = action.binding
        held = binding_of(folder, bound.area, bound.use, bound.ends_on)
        for each in differences(held, bound):
            yield _finding(
                step, say("the approval binds another {name} than the dossier has", name=each.name)
            )


def _names(policy: Policy, gates: Iterable[str]) -> tuple[Message | str, ...] | str:
    return tuple(gate_name(policy, gate) for gate in gates) or "-"


def _finding(step: Taken, says: Message) -> Finding:
    return Finding("not in dossier", says, step.number)


def _measure_of(policy: Policy) -> tuple[object, ...]:
    """What says which figures pass; texts, levels and the workflow measure nothing."""
    gates = tuple((gate.id, gate.fact, gate.must_be) for gate in policy.gates)
    return gates, policy.tolerances, policy.suppression, policy.limits
