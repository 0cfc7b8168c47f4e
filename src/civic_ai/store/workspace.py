"""The folder of generated things: blobs, journal, dossiers, outbox. Git ignores it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.store.blobs import Blobs, write_atomically
from civic_ai.store.journal import Journal
from civic_ai.store.scratch import sweep

HOME_VARIABLE = "CIVIC_AI_HOME"
DEFAULT_FOLDER = "workspace"


@dataclass(frozen=True)
class Workspace:
    """One workspace; several runs may use it at once."""

    folder: Path

    @property
    def blobs(self) -> Blobs:
        """Content by digest."""
        return Blobs(self.folder / "blobs")

    @property
    def journal(self) -> Journal:
        """What each stage made of which inputs."""
        return Journal(self.folder / "journal")

    @property
    def outbox(self) -> Path:
        """Dossiers that MLflow has not had yet."""
        return self.folder / "outbox"

    def receipt(self, digest: str, store: str) -> Path:
        """Where it stands that the tracking store of this name has all of a dossier, or of a sweep."""
        return self.outbox / f"{digest}.sent-{digest_of_bytes(store.encode())[:16]}"

    def receipts(self, digest: str) -> tuple[Path, ...]:
        """The receipts of every tracking store that has this dossier, by name."""
        return tuple(sorted(self.outbox.glob(f"{digest}.sent-*")))

    @property
    def seen(self) -> Path:
        """The last checkpoint of each ledger that was verified here."""
        return self.folder / "seen"

    @property
    def pilots(self) -> frozenset[str]:
        """The pilots of which sealed dossiers are kept here."""
        folder = self.folder / "dossiers"
        return frozenset(os.listdir(folder)) if folder.is_dir() else frozenset()

    def dossiers(self, pilot: str) -> Path:
        """The folder of one pilot's sealed dossiers."""
        return self.folder / "dossiers" / pilot

    def require_writable(self) -> None:
        """Raises :class:`~civic_ai.core.errors.StoreError` when nothing can be written here."""
        probe = self.folder / ".writable"
        write_atomically(probe, b"")

    def sweep(self) -> None:
        """Remove what killed runs left half made."""
        for folder in (self.blobs.folder, *(self.folder / "dossiers").glob("*")):
            sweep(folder)


def open_workspace(environment: Mapping[str, str], folder: Path | None = None) -> Workspace:
    """The workspace at ``folder``, else where ``CIVIC_AI_HOME`` says, else ``./workspace``."""
    chosen = folder or Path(environment.get(HOME_VARIABLE) or DEFAULT_FOLDER)
    return Workspace(chosen.expanduser().resolve())
