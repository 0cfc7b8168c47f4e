"""The folder of generated things: blobs, journal, dossiers, outbox. Git ignores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def seen(self) -> Path:
        """The last checkpoint of each ledger that was verified here."""
        return self.folder / "seen"

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
