from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from civic_ai.cli.compare import compare, newest_dossiers
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.runner import run
from tests.journey.tiny import quick, write_tiny_pilot


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    run(write_tiny_pilot(folder / "pilot"), quick(folder / "workspace"))
    return folder / "workspace"


def test_one_row_a_pilot(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(workspace=workspace) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["pilot", "question", "champion"]
    assert [line.split()[:2] for line in lines[2:3]] == [["example-potholes", "ranking"]]


def test_json_holds_every_figure(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compare(workspace=workspace, as_json=True)
    told = json.loads(capsys.readouterr().out)
    row = told["dossiers"][0]
    assert told["schema"] == "compare/1"
    assert row["passed"] + row["failed"] + row["unknown"] > 10
    assert set(row["lift"]) >= {"value", "lower", "upper", "n"}


def test_the_newest_of_each_pilot(tmp_path: Path) -> None:
    for at, name in enumerate(("a/old", "a/new", "b/only")):
        manifest = tmp_path / "dossiers" / name / "manifest.json"
        manifest.parent.mkdir(parents=True)
        manifest.touch()
        os.utime(manifest, (at, at))
    assert [path.relative_to(tmp_path / "dossiers").as_posix() for path in newest_dossiers(tmp_path)] == [
        "a/new",
        "b/only",
    ]


def test_an_altered_dossier_is_not_compared(workspace: Path) -> None:
    folder = newest_dossiers(workspace)[0]
    gates = folder / "gates.json"
    kept = gates.read_bytes()
    gates.chmod(0o600)
    gates.write_bytes(kept.replace(b"pass", b"fail", 1))
    with pytest.raises(RefusedError, match="altered"):
        compare([folder])
    gates.write_bytes(kept)


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Run a pilot first"):
        newest_dossiers(tmp_path)
