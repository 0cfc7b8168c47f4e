from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cli.main import main
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_evidence(Blobs(tmp_path / "blobs"), City())
    write_dossier(seal(made.evidence, made.gates, {}, made.blobs), made.blobs, tmp_path / "dossier")
    return tmp_path / "dossier"


def test_an_intact_dossier_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder)]) == 0
    evidence = digest_of_bytes((folder / "evidence.json").read_bytes())
    dossier = digest_of_bytes((folder / "manifest.json").read_bytes())
    assert capsys.readouterr().out == f"intact: {dossier} (evidence {evidence[:12]})\n"
    assert main(["verify", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["evidence"] == evidence


def test_an_altered_file_is_named_and_ends_with_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gates = (folder / "gates.json").read_bytes()
    (folder / "gates.json").write_bytes(gates.replace(b"pass", b"fail", 1))
    assert main(["verify", str(folder)]) == 3
    assert "altered: gates.json" in capsys.readouterr().out
    assert main(["verify", str(folder), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["altered"] == ["gates.json"]


def test_a_folder_that_is_no_dossier_ends_with_2(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 2
