"""A ledger as plain files: what anybody can verify without the city's database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.base64 import base64_text
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.ledger import LedgerEntry, read_entry
from civic_ai.review.ledger import Snapshot
from civic_ai.review.merkle import leaf_hash
from civic_ai.store.blobs import write_atomically

ENTRIES, LEAVES, CHECKPOINT, WITNESSED = "entries.txt", "leaves.txt", "checkpoint.txt", "witnessed.txt"


@dataclass(frozen=True)
class ExportedLedger:
    """The content of the files, byte by byte; nothing in it is checked."""

    entries: bytes
    """One entry a line."""
    leaves: bytes
    """The leaf hash of each entry, in base64, one a line: with it, verification says which entry is wrong."""
    checkpoint: bytes
    """The last checkpoint, with the signatures of the log and of witnesses."""
    witnessed: bytes | None = None
    """The last checkpoint that a witness co-signed."""

    def files(self) -> dict[str, bytes]:
        """Name and content of each file."""
        named = {ENTRIES: self.entries, LEAVES: self.leaves, CHECKPOINT: self.checkpoint}
        return named if self.witnessed is None else named | {WITNESSED: self.witnessed}


def export(snapshot: Snapshot) -> ExportedLedger:
    """The files of a ledger."""
    return ExportedLedger(
        entries=b"".join(line + b"\n" for line in snapshot.lines),
        leaves=b"".join(base64_text(leaf_hash(line)).encode() + b"\n" for line in snapshot.lines),
        checkpoint=snapshot.checkpoint.encode(),
        witnessed=None if snapshot.witnessed is None else snapshot.witnessed.encode(),
    )


def entries_of(exported: ExportedLedger) -> tuple[LedgerEntry, ...]:
    """The entries of an exported ledger that was verified. Raises ``ValueError`` where one cannot be read."""
    lines = exported.entries.removesuffix(b"\n").split(b"\n") if exported.entries else []
    return tuple(read_entry(number, line) for number, line in enumerate(lines))


def write_export(exported: ExportedLedger, folder: Path) -> None:
    """Write the files into ``folder``, each at once or not at all."""
    for name, content in exported.files().items():
        write_atomically(folder / name, content)


def read_export(folder: Path) -> ExportedLedger:
    """The files in ``folder``. Raises :class:`ConfigError` when one is missing."""
    try:
        found = [(folder / name).read_bytes() for name in (ENTRIES, LEAVES, CHECKPOINT)]
        witnessed = folder / WITNESSED
        return ExportedLedger(
            found[0], found[1], found[2], witnessed.read_bytes() if witnessed.is_file() else None
        )
    except OSError as error:
        raise ConfigError.because(
            say("holds no exported ledger: {reason}", reason=error.strerror or error),
            about=str(folder),
            remedy=say("`civic-ai ledger export` writes one."),
        ) from error
