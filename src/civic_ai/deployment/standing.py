"""Where a case stands on a ledger of which every entry was verified, every time.

Whoever can write the ledger's database could take back a suspension. So its entries are checked against the
checkpoint that the log signed, and that against what this machine saw before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from civic_ai.core.errors import Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.case import Case
from civic_ai.review.history import PolicyOf, cases_of, steps_among
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import LedgerVerification, verify_ledger
from civic_ai.review.log_keys import LogKeys
from civic_ai.review.note import VerifierKey
from civic_ai.review.office import Office

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """A case, and the day of the last entry of the ledger that tells it: what came later is not known.

    ``signers``: the log's keys that may have signed something right after that entry.
    """

    case: Case
    known_on: date
    signers: tuple[VerifierKey, ...]


def standing_on(
    exported: ExportedLedger, pilot: str, policy_of: PolicyOf, trust: Trust, at: datetime
) -> Standing:
    """Where the case of ``pilot`` stands on an exported ledger.

    Raises :class:`RefusedError`, with every fault, unless the ledger is good by the keys in ``trust``, and
    where it has entries from after ``at``: then the clock here is wrong, and no end of an approval is sure.
    """
    found = verify_ledger(exported, trust, at)
    if faults := [*_faults(found), *_from_the_future(found, at)]:
        raise RefusedError(faults)
    steps = (step for step in steps_among(found.admitted) if step.pilot == pilot)
    case = cases_of(steps, policy_of).get(pilot, Case())
    last = max((entry.moment.date() for entry, _ in found.admitted), default=date.min)
    keys = LogKeys(trust.log, found.rotations)
    return Standing(case, last, (keys.at(found.size), keys.at(found.size + 1)))


def case_on(exported: ExportedLedger, pilot: str, policy_of: PolicyOf, trust: Trust, at: datetime) -> Case:
    """The case of :func:`standing_on`."""
    return standing_on(exported, pilot, policy_of, trust, at).case


def case_in(office: Office, pilot: str, trust: Trust, memory: LedgerMemory, at: datetime) -> Case:
    """Where the case of ``pilot`` stands on the office's own ledger, which must go on from what ``memory``
    holds of it; then it is remembered. Raises as :func:`standing_on`."""
    exported = export(office.ledger.snapshot())
    seen = replace(trust, remembered=(*trust.remembered, *memory.remembered(trust.log)))
    case = case_on(exported, pilot, office.policy_of, seen, at)
    memory.keep(trust.log, exported.checkpoint)
    return case


def _faults(found: LedgerVerification) -> Iterator[Mistake]:
    remedy = say("Do not use it; `civic-ai ledger verify` says more.")
    for fault in found.findings:
        if fault.is_fault:
            yield Mistake(f"ledger, {fault.kind}", fault.says, remedy=remedy)


def _from_the_future(found: LedgerVerification, at: datetime) -> Iterator[Mistake]:
    signed = [entry.moment for entry, _ in found.admitted]
    seen = [] if found.witnessed_at is None else [datetime.fromtimestamp(found.witnessed_at, UTC)]
    last = max([*signed, *seen], default=at)
    if last > at + _ONE_DAY:
        says = say(
            "the clock here says {now}; the ledger was signed on {last}", now=at.date(), last=last.date()
        )
        yield Mistake("clock", says, remedy=say("Set this machine's clock."))
