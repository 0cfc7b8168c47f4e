"""The child process: one dossier's trouble is not another's; half a database is never seen."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from filelock import FileLock

from civic_ai.store.workspace import Workspace
from civic_ai.tracking import mirror as mirror_module
from civic_ai.tracking.mirror import main, make_database, mirror, mirror_alone
from civic_ai.tracking.outbox import post, waiting
from civic_ai.tracking.sync import LATE
from civic_ai.tracking.target import Target, choose_target

from .city import seal_city
from .mirrored import shown


def test_what_cannot_be_read_waits_and_the_rest_is_sent(workspace: Workspace, local_store: str) -> None:
    folders = [
        seal_city(workspace, pilot="test-city", champion=champion)
        for champion in ("year_count", "recent_count", "lightgbm")
    ]
    whole, altered, gone = (post(workspace, folder) for folder in folders)
    (folders[1] / "public" / "model_card.en.html").write_bytes(b"other")
    (folders[2] / "manifest.json").unlink()
    told: list[dict[str, str]] = []
    target = choose_target(workspace, {})
    mirror(workspace, target, told.append)
    said = {line["digest"]: line for line in told}
    assert "run_id" in said[whole]
    assert "public/model_card.en.html: a file of the dossier was altered" in said[altered]["reason"]
    assert "manifest.json" in said[gone]["reason"]
    assert {entry.digest for entry in waiting(workspace, target)} == {altered, gone}
    assert len({run["parent"] for run in shown(local_store)["runs"]} - {None}) == 1


def test_a_manifest_that_is_not_the_one_posted_is_refused(workspace: Workspace, local_store: str) -> None:
    first = seal_city(workspace, pilot="test-city", champion="year_count")
    second = seal_city(workspace, pilot="test-city", champion="recent_count")
    digest = post(workspace, first)
    (first / "manifest.json").write_bytes((second / "manifest.json").read_bytes())
    told: list[dict[str, str]] = []
    mirror(workspace, choose_target(workspace, {}), told.append)
    assert told[0]["digest"] == digest
    assert "manifest.json: a file of the dossier was altered" in told[0]["reason"]
    assert shown(local_store) == {"runs": [], "models": []}


def test_another_sync_at_work_is_said(workspace: Workspace, dossier: Path, local_store: str) -> None:
    post(workspace, dossier)
    told: list[dict[str, str]] = []
    with FileLock(workspace.outbox / ".lock"):
        mirror_alone(workspace, choose_target(workspace, {}), 0.05, told.append)
    assert told == [{"reason": "another sync is at work"}]
    assert shown(local_store)["runs"] == []


def test_what_the_store_refuses_is_told_in_one_line_without_credentials(
    workspace: Workspace, dossier: Path
) -> None:
    post(workspace, dossier)
    told: list[dict[str, str]] = []
    mirror_alone(workspace, Target("nonsense://someone:secret@nowhere"), 1, told.append)
    (line,) = told
    assert set(line) == {"reason"}
    assert "nowhere" in line["reason"]
    assert "secret" not in line["reason"]
    assert "\n" not in line["reason"]


@pytest.mark.parametrize("is_stuck", [True, False])
def test_the_process_ends_itself_when_its_time_is_up(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, is_stuck: bool
) -> None:
    exits: list[int] = []
    monkeypatch.setattr(mirror_module.os, "_exit", exits.append)
    monkeypatch.setattr(mirror_module, "mirror_alone", lambda *_: time.sleep(0.3 if is_stuck else 0))
    main(str(workspace.folder), "0.1")
    time.sleep(0.2)
    assert exits == ([LATE] if is_stuck else [])


def test_a_database_that_is_being_made_is_not_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(Exception):
        """As if the process had ended here."""

    def half(uri: str) -> None:
        Path(uri.removeprefix("sqlite:///")).write_bytes(b"half a schema")
        raise Killed

    monkeypatch.setattr(mirror_module, "MlflowClient", half)
    with pytest.raises(Killed):
        make_database(tmp_path / "mlflow.db")
    assert os.listdir(tmp_path) == [".new-mlflow.db"]


def test_what_a_kill_left_over_is_no_hindrance(tmp_path: Path) -> None:
    for left_over in (".new-mlflow.db", ".new-mlflow.db-journal"):
        (tmp_path / left_over).write_bytes(b"half a schema")
    make_database(tmp_path / "mlflow.db")
    assert os.listdir(tmp_path) == ["mlflow.db"]
    assert shown(f"sqlite:///{tmp_path / 'mlflow.db'}") == {"runs": [], "models": []}
