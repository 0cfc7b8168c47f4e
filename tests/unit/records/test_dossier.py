from __future__ import annotations

from civic_ai.records.dossier import Dossier, SealedFile


def test_the_manifest_changes_with_any_file() -> None:
    file = SealedFile(path="evidence.json", role="record", audience="board", sha256="a", size=3)
    dossier = Dossier(pilot="p", evidence="e", gates="g", is_ready=False, languages=("en",), files=(file,))
    other = dossier.model_copy(update={"files": (file.model_copy(update={"size": 4}),)})
    assert Dossier(**other.model_dump()).digest != dossier.digest
    assert file.fact_key() == "evidence.json"
