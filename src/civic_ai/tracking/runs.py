"""Sends one dossier to MLflow. Everything here can be done twice and leaves the same runs.

Each run carries the tag ``civic_ai.key``. A finished run with that key is left alone; an unfinished
one is filled again in place, which changes nothing that was already there: MLflow ignores a metric
with the same name, step, time and value, and the time is always the run's own start.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run

from civic_ai.core.canonical import canonical_json
from civic_ai.store.blobs import Blobs
from civic_ai.tracking.log import DatasetUse, DossierLog, RunLog
from civic_ai.tracking.registry import Registered, register_version

_PARENT = "mlflow.parentRunId"
_KEY = "civic_ai.key"
_MOST_METRICS = 800
_MOST_RUNS = 5000
_DIGEST_LETTERS = 36


class Sender:
    """One dossier, one experiment, and the runs of the dossier that the experiment already holds."""

    def __init__(self, client: MlflowClient, experiment_id: str, log: DossierLog) -> None:
        self.client = client
        self.experiment_id = experiment_id
        self.log = log
        self.found = _runs_by_key(client, experiment_id, log.digest)

    def send(self, blobs: Blobs, staging: Path) -> str:
        """Send what is missing; the id of the parent run. ``staging`` holds files on their way.

        The parent is finished last: while it is running, something is missing.
        """
        parent = self._one_run(self.log.parent, {})
        parent_id = str(parent.info.run_id)
        for child in self.log.children:
            run = self._one_run(child, {_PARENT: parent_id})
            if not _is_finished(run):
                self._finish(run, child)
        if not _is_finished(parent):
            _send_files(self.client, parent_id, self.log.files, staging)
            self._send_model(parent, blobs, staging)
            self._finish(parent, self.log.parent)
        return parent_id

    def _send_model(self, parent: Run, blobs: Blobs, staging: Path) -> None:
        if self.log.model is None:
            return
        from civic_ai.tracking.model_copy import ModelCopy  # loads the modelling libraries: seconds

        sealed, run = self.log.model, parent.info
        copy = ModelCopy(self.client, parent, self.log.digest, sealed).send(blobs, staging)
        place = self.client.get_logged_model(copy).artifact_location if copy else None
        source = str(place or f"{run.artifact_uri}/dossier")
        tags = {"civic_ai.bundle": sealed.bundle, "civic_ai.evidence": sealed.evidence}
        tags |= {"civic_ai.candidate": sealed.champion}
        registered = Registered(self.log.pilot, self.log.digest, str(run.run_id), source, copy, tags)
        register_version(self.client, registered)

    def _one_run(self, log: RunLog, tags: dict[str, str]) -> Run:
        """The one run of this key: found (doubles removed, under its parent) or made."""
        runs = self.found.get(log.key, [])
        for double in runs[1:]:
            self.client.delete_run(double.info.run_id)
        if not runs:
            wanted = {**log.tags, **tags}
            return self.client.create_run(self.experiment_id, run_name=log.name, tags=wanted)
        for name, value in tags.items():
            if runs[0].data.tags.get(name) != value:
                self.client.set_tag(runs[0].info.run_id, name, value)
        return runs[0]

    def _finish(self, run: Run, log: RunLog) -> None:
        run_id, moment = run.info.run_id, run.info.start_time
        metrics = [Metric(m.name, m.value, moment, m.step) for m in log.measures]
        params = [Param(name, value) for name, value in log.params.items()]
        self.client.log_batch(run_id, metrics[:_MOST_METRICS], params)
        for start in range(_MOST_METRICS, len(metrics), _MOST_METRICS):
            self.client.log_batch(run_id, metrics[start : start + _MOST_METRICS])
        self.client.log_inputs(run_id, [_input(use) for use in log.datasets])
        self.client.set_terminated(run_id)


def experiment_of(client: MlflowClient, pilot: str, artifacts: str | None) -> str:
    """The id of the pilot's experiment, made or brought back where it is not there."""
    name = f"civic-ai/{pilot}"
    found = client.get_experiment_by_name(name)
    if found is None:
        place = None if artifacts is None else f"{artifacts}/{pilot}"
        return str(client.create_experiment(name, artifact_location=place))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _runs_by_key(client: MlflowClient, experiment_id: str, dossier: str) -> dict[str, list[Run]]:
    """Runs of the dossier by key: a finished one first, then the oldest."""
    wanted = f"tags.`civic_ai.dossier` = '{dossier}'"
    runs: dict[str, list[Run]] = {}
    for run in client.search_runs([experiment_id], wanted, max_results=_MOST_RUNS):
        runs.setdefault(run.data.tags[_KEY], []).append(run)
    return {key: sorted(same, key=_finished_then_oldest) for key, same in runs.items()}


def _finished_then_oldest(run: Run) -> tuple[bool, int, str]:
    return not _is_finished(run), int(run.info.start_time), str(run.info.run_id)


def _is_finished(run: Run) -> bool:
    return bool(run.info.status == "FINISHED")


def _send_files(client: MlflowClient, run_id: str, files: dict[str, bytes], staging: Path) -> None:
    """Upload ``files`` as one folder called ``dossier``."""
    shutil.rmtree(staging, ignore_errors=True)
    for name, content in files.items():
        place = staging / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    client.log_artifacts(run_id, str(staging), "dossier")
    shutil.rmtree(staging)


def _input(use: DatasetUse) -> Any:
    """A dataset by name and digest: no schema, no profile, no row. MLflow keeps 36 letters of a digest."""
    source = canonical_json({"sha256": use.digest}).decode()
    dataset = Dataset(use.name, use.digest[:_DIGEST_LETTERS], "civic_ai", source)
    return DatasetInput(dataset, [InputTag("mlflow.data.context", use.context)])
