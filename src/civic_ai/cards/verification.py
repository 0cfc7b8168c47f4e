"""Recompute a sealed dossier and say what was altered."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.dossier import Dossier
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport
from civic_ai.records.predictions import Bundle

MANIFEST, SIDECAR, RECEIPT = "manifest.json", "manifest.sha256", "receipt.json"
EVIDENCE, GATES, BUNDLE = "evidence.json", "gates.json", "bundle/bundle.json"
MOST_BYTES = 512 * 1024 * 1024
"""A file larger than this is not read: none of ours comes near it."""
R = TypeVar("R", Evidence, GateReport, Bundle)


@dataclass(frozen=True)
class Verification:
    """What was found: the digest of the manifest as it stands, and the files that do not agree.

    ``evidence`` is the digest of the evidence that stands there, as the foot of every card shows it;
    None where there is no evidence that can be read.
    """

    digest: str
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    evidence: str | None = None

    @property
    def intact(self) -> bool:
        """Nothing was altered, nothing is missing, nothing was added."""
        return not (self.altered or self.missing or self.unexpected)


def verify(folder: str | Path) -> Verification:
    """Recompute every digest of the dossier in ``folder`` and all that they say about each other.

    ``altered``, ``missing`` and ``unexpected`` name files by their path inside the dossier; a link, a pipe
    a folder or a giant in the place of a file is altered, one that nobody named is unexpected. Raises
    :class:`ConfigError` when there is no dossier at ``folder``.

    A dossier whose manifest was made again after a file was altered still disagrees with the evidence,
    which names every record and model file. It does not name the cards, and whoever writes other evidence
    too has sealed another dossier, which is intact: only a signature on ``digest`` protects against these.
    """
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        raise ConfigError.because(
            say("holds no manifest.json, so it is no dossier"),
            about=str(place),
            remedy=say("Name the folder that a run printed as its dossier."),
        )
    content = (place / MANIFEST).read_bytes()
    try:
        stated = Dossier.from_json(content)
    except ValidationError:
        return Verification(digest_of_bytes(content), altered=(MANIFEST,))
    return _compare(stated, content, _contents(place))


def require_intact(folder: str | Path) -> Verification:
    """What :func:`verify` found.

    Raises :class:`RefusedError`, with every file that does not agree, unless the dossier is intact;
    :class:`ConfigError` where none stands.
    """
    found = verify(folder)
    if not found.intact:
        wrong = sorted({*found.altered, *found.missing, *found.unexpected})
        raise RefusedError.because(
            say("the dossier was altered after it was sealed: {files}", files=", ".join(wrong)),
            about=str(folder),
            remedy=say("Use the folder that the run wrote; keep this one as evidence."),
        )
    return found


def read_manifest(folder: Path) -> Dossier:
    """The manifest of a dossier that is known to be intact. Raises :class:`ValueError` where it is none."""
    return Dossier.model_validate_json((folder / MANIFEST).read_bytes())


def of_another_version(about: Path) -> CivicError:
    """The error for an intact dossier whose records (``about``) do not read as this version writes them."""
    return ConfigError.because(
        say("this version of civic-ai cannot read it"),
        about=str(about),
        remedy=say("Run the pilot again, or use the version that made it."),
    )


@dataclass
class _Contents:
    """What stands in a folder: plain files with their bytes, folders, and anything else (giants too)."""

    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def misplaced(self, expected: set[str]) -> set[str]:
        """Everything that is no plain file, nor a folder that an ``expected`` or found file needs."""
        needed = {str(parent) for path in {*expected, *self.files} for parent in PurePosixPath(path).parents}
        return self.others | self.folders - needed | self.folders & expected


def _contents(folder: Path) -> _Contents:
    """All that stands in ``folder``, at any depth; no link is followed."""
    found = _Contents()
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            _note(found, path, path.relative_to(folder).as_posix())
    return found


def _note(found: _Contents, path: Path, name: str) -> None:
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        found.folders.add(name)
    elif not stat.S_ISREG(mode) or path.lstat().st_size > MOST_BYTES:
        found.others.add(name)
    elif name != RECEIPT:
        found.files[name] = path.read_bytes()


def _compare(stated: Dossier, manifest: bytes, contents: _Contents) -> Verification:
    found, digest = contents.files, digest_of_bytes(manifest)
    named = {file.path: file for file in stated.files}
    expected = {*named, MANIFEST, SIDECAR, EVIDENCE, GATES}
    misplaced = contents.misplaced(expected)
    altered = {
        path
        for path, file in named.items()
        if path in found and (digest_of_bytes(found[path]), len(found[path])) != (file.sha256, file.size)
    } | misplaced & expected
    missing, unexpected = expected - set(found) - misplaced, (set(found) | misplaced) - expected
    if not altered:  # else what an altered file says about others would accuse them too
        told = _Told(stated, found)
        altered |= set(told.disagreements())
        missing |= told.missing() - altered
        unexpected |= told.unexpected()
    if SIDECAR in found and found[SIDECAR] != f"{digest}  {MANIFEST}\n".encode():
        altered.add(MANIFEST if altered or missing or unexpected else SIDECAR)
    if not stated.spells(manifest):
        altered.add(MANIFEST)
    evidence = digest_of_bytes(found[EVIDENCE]) if _read(Evidence, found.get(EVIDENCE)) else None
    lists = [tuple(sorted(paths)) for paths in (altered, missing, unexpected)]
    return Verification(digest, lists[0], lists[1], lists[2], evidence)


@dataclass(frozen=True)
class _Told:
    """What the evidence and the gates say about the files; ``found`` holds path and bytes."""

    stated: Dossier
    found: dict[str, bytes]

    def disagreements(self) -> Iterator[str]:
        """Files whose digests are not the ones that the manifest, the evidence and the gates name."""
        evidence, gates = self._evidence(), _read(GateReport, self.found.get(GATES))
        for path, record in ((EVIDENCE, evidence), (GATES, gates)):
            if path in self.found and record is None:
                yield path
        if evidence is None or gates is None:
            return
        for path, digest in self._named().items():
            if path in self.found and digest_of_bytes(self.found[path]) != digest:
                yield path
        if (gates.evidence, gates.policy) != (evidence.digest, evidence.policy):
            yield GATES
        stated = self.stated
        says = (stated.pilot, stated.evidence, stated.gates, stated.is_ready)
        if says != (evidence.pilot, evidence.digest, gates.digest, gates.is_ready):
            yield MANIFEST

    def missing(self) -> set[str]:
        """Files that the evidence names and that do not stand there."""
        return set(self._named()) - set(self.found)

    def unexpected(self) -> set[str]:
        """Sealed files that are neither cards nor named by the evidence."""
        if self._evidence() is None:
            return set()
        sealed = {file.path for file in self.stated.files if not is_card(file.path)}
        return sealed - {EVIDENCE, GATES, *self._named()}

    def _evidence(self) -> Evidence | None:
        return _read(Evidence, self.found.get(EVIDENCE))

    def _named(self) -> dict[str, str]:
        """Path and digest of each file that the evidence names, and of the model's files."""
        evidence = self._evidence()
        if evidence is None:
            return {}
        bundle = _read(Bundle, self.found.get(BUNDLE))
        parts = {} if bundle is None else {f"bundle/{name}": part for name, part in bundle.files.items()}
        return _named_by_evidence(evidence) | parts


def _read(kind: type[R], content: bytes | None) -> R | None:
    """The record that ``content`` holds in its canonical form; None where it holds none."""
    try:
        record = kind.from_json(content or b"")
    except ValidationError:
        return None
    return record if record.spells(content or b"") else None


def is_card(path: str) -> bool:
    """Whether a page, or the facts of the pages as JSON, stands there."""
    return _CARD.fullmatch(path) is not None


_CARD = re.compile(r"(board|public)/\w+\.\w+\.(html|json)")


def _named_by_evidence(evidence: Evidence) -> dict[str, str]:
    """Path and digest of each file that the evidence names by itself."""
    stages = ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation")
    return {
        "spec.json": evidence.spec,
        "policy.json": evidence.policy,
        **{f"contracts/{name}.json": digest for name, digest in evidence.contracts.items()},
        **{f"full/records/{stage}.json": getattr(evidence, stage) for stage in stages},
        "public/records/predictions.json": evidence.predictions_masked or evidence.predictions,
        "public/records/evaluation.json": evidence.evaluation_masked,
        "public/records/audit.json": evidence.audit_masked,
        "public/records/explanation.json": evidence.explanation_masked or evidence.explanation,
        BUNDLE: evidence.bundle,
    }
