"""A server that is away, silent, or dies: the run goes on, and later everything is there once."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mlflow import MlflowClient

from civic_ai.store.workspace import Workspace
from civic_ai.tracking import sync as sync_module
from civic_ai.tracking.outbox import post
from civic_ai.tracking.sync import sync

from .city import describe
from .conftest import Server, free_port
from .mirrored import shown


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
    start = time.monotonic()
    report = sync(workspace, wait_seconds=10)
    assert time.monotonic() - start < 11
    assert (report.sent, report.pending, report.is_done) == ((), (digest,), False)
    sentence = " ".join(reason.text() for reason in report.reasons)
    assert "127.0.0.1" in sentence
    assert "secret" not in sentence + report.store


def test_a_server_that_never_answers_is_left_at_the_deadline(
    workspace: Workspace, dossier: Path, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = post(workspace, dossier)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent_port}")
    start = time.monotonic()
    report = sync(workspace, wait_seconds=3)
    assert 3 <= time.monotonic() - start < 5
    assert report.pending == (digest,)
    assert "was not done within 3 seconds" in report.reasons[0].text()


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
    workspace: Workspace,
    dossier: Path,
    server: Server,
    template_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same runs as on a server that nobody disturbed, and nothing twice."""
    log = describe(workspace, dossier)
    undisturbed = server.twin(template_database)
    for one in (server, undisturbed):
        one.start()
    digest = post(workspace, dossier)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", undisturbed.uri)
    assert sync(workspace, wait_seconds=60).is_done

    for enough in (1, len(log.children) // 2, len(log.children)):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
        killer = threading.Thread(target=_kill_when, args=(server, enough))
        killer.start()
        start = time.monotonic()
        report = sync(workspace, wait_seconds=10)
        waited = time.monotonic() - start
        killer.join()
        assert waited < 11
        assert report.pending == (digest,)
        server.start()

    report = sync(workspace, wait_seconds=60)
    assert (report.sent, report.pending) == ((digest,), ())
    broken_off, wanted = shown(server.uri), shown(undisturbed.uri)
    assert len(broken_off["runs"]) == 1 + len(log.children)
    assert broken_off == wanted
    undisturbed.kill()


def _kill_when(server: Server, runs: int) -> None:
    """Kill the server as soon as its database holds so many runs of the dossier, finished or not."""
    client = MlflowClient(f"sqlite:///{server.folder / 'server.db'}")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        experiment = client.get_experiment_by_name("civic-ai/test-city")
        if experiment and len(client.search_runs([experiment.experiment_id])) >= runs:
            break
        time.sleep(0.005)
    server.kill()


def test_the_environment_of_the_mirror_is_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = sync_module._environment({"PATH": os.environ["PATH"], "MLFLOW_TRACKING_TOKEN": "t"})
    assert calm["MLFLOW_TRACKING_TOKEN"] == "t"
    assert calm["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    assert calm["MLFLOW_DISABLE_TELEMETRY"] == "true"
