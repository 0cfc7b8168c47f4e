from __future__ import annotations

import os
from pathlib import Path

import pytest

from civic_ai.core.errors import StoreError
from civic_ai.store.scratch import scratch_prefix
from civic_ai.store.workspace import Workspace, open_workspace


def test_the_folder_is_the_one_asked_for_then_the_variable_then_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = {"CIVIC_AI_HOME": str(tmp_path / "home")}
    assert open_workspace(home, tmp_path / "asked").folder == tmp_path / "asked"
    assert open_workspace(home).folder == tmp_path / "home"
    assert open_workspace({}).folder == tmp_path / "workspace"
    assert open_workspace({"CIVIC_AI_HOME": ""}).folder == tmp_path / "workspace"


def test_opening_makes_nothing(tmp_path: Path) -> None:
    open_workspace({}, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_workspace_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="CIVIC_AI_HOME"):
        open_workspace({}, tmp_path / "file").require_writable()


def test_everything_stands_below_the_folder(tmp_path: Path) -> None:
    workspace = open_workspace({}, tmp_path)
    workspace.require_writable()
    for path in (workspace.blobs.folder, workspace.journal.folder, workspace.outbox, workspace.dossiers("p")):
        assert path.is_relative_to(tmp_path)


def test_a_sweep_reaches_blobs_and_the_dossiers_of_every_pilot(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    ended = scratch_prefix("reading").replace(f"-{os.getpid()}-", "-4194304999-")
    left = [workspace.blobs.folder / f"{ended}x", workspace.dossiers("one") / f"{ended}y"]
    for folder in (*left, workspace.dossiers("one") / "d0a5be8007ad"):
        folder.mkdir(parents=True)
    workspace.sweep()
    assert [folder.exists() for folder in left] == [False, False]
    assert (workspace.dossiers("one") / "d0a5be8007ad").is_dir()


def test_the_pilots_are_those_with_a_folder_of_dossiers(tmp_path: Path) -> None:
    assert Workspace(tmp_path).pilots == frozenset()
    for pilot in ("streets", "trees"):
        Workspace(tmp_path).dossiers(pilot).mkdir(parents=True)
    assert Workspace(tmp_path).pilots == {"streets", "trees"}
