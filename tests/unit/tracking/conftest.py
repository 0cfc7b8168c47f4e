"""A small sealed dossier, its workspace, and MLflow stores to send it to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest

from civic_ai.store.workspace import Workspace
from civic_ai.tracking.mirror import make_database
from tests.once import once

from .city import seal_city

SERVER_START_SECONDS = 90


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def dossier(workspace: Workspace) -> Path:
    """The folder of a sealed dossier whose champion is a rule."""
    return seal_city(workspace, pilot="test-city", champion="year_count")


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database, made once: its schema costs seconds."""
    return once(tmp_path_factory, "mlflow", make_template) / "template.db"


def make_template(folder: Path) -> None:
    """The database in a folder."""
    made_in = os.getcwd()
    os.chdir(folder)
    try:
        make_database(folder / "template.db")
    finally:
        os.chdir(made_in)


@pytest.fixture
def local_store(workspace: Workspace, template_database: Path) -> str:
    """The workspace's own store, with its schema in place; its address."""
    workspace.folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template_database, workspace.folder / "mlflow.db")
    return f"sqlite:///{workspace.folder / 'mlflow.db'}"


@pytest.fixture
def default_store(local_store: str) -> Iterator[str]:
    """The workspace's own store as the one that MLflow's own functions read."""
    mlflow.set_tracking_uri(local_store)
    yield local_store
    mlflow.set_tracking_uri("")


@dataclass
class Server:
    """A real MLflow server on a database of its own, which can be killed and started again.

    ``backend``: the database's address, without it a SQLite file; ``more``: further arguments and variables.
    """

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    backend: str | None = None
    more: tuple[tuple[str, ...], dict[str, str]] = ((), {})

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        backend = self.backend or f"sqlite:///{self.folder / 'server.db'}"
        arguments, variables = self.more
        stores = ["--backend-store-uri", backend, *arguments]
        artifacts = ["--artifacts-destination", str(self.folder / "artifacts"), "--workers", "1"]
        quick = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            command + stores + artifacts, cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **quick, **variables},
        )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + SERVER_START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.uri}/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "server.log").read_text())


@pytest.fixture
def server(tmp_path: Path, template_database: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    folder.mkdir()
    shutil.copy(template_database, folder / "server.db")
    made = Server(folder, free_port())
    yield made
    made.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers: the worst kind of server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield int(listening.getsockname()[1])
