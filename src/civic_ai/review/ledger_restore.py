"""Make a ledger's database again from an exported ledger: the drill for a lost or damaged file."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.review.checkpoint import read_checkpoint
from civic_ai.review.ledger import Ledger, found_empty, open_ledger
from civic_ai.review.ledger_export import ExportedLedger, entries_of
from civic_ai.review.ledger_schema import CHECKPOINTS, COSIGNATURES, ENTRIES
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import LedgerVerification
from civic_ai.review.note import read_note


def restore(url: str, exported: ExportedLedger, found: LedgerVerification, trust: Trust) -> Ledger:
    """A new database at ``url`` with all that ``exported`` holds; the next entry goes on from there.

    ``found``: its verification by ``trust``. Raises :class:`RefusedError` unless that is good, and where a
    ledger stands already. Checkpoints between the last and the witnessed one are not exported, nor needed.
    """
    if not found.is_good:
        remedy = say("Restore from another export: the newest one that verifies.")
        raise RefusedError(
            Mistake(one.kind, one.says, remedy=remedy) for one in found.findings if one.is_fault
        )
    with found_empty(url) as connection:
        _write_entries(connection, exported)
        _write_notes(connection, exported, trust)
    return open_ledger(url)


def _write_entries(connection: Connection, exported: ExportedLedger) -> None:
    for entry in entries_of(exported):
        row = {
            "number": entry.number,
            "at": entry.at,
            "envelope": entry.envelope.to_json().decode(),
            "statement": digest_of_bytes(entry.envelope.content),
        }
        connection.execute(insert(ENTRIES).values(row))


def _write_notes(connection: Connection, exported: ExportedLedger, trust: Trust) -> None:
    """The checkpoints, the log's lines apart from the witnesses'."""
    number, seen = 0, set[int]()
    for content in (exported.witnessed, exported.checkpoint):
        if content is None:
            continue
        note = read_note(content.decode())
        size = read_checkpoint(note.text).size
        if size in seen:
            continue
        seen.add(size)
        own = "".join(one.line for one in note.signatures if one.name == trust.log.name)
        connection.execute(insert(CHECKPOINTS).values(size=size, note=f"{note.text}\n{own}"))
        for line in (one.line for one in note.signatures if one.name != trust.log.name):
            connection.execute(insert(COSIGNATURES).values(number=number, size=size, line=line))
            number += 1
