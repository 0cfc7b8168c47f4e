"""What this machine saw last of a ledger, kept outside its database.

A database that was restored from an old copy, or cut back by whoever can write it, is a good ledger by
itself. It does not go on from what was seen here before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import read_checkpoint
from civic_ai.review.note import VerifierKey, read_note
from civic_ai.store.blobs import write_atomically


@dataclass(frozen=True)
class LedgerMemory:
    """A folder with one checkpoint for each log."""

    folder: Path

    def path(self, log: VerifierKey) -> Path:
        """Where the checkpoint of a log stands, or would stand."""
        return self.folder / f"{digest_of_bytes(log.name.encode())}.txt"

    def remembered(self, log: VerifierKey) -> tuple[bytes, ...]:
        """The checkpoint that was kept last; none at first. It is verified like any that a reader brings."""
        path = self.path(log)
        return (path.read_bytes(),) if path.is_file() else ()

    def last(self, log: VerifierKey) -> Checkpoint:
        """What the checkpoint states that was kept last. Raises ``ValueError`` where none was."""
        return read_checkpoint(read_note(self.remembered(log)[0].decode()).text)

    def keep(self, log: VerifierKey, checkpoint: bytes) -> None:
        """Keep the checkpoint of a ledger that was verified against the one remembered before."""
        write_atomically(self.path(log), checkpoint)
