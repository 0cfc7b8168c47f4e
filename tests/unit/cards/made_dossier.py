"""A made city's dossier, sealed into a folder."""

from __future__ import annotations

from pathlib import Path

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence, model_record


def seal_made(folder: Path, city: City, *, with_model: bool = False) -> Path:
    """The folder of the sealed dossier of ``city``; ``with_model`` seals a model's file too."""
    one = make_evidence(Blobs(folder / "blobs"), city)
    evidence = one.evidence
    if with_model:
        parts = {"model.json": one.blobs.put_record(model_record())}
        evidence = evidence.model_copy(update={"bundle": one.blobs.put_record(Bundle(files=parts))})
    gates = one.gates.model_copy(update={"evidence": evidence.digest})
    dossier = seal(evidence, gates, {}, one.blobs)
    write_dossier(dossier, one.blobs, folder / "dossier")
    return folder / "dossier"
