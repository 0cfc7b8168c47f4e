"""A sealed dossier read from its own files: no workspace is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_ai.cards.facts import Facts, Records, facts_of, for_the_public, read_records
from civic_ai.cards.page import public_facts
from civic_ai.cards.verification import of_another_version, read_manifest, require_intact
from civic_ai.records.dossier import Audience, Dossier
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport
from civic_ai.records.predictions import FittedModel
from civic_ai.records.record import flatten
from civic_ai.store.blobs import Blobs


class SealedBlobs(Blobs):
    """The files of a dossier by their digest, as its manifest names them."""

    def __init__(self, folder: Path, manifest: Dossier) -> None:
        super().__init__(folder)
        self._paths = {file.sha256: file.path for file in manifest.files}

    def path(self, digest: str) -> Path:
        """Where the file of ``digest`` stands; for an unknown digest a path at which nothing stands."""
        return self.folder / self._paths.get(digest, digest)


@dataclass(frozen=True)
class Sealed:
    """What a dossier holds, as one audience may see it."""

    manifest: Dossier
    evidence: Evidence
    gates: GateReport
    records: Records
    facts: Facts
    audience: Audience


def read_sealed(folder: Path, audience: Audience) -> Sealed:
    """The dossier in ``folder`` as ``audience`` may see it; for the public all facts are masked.

    ``facts`` are those of the records, of the gates (``gates.``), of the model's settings (``model.``) and of
    the manifest (``dossier.``, where ``follows_earlier`` says whether the run named an earlier version).
    Raises :class:`RefusedError` where it was altered, :class:`ConfigError`
    where none stands or another version of civic-ai made it.
    """
    require_intact(folder)
    try:
        return _read(folder, audience)
    except ValueError as error:
        raise of_another_version(folder) from error


def _read(folder: Path, audience: Audience) -> Sealed:
    manifest = read_manifest(folder)
    blobs = SealedBlobs(folder, manifest)
    evidence = blobs.record(Evidence, manifest.evidence)
    gates = blobs.record(GateReport, manifest.gates)
    seen = evidence if audience == "board" else for_the_public(evidence)
    records = read_records(seen, blobs)
    facts = facts_of(records) | dict(flatten(gates, "gates")) | dict(flatten(manifest, "dossier"))
    facts |= _model_facts(folder) | {"dossier.follows_earlier": evidence.after is not None}
    if audience == "public":
        facts = public_facts(facts, records.policy.suppression)
    return Sealed(manifest, evidence, gates, records, facts, audience)


def _model_facts(folder: Path) -> Facts:
    """What the sealed model or rule says of itself."""
    path = folder / "bundle" / "model.json"
    return dict(flatten(FittedModel.model_validate_json(path.read_bytes()), "model"))
