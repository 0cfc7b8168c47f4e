"""``mlflow run``: the MLproject entry points, on the tiny pilot and with a stand-in that only exits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient

from tests.journey.tiny import write_tiny_pilot

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ENTRY_POINTS = yaml.safe_load((PROJECT / "MLproject").read_text())["entry_points"]


def mlflow_run(place: Path, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``mlflow run PROJECT ...`` with a store and a workspace of its own in ``place``."""
    environment = {
        **os.environ,
        "PATH": path,
        "CIVIC_AI_HOME": str(place / "workspace"),
        "MLFLOW_TRACKING_URI": f"sqlite:///{place / 'mlflow.db'}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [str(BIN / "mlflow"), "run", str(PROJECT), "--env-manager", "local", *arguments]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


def stand_in(place: Path, code: int) -> str:
    """A PATH on which ``civic-ai`` notes its arguments and exits with ``code``."""
    script = place / "bin" / "civic-ai"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho "$@" > {place}/called\nexit {code}\n')
    script.chmod(0o755)
    return f"{script.parent}:{os.environ['PATH']}"


@pytest.mark.parametrize(("code", "is_done"), [(0, True), (3, True), (2, False), (4, False), (1, False)])
def test_done_with_a_no_is_done_and_anything_else_is_not(tmp_path: Path, code: int, is_done: bool) -> None:
    command = ENTRY_POINTS["run"]["command"].format(pilot="pilots/example-potholes")
    environment = {**os.environ, "PATH": stand_in(tmp_path, code)}
    ended = subprocess.run(["bash", "-c", command], env=environment, check=False)
    assert (ended.returncode == 0) is is_done


def test_mlflow_hands_over_the_example_pilot_unless_told_otherwise(tmp_path: Path) -> None:
    ended = mlflow_run(tmp_path, stand_in(tmp_path, 3), "-e", "run")
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "called").read_text().split() == ["run", "pilots/example-potholes"]


def test_every_entry_point_is_one_of_our_verbs_and_nothing_else() -> None:
    assert set(ENTRY_POINTS) == {"run", "verify", "sync"}
    for name, point in ENTRY_POINTS.items():
        assert point["command"].split()[:2] == ["civic-ai", name]


@pytest.mark.slow
def test_mlflow_run_takes_a_pilot_to_its_dossier_and_mirrors_it(tmp_path: Path) -> None:
    pilot = write_tiny_pilot(tmp_path / "tiny-potholes")
    ended = mlflow_run(tmp_path, f"{BIN}:{os.environ['PATH']}", "-e", "run", "-P", f"pilot={pilot}")
    assert ended.returncode == 0, ended.stderr
    (manifest,) = (tmp_path / "workspace" / "dossiers").glob("*/*/manifest.json")
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name(f"civic-ai/{manifest.parents[1].name}")
    runs = client.search_runs([experiment.experiment_id])
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert len(parents) == 1
    assert parents[0].data.tags["civic_ai.dossier"].startswith(manifest.parent.name)
    assert len(runs) > 3
    assert {run.info.status for run in runs} == {"FINISHED"}
