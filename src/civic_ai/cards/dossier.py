"""Seal a dossier, write it to a folder, and verify one that somebody handed over.

The manifest is a pure function of the other files, so that anybody can make it again::

    manifest.json  manifest.sha256          what people sign; `sha256sum -c` checks the first
    evidence.json  gates.json  spec.json  policy.json  contracts/*.json
    full/records/*.json   board/*.html      for the board; board/cards.*.json: the cards' facts, for programs
    public/records/*.json public/*.html     masked, for everybody; public/cards.*.json likewise
    bundle/*                                the champion's files: a model, or a simple rule

``receipt.json`` may stand beside them: who ran it, when and where. It is not sealed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from civic_ai.cards.facts import Records, for_the_public, read_records
from civic_ai.cards.verification import Verification, is_card, verify
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.dossier import Audience, Dossier, Role, SealedFile
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs, store_error, write_file
from civic_ai.store.scratch import scratch_prefix

__all__ = ["Verification", "seal", "verify", "write_dossier"]

STAGE_RECORDS = ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation")
PUBLIC_RECORDS = ("predictions", "evaluation", "audit", "explanation")
"""Snapshot and panel count rows that were set aside, however few; the public's data card hides the few."""
_ROLES: dict[str, Role] = {
    "spec.json": "spec",
    "policy.json": "policy",
    "contracts": "contract",
    "bundle": "bundle",
    "evidence.json": "record",
    "gates.json": "record",
}


def seal(evidence: Evidence, gates: GateReport, cards: Mapping[str, bytes], blobs: Blobs) -> Dossier:
    """The manifest of everything that belongs to ``evidence``; all files are put into ``blobs``.

    The same evidence, gates and cards give the same manifest, byte for byte.
    """
    records = read_records(evidence, blobs)
    public = read_records(for_the_public(evidence), blobs)
    files = {
        "evidence.json": evidence.to_json(),
        "gates.json": gates.to_json(),
        "spec.json": records.spec.to_json(),
        "policy.json": records.policy.to_json(),
        **{f"contracts/{name}.json": blobs.get(digest) for name, digest in evidence.contracts.items()},
        **_record_files(records, "full", STAGE_RECORDS),
        **_record_files(public, "public", PUBLIC_RECORDS),
        **_bundle_files(evidence, blobs),
        **cards,
    }
    for content in files.values():
        blobs.put(content)
    dossier = Dossier(
        pilot=evidence.pilot,
        evidence=evidence.digest,
        gates=gates.digest,
        is_ready=gates.is_ready,
        languages=records.spec.review.languages,
        files=tuple(sealed_file(path, files[path]) for path in sorted(files)),
    )
    blobs.put_record(dossier)
    return dossier


def _record_files(records: Records, folder: str, names: Sequence[str]) -> dict[str, bytes]:
    return {f"{folder}/records/{name}.json": getattr(records, name).to_json() for name in names}


def _bundle_files(evidence: Evidence, blobs: Blobs) -> dict[str, bytes]:
    """The champion's files, of a model or of a simple rule, and the record that names them."""
    bundle = blobs.record(Bundle, evidence.bundle)
    parts = {f"bundle/{name}": blobs.get(digest) for name, digest in bundle.files.items()}
    return {"bundle/bundle.json": bundle.to_json(), **parts}


def sealed_file(path: str, content: bytes) -> SealedFile:
    """The manifest's line for one file: its role and audience follow from where it stands."""
    top = path.partition("/")[0]
    role: Role = "card" if is_card(path) else _ROLES.get(top, "record")
    audience: Audience = "public" if top == "public" else "board"
    return SealedFile(
        path=path, role=role, audience=audience, sha256=digest_of_bytes(content), size=len(content)
    )


def write_dossier(dossier: Dossier, blobs: Blobs, folder: Path) -> None:
    """Write all files of ``dossier`` to ``folder``: to a sibling first, then renamed, all or nothing.

    A folder that already holds this dossier is left as it is. Raises :class:`RefusedError` when
    what stands there is something else, :class:`StoreError` when it cannot be written.
    """
    if not folder.exists():
        _write_and_rename(dossier, blobs, folder)
    found = verify(folder)
    if not found.intact or found.digest != dossier.digest:
        raise RefusedError.because(
            say("holds a dossier that was altered"),
            about=str(folder),
            remedy=say("Keep it as evidence under another name, then run again."),
        )


def _write_and_rename(dossier: Dossier, blobs: Blobs, folder: Path) -> None:
    sibling = folder.parent / f"{scratch_prefix('sealing')}{dossier.digest[:12]}"
    try:
        shutil.rmtree(sibling, ignore_errors=True)
        for file in dossier.files:
            _write(sibling / file.path, blobs.get(file.sha256))
        _write(sibling / "manifest.json", dossier.to_json())
        _write(sibling / "manifest.sha256", f"{dossier.digest}  manifest.json\n".encode())
        if not folder.exists():  # another run of the same evidence may have been faster
            os.rename(sibling, folder)
    except OSError as error:
        if not folder.exists():
            raise store_error(folder, error) from error
    finally:
        shutil.rmtree(sibling, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """A dossier is handed over: the umask says who may read it."""
    write_file(path, content, mode=0o666)
