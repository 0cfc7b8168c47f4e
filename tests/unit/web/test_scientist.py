"""The scientist is led to the run that a tracking store has confirmed, and to nothing else."""

from __future__ import annotations

from pathlib import Path

from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import mark_sent
from civic_ai.tracking.target import Target, choose_target
from civic_ai.web.scientist import TrackedRun, tracked_run

DIGEST, OTHER = "a" * 64, "b" * 64


def test_a_run_is_found_by_the_receipt_that_tracking_left(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert tracked_run(workspace, DIGEST, "https://mlflow.example") is None
    mark_sent(workspace, OTHER, choose_target(workspace, {}), "other")
    assert tracked_run(workspace, DIGEST, None) is None
    mark_sent(workspace, DIGEST, choose_target(workspace, {}), "f00")
    assert tracked_run(workspace, DIGEST, None) == TrackedRun("f00", None)
    led = tracked_run(workspace, DIGEST, "https://mlflow.example/city/")
    assert led == TrackedRun("f00", "https://mlflow.example/city/#/runs/f00")


def test_a_store_with_an_address_leads_there_without_its_password(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    mark_sent(workspace, DIGEST, choose_target(workspace, {}), "f00")
    mark_sent(workspace, DIGEST, Target("http://me:secret@mlflow.example:5000"), "b4 r")
    led = tracked_run(workspace, DIGEST, None)
    assert led == TrackedRun("b4 r", "http://mlflow.example:5000/#/runs/b4%20r")


def test_a_receipt_that_cannot_be_read_leads_nowhere(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    mark_sent(workspace, DIGEST, choose_target(workspace, {}), "f00")
    for path in workspace.receipts(DIGEST):
        path.write_bytes(b"half of a rec")
    assert tracked_run(workspace, DIGEST, None) is None
