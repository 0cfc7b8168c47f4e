"""What waits for which store: nothing is forgotten, nothing is sent twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import StoreError
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import Waiting, mark_sent, post, waiting
from civic_ai.tracking.target import Target

from .city import seal_city

HERE, THERE = Target("https://one.example.org"), Target("https://two.example.org")


def test_an_empty_workspace_has_nothing_waiting(workspace: Workspace) -> None:
    assert waiting(workspace, HERE) == ()


def test_a_posted_dossier_waits_under_the_digest_that_people_sign(
    workspace: Workspace, dossier: Path
) -> None:
    digest = post(workspace, dossier)
    assert digest == digest_of_file(dossier / "manifest.json")
    assert waiting(workspace, HERE) == (Waiting(digest, dossier),)


def test_posting_twice_is_posting_once(workspace: Workspace, dossier: Path) -> None:
    post(workspace, dossier)
    post(workspace, dossier)
    assert len(waiting(workspace, HERE)) == 1


def test_a_receipt_counts_for_one_store_only(workspace: Workspace, dossier: Path) -> None:
    digest = post(workspace, dossier)
    mark_sent(workspace, digest, HERE, "run")
    assert waiting(workspace, HERE) == ()
    assert [entry.digest for entry in waiting(workspace, THERE)] == [digest]


def test_posting_again_does_not_send_again(workspace: Workspace, dossier: Path) -> None:
    mark_sent(workspace, post(workspace, dossier), HERE, "run")
    post(workspace, dossier)
    assert waiting(workspace, HERE) == ()


def test_a_store_that_was_removed_has_had_nothing(workspace: Workspace, dossier: Path) -> None:
    database = workspace.folder / "mlflow.db"
    database.touch()
    local = Target("sqlite:///mlflow.db", database)
    mark_sent(workspace, post(workspace, dossier), local, "run")
    assert waiting(workspace, local) == ()
    database.unlink()
    assert len(waiting(workspace, local)) == 1


def test_dossiers_wait_in_one_order(workspace: Workspace) -> None:
    digests = {
        post(workspace, seal_city(workspace, pilot="test-city", champion=champion))
        for champion in ("year_count", "recent_count", "lightgbm")
    }
    assert [entry.digest for entry in waiting(workspace, HERE)] == sorted(digests)


def test_a_workspace_may_be_moved(workspace: Workspace, dossier: Path, tmp_path: Path) -> None:
    post(workspace, dossier)
    moved = Workspace(Path(shutil.move(workspace.folder, tmp_path / "elsewhere")))
    (entry,) = waiting(moved, HERE)
    assert (entry.folder / "manifest.json").is_file()


def test_a_folder_that_cannot_be_written_is_said(workspace: Workspace, dossier: Path) -> None:
    workspace.outbox.write_text("a file stands in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        post(workspace, dossier)
