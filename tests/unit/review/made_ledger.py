"""Ledgers with known people, keys and clock."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.envelope import seal_envelope
from civic_ai.review.key_files import FileKind, KeyFile, note_key
from civic_ai.review.keys import enrol, revoke
from civic_ai.review.ledger import Ledger, found_ledger
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.signatures import sign_statement
from civic_ai.review.statement import Statement, state
from civic_ai.review.witness import Witness, ask

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DOSSIER = "ab" * 32


def key_file(name: str, kind: FileKind = "ed25519") -> KeyFile:
    """The key of a name: the same in every run."""
    seed = hashlib.sha256(f"{kind} {name}".encode()).digest()
    return KeyFile(kind=kind, name=name, private=base64_text(seed))


LOG = note_key(key_file("city.example/ledger", "log"))
OTHER_LOG = note_key(key_file("other.example/ledger", "log"))
WITNESS = note_key(key_file("coach.example/witness", "witness"))
ANA, BEA, EVE = key_file("Ana"), key_file("Bea"), key_file("Eve")
TRUST = Trust(LOG.public, (WITNESS.public,))


def write_log_key(workspace: Path) -> None:
    """The log's key where the command line looks for it, its public half beside it."""
    place = workspace / "keys" / "log.key"
    place.parent.mkdir()
    place.touch(0o600)
    place.write_bytes(key_file(LOG.name, "log").to_json())
    place.with_name("log.key.pub").write_text(LOG.public.text + "\n")


class Clock:
    """A clock that goes on by a minute each time that it is read."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def said(statement: Statement, *signers: KeyFile) -> SignedEnvelope:
    """The envelope of a statement, signed by these."""
    return seal_envelope(
        statement, [sign_statement(statement, signer.public_key, signer.key) for signer in signers]
    )


def vote(number: int, *signers: KeyFile) -> SignedEnvelope:
    """Some statement of the workflow; each number is another one."""
    return said(state("vote", "example-potholes", DOSSIER, {"round": number}), *signers)


def founding() -> SignedEnvelope:
    """The first entry: Ana is custodian."""
    return said(enrol(ANA.public_key, is_custodian=True), ANA)


def found(folder: Path) -> Ledger:
    """A ledger with its first entry."""
    ledger = found_ledger(f"sqlite:///{folder}/ledger.sqlite", LOG, Clock())
    append(ledger, founding())
    return ledger


def append(ledger: Ledger, *envelopes: SignedEnvelope) -> None:
    """Append each in a transaction of its own."""
    for envelope in envelopes:
        with ledger.writing() as book:
            book.append(envelope)


def cosign(ledger: Ledger, witness: Witness, old_size: int, at: int) -> str:
    """Ask the witness, record what it signs; the co-signed checkpoint."""
    snapshot = ledger.snapshot()
    request = ask(snapshot.lines, old_size, snapshot.checkpoint)
    signed = witness.cosign(request.text, LOG.public, at)
    ledger.record_cosignature(signed, WITNESS.public)
    return signed


def history(folder: Path, size: int = 40) -> ExportedLedger:
    """An honest ledger of ``size`` entries: Bea came and went, the coach saw all but the last 5."""
    ledger = found(folder)
    append(ledger, said(enrol(BEA.public_key), ANA))
    with ledger.writing() as book:
        for number in range(2, size - 6):
            book.append(vote(number, ANA, BEA) if number % 3 else vote(number, BEA))
    append(ledger, said(revoke(BEA.public_key.id, "left the board"), BEA))
    cosign(ledger, Witness(WITNESS, folder / "coach"), 0, seconds(START))
    with ledger.writing() as book:
        for number in range(size - 5, size):
            book.append(vote(number, ANA))
    return export(ledger.snapshot())


def seconds(at: datetime) -> int:
    """Seconds since 1970."""
    return int(at.timestamp())
