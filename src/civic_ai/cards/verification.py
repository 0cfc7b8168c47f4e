"""Recompute a sealed dossier and say what was altered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.dossier import Dossier
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport

MANIFEST, SIDECAR, RECEIPT = "manifest.json", "manifest.sha256", "receipt.json"


@dataclass(frozen=True)
class Verification:
    """What was found: the digest of the manifest as it stands, and the files that do not agree."""

    digest: str
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Nothing was altered, nothing is missing, nothing was added."""
        return not (self.altered or self.missing or self.unexpected)


def verify(folder: str | Path) -> Verification:
    """Recompute every digest of the dossier in ``folder`` and all that they say about each other.

    ``altered``, ``missing`` and ``unexpected`` name files by their path inside the dossier. Raises
    :class:`ConfigError` when there is no dossier at ``folder``.
    """
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        raise ConfigError.because(
            say("holds no manifest.json, so it is no dossier"),
            about=str(place),
            remedy=say("Name the folder that a run printed as its dossier."),
        )
    found = dict(_contents(place))
    digest = digest_of_bytes(found[MANIFEST])
    try:
        stated = Dossier.model_validate_json(found[MANIFEST])
    except ValidationError:
        return Verification(digest, altered=(MANIFEST,))
    return _compare(stated, digest, found)


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file; a link out of the folder counts by what it points to."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != RECEIPT:
            yield name, path.read_bytes()


def _compare(stated: Dossier, digest: str, found: Mapping[str, bytes]) -> Verification:
    named = {file.path: file for file in stated.files}
    altered = {
        path
        for path, file in named.items()
        if path in found and (digest_of_bytes(found[path]), len(found[path])) != (file.sha256, file.size)
    }
    if not altered:  # else what an altered file says about others would accuse them too
        altered |= set(_disagreements(stated, found))
    missing = {*named, SIDECAR} - set(found)
    unexpected = set(found) - {*named, MANIFEST, SIDECAR}
    if SIDECAR in found and found[SIDECAR] != f"{digest}  {MANIFEST}\n".encode():
        altered.add(MANIFEST if altered or missing or unexpected else SIDECAR)
    if stated.to_json() != found[MANIFEST]:
        altered.add(MANIFEST)
    return Verification(digest, tuple(sorted(altered)), tuple(sorted(missing)), tuple(sorted(unexpected)))


def _disagreements(stated: Dossier, found: Mapping[str, bytes]) -> Iterator[str]:
    """Files whose digests are not the ones that the manifest, the evidence and the gates name."""
    try:
        evidence = Evidence.model_validate_json(found["evidence.json"])
        gates = GateReport.model_validate_json(found["gates.json"])
    except (KeyError, ValidationError):
        return
    for path, digest in _named_by_evidence(evidence).items():
        if path in found and digest_of_bytes(found[path]) != digest:
            yield path
    if (gates.evidence, gates.policy) != (evidence.digest, evidence.policy):
        yield "gates.json"
    says = (stated.pilot, stated.evidence, stated.gates, stated.is_ready)
    if says != (evidence.pilot, evidence.digest, gates.digest, gates.is_ready):
        yield MANIFEST


def _named_by_evidence(evidence: Evidence) -> dict[str, str]:
    """Path and digest of each file that the evidence names."""
    stages = ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation")
    return {
        "spec.json": evidence.spec,
        "policy.json": evidence.policy,
        **{f"contracts/{name}.json": digest for name, digest in evidence.contracts.items()},
        **{f"full/records/{stage}.json": getattr(evidence, stage) for stage in stages},
        "public/records/audit.json": evidence.audit_masked,
    }
