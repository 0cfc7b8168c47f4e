"""The files of a sealed dossier, each read by its name in the manifest and held against its digest there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from civic_ai.cards.verification import MANIFEST
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.dossier import Audience, Dossier
from civic_ai.records.evidence import Evidence

KEPT = 64
"""As many manifests are held in memory."""


@dataclass(frozen=True)
class SealedFiles:
    """One dossier. ``digest``: of its manifest, which is what people sign."""

    folder: Path
    digest: str
    manifest: Dossier

    def read(self, path: str) -> bytes | None:
        """The file of that name in the manifest; None where it names none.

        Raises :class:`RefusedError` where the file is not the one that was sealed.
        """
        named = next((file for file in self.manifest.files if file.path == path), None)
        if named is None:
            return None
        place = self.folder / named.path
        is_here = place.is_file() and place.resolve().is_relative_to(self.folder.resolve())
        content = place.read_bytes() if is_here else b""
        if digest_of_bytes(content) != named.sha256:
            raise _altered(self.folder, named.path)
        return content

    def card(self, name: str, language: str, audience: Audience) -> tuple[str, str] | None:
        """A card as it was sealed and its language: the reader's where there is one, else the first."""
        languages = [language, *self.manifest.languages]
        paths = ((one, f"{audience}/{name}.{one}.html") for one in languages)
        found = ((one, self.read(path)) for one, path in paths)
        return next(((one, content.decode()) for one, content in found if content is not None), None)

    def evidence(self) -> Evidence:
        """Everything that the verdicts rest on, by digest."""
        content = self.read("evidence.json") or b""
        try:
            return Evidence.model_validate_json(content)
        except ValidationError as error:
            raise _altered(self.folder, "evidence.json") from error


@lru_cache(KEPT)
def sealed_files(folder: Path, begins: str) -> SealedFiles | None:
    """The dossier in ``folder``, whose digest begins so; None where it does not stand there.

    Raises :class:`RefusedError` where another one stands in its place.
    """
    place = folder / MANIFEST
    if not place.is_file():
        return None
    content = place.read_bytes()
    digest = digest_of_bytes(content)
    try:
        manifest = Dossier.model_validate_json(content)
    except ValidationError as error:
        raise _altered(folder, MANIFEST) from error
    if not digest.startswith(begins):
        raise _altered(folder, MANIFEST)
    return SealedFiles(folder, digest, manifest)


def _altered(folder: Path, path: str) -> CivicError:
    says: Message = say("the dossier was altered after it was sealed: {files}", files=path)
    return RefusedError.because(
        says, about=folder.name, remedy=say("Use the folder that the run wrote; keep this one as evidence.")
    )
