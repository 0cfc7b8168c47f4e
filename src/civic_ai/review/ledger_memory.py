"""What this machine saw last of a ledger, kept outside its database.

A database that was restored from an old copy, or cut back by whoever can write it, is a good ledger by
itself. It does not go on from what was seen here before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import read_checkpoint
from civic_ai.review.ledger import Ledger
from civic_ai.review.ledger_trust import contradictions
from civic_ai.review.merkle import leaf_hash
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

    def require_continued(self, log: VerifierKey, ledger: Ledger) -> None:
        """Raise :class:`RefusedError` unless ``ledger`` goes on from what was seen of this log before."""
        if not self.path(log).is_file():
            return
        leaves = [leaf_hash(line) for line in ledger.lines_from(0)]
        remedy = say("Enter and publish nothing: `civic-ai ledger verify` says more, and what to do.")
        if faults := [*contradictions(leaves, self.last(log))]:
            raise RefusedError(Mistake(f"ledger, {one.kind}", one.says, remedy=remedy) for one in faults)

    def keep(self, log: VerifierKey, checkpoint: bytes) -> None:
        """Keep the checkpoint of a ledger that was verified against the one remembered before."""
        write_atomically(self.path(log), checkpoint)
