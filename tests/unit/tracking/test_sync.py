"""A server that is away, silent, or dies: the run goes on, and later everything is there once."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from civic_ai.store.workspace import Workspace
from civic_ai.tracking import sync as sync_module
from civic_ai.tracking.outbox import post
from civic_ai.tracking.sync import sync

from .city import describe
from .conftest import Server, free_port
from .mirrored import shown

LOADING = 60
"""Seconds in which MLflow is loaded even on a machine that is busy with other tests (alone: 2 to 4).
MLflow's own client would hang for 246 seconds (CONTROLS T22)."""


def test_nothing_waiting_costs_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_module.subprocess, "run", None)
    report = sync(workspace, wait_seconds=10)
    assert report.is_done
    assert (report.sent, report.pending, report.reasons, report.seconds) == ((), (), (), 0.0)
    assert not workspace.folder.exists()


def test_the_workspace_store_gets_everything(workspace: Workspace, dossier: Path, local_store: str) -> None:
    digest = post(workspace, dossier)
    report = sync(workspace, wait_seconds=10)
    assert (report.sent, report.pending, report.reasons) == ((digest,), (), ())
    assert len(shown(local_store)["runs"]) == 1 + len(describe(workspace, dossier).children)
    assert sync(workspace, wait_seconds=10).sent == ()
    assert not list(workspace.folder.glob("outbox/mlruns"))


def test_a_server_that_is_away(workspace: Workspace, dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = post(workspace, dossier)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://someone:secret@127.0.0.1:{free_port()}")
    report = sync(workspace, wait_seconds=10)
    assert report.seconds < LOADING + 10
    assert (report.sent, report.pending, report.is_done) == ((), (digest,), False)
    sentence = " ".join(reason.text() for reason in report.reasons)
    assert "127.0.0.1" in sentence
    assert "secret" not in sentence + report.store


def test_a_server_that_never_answers_is_left_at_the_deadline(
    workspace: Workspace, dossier: Path, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = post(workspace, dossier)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent_port}")
    report = sync(workspace, wait_seconds=2)
    assert 2 <= report.seconds < LOADING + 2
    assert report.pending == (digest,)
    assert "was not done within 2 seconds" in report.reasons[0].text()


def test_a_mirror_that_breaks_down_is_said(
    workspace: Workspace, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = post(workspace, dossier)
    monkeypatch.setattr(sync_module.sys, "executable", "/bin/false")
    report = sync(workspace, wait_seconds=5)
    assert report.pending == (digest,)
    assert report.reasons[0].text() == "the mirror to MLflow ended with code 1"


def test_two_syncs_at_once_send_once(workspace: Workspace, dossier: Path, local_store: str) -> None:
    digest = post(workspace, dossier)
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(lambda _: sync(workspace, wait_seconds=60), range(2)))
    assert all(report.is_done for report in reports)
    assert digest in reports[0].sent + reports[1].sent
    keys = [dict(run["tags"])["civic_ai.key"] for run in shown(local_store)["runs"]]
    assert len(keys) == len(set(keys)) == 1 + len(describe(workspace, dossier).children)


@pytest.mark.slow
def test_a_server_killed_in_the_middle_and_started_again(
    workspace: Workspace, dossier: Path, server: Server, local_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same runs as in a store that nobody disturbed, and nothing twice."""
    children = len(describe(workspace, dossier).children)
    digest = post(workspace, dossier)
    assert sync(workspace, wait_seconds=60).is_done
    undisturbed = shown(local_store)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    for enough in (1, children // 2):
        server.start()
        killer = threading.Thread(target=_kill_when, args=(server, enough))
        killer.start()
        report = sync(workspace, wait_seconds=10)
        killer.join()
        assert report.seconds < LOADING + 10
        assert report.pending == (digest,)
    server.start()
    assert 0 < len(shown(server.uri)["runs"]) <= children
    assert sync(workspace, wait_seconds=60).sent == (digest,)
    assert shown(server.uri) == undisturbed


def _kill_when(server: Server, runs: int) -> None:
    """Kill the server as soon as its database holds so many runs, finished or not."""
    deadline = time.monotonic() + LOADING
    with contextlib.closing(sqlite3.connect(server.folder / "server.db", timeout=30)) as database:
        while time.monotonic() < deadline:
            if database.execute("SELECT count(*) FROM runs").fetchone()[0] >= runs:
                break
            time.sleep(0.01)
    server.kill()


def test_the_environment_of_the_mirror_is_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = sync_module._environment({"PATH": os.environ["PATH"], "MLFLOW_TRACKING_TOKEN": "t"})
    assert calm["MLFLOW_TRACKING_TOKEN"] == "t"
    assert calm["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    assert calm["MLFLOW_DISABLE_TELEMETRY"] == "true"
