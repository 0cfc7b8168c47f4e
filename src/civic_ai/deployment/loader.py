"""Opens a model for use: every byte by digest, then our own loader of bundle/1.

Never a loader of MLflow, never a pickle. A damaged model file can abort or hang the library that reads it, so
digests are compared before a byte is parsed. What nobody approved is opened only by the run that trained it,
out of its own blobs (:func:`civic_ai.models.bundle.open_bundle`).
"""

from __future__ import annotations

from pathlib import Path

from civic_ai.cards.verification import MOST_BYTES
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.models.bundle import open_bundle
from civic_ai.models.scorer import ModelScorer
from civic_ai.records.decision import Binding
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs

BUNDLE = "bundle.json"


class BundleFiles(Blobs):
    """The files of a bundle's folder by the digests that its ``bundle.json`` names."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        content = _bundle(folder)
        self.digest = digest_of_bytes(content)
        try:
            files = Bundle.model_validate_json(content).files
        except ValueError as error:
            raise _refused(folder, BUNDLE) from error
        self._names = {self.digest: BUNDLE} | {digest: name for name, digest in files.items()}

    def path(self, digest: str) -> Path:
        """Where the file stands; for a digest that nobody named a path at which nothing stands."""
        name = self._names.get(digest, digest)
        return self.folder / (name if name == Path(name).name else digest)

    def get(self, digest: str) -> bytes:
        """As of any blobs; a file that is no plain one or is too large is refused unread."""
        path = self.path(digest)
        if path.is_symlink() or (path.is_file() and path.stat().st_size > MOST_BYTES):
            raise _refused(self.folder, path.name)
        return super().get(digest)


def open_approved(folder: Path, binding: Binding) -> ModelScorer:
    """The approved model among the files of a bundle's ``folder``.

    Raises :class:`RefusedError` before anything is parsed unless every byte is what was approved.
    """
    files = BundleFiles(folder)
    if files.digest != binding.bundle:
        raise RefusedError.because(
            say("approved was {approved}, found is {found}", approved=binding.bundle, found=files.digest),
            about="bundle",
            remedy=say("Use what was approved, or ask for a new decision."),
        )
    return open_bundle(binding.bundle, files)


def _bundle(folder: Path) -> bytes:
    path = folder / BUNDLE
    if not path.is_file() or path.is_symlink():
        raise ConfigError.because(
            say("holds no model"), about=str(folder), remedy=say("Name the folder bundle/ of a dossier.")
        )
    return path.read_bytes()


def _refused(folder: Path, name: str) -> RefusedError:
    made = RefusedError.because(
        say("the file {name} is not a file of bundle/1", name=name),
        about=str(folder),
        remedy=say("Train the model again; do not load this file."),
    )
    assert isinstance(made, RefusedError)
    return made
