from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cards.dossier import write_dossier
from civic_ai.cli.main import main
from civic_ai.records.dossier import Dossier
from civic_ai.store.blobs import Blobs
from tests.unit.cards.test_dossier import sealed_here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dossier, blobs = sealed_here(tmp_path)
    assert isinstance(dossier, Dossier)
    assert isinstance(blobs, Blobs)
    write_dossier(dossier, blobs, tmp_path / "dossier")
    return tmp_path / "dossier"


def test_an_intact_dossier_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("intact: ")


def test_an_altered_file_is_named_and_ends_with_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "gates.json").write_bytes((folder / "gates.json").read_bytes().replace(b"0", b"1", 1))
    assert main(["verify", str(folder)]) == 3
    assert "altered: gates.json" in capsys.readouterr().out
    assert main(["verify", str(folder), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["altered"] == ["gates.json"]


def test_a_folder_that_is_no_dossier_ends_with_2(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 2
