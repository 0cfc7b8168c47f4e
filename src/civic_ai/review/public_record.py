"""Everything that a city publishes of its pilots, from the ledger and the sealed dossiers at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.public_register import Register
from civic_ai.records.yearly_report import YearlyReport
from civic_ai.review.checkpoint import open_checkpoint
from civic_ai.review.ledger import Snapshot
from civic_ai.review.note import VerifierKey
from civic_ai.review.office import Office
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.review.register import Shown, Told, make_register, shown_in, told_by
from civic_ai.review.yearly_report import yearly_reports


@dataclass(frozen=True)
class PublicRecord:
    """The register, a report a year, the receipt of each decision by its entry, and the key that signs them.

    ``dossiers``: the folder of each pilot's sealed dossier.
    """

    register: Register
    reports: tuple[YearlyReport, ...]
    receipts: Mapping[int, str]
    log: VerifierKey
    dossiers: Mapping[str, Path]


def gather(office: Office, dossiers: Mapping[str, Path], log: VerifierKey, on: date) -> PublicRecord:
    """The public record as it stands on the day ``on``, published by the city that the policy names, else by
    the log.

    Raises :class:`RefusedError` where a dossier or the ledger was altered, or ``log`` did not sign it.
    """
    told = told_by(office, office.policy.city or log.name, on)
    return record_from(told, dossiers, map(shown_in, dossiers.values()), office.ledger.snapshot(), log)


def record_from(
    told: Told, dossiers: Mapping[str, Path], shown: Iterable[Shown], ledger: Snapshot, log: VerifierKey
) -> PublicRecord:
    """The same, of a ledger and of dossiers that were read already. Raises as :func:`gather`."""
    register = make_register(told, shown)
    entries = [made.entry for row in register.rows for made in row.decisions]
    return PublicRecord(
        register=register,
        reports=yearly_reports(told.events, told.on),
        receipts=_receipts(ledger, entries, log),
        log=log,
        dossiers=dossiers,
    )


def _receipts(snapshot: Snapshot, entries: list[int], log: VerifierKey) -> dict[int, str]:
    """The receipt of each of these entries. Votes have none: a receipt shows who signed what."""
    if open_checkpoint(snapshot.checkpoint, log) is None:
        raise RefusedError.because(
            say("the last checkpoint of the ledger is not signed by {log}", log=log.name),
            remedy=say("Name the public key of this ledger's log with --log."),
        )
    return {
        entry: receipt_text(make_receipt(snapshot.lines, entry, snapshot.checkpoint)) for entry in entries
    }
