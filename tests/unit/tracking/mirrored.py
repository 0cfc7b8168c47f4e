"""What a tracking store shows of one pilot, without what differs between two stores (ids, times)."""

from __future__ import annotations

from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run


def shown(uri: str, pilot: str = "test-city") -> dict[str, list[Any]]:
    """Runs and models of a pilot's experiment, in an order and form that two stores share."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(f"civic-ai/{pilot}")
    if experiment is None:
        return {"runs": [], "models": []}
    runs = client.search_runs([experiment.experiment_id], max_results=5000)
    names = {run.info.run_id: run.data.tags["civic_ai.key"] for run in runs}
    models = client.search_logged_models([experiment.experiment_id])
    return {
        "runs": sorted((_run(client, run, names) for run in runs), key=str),
        "models": sorted((_model(client, model, names) for model in models), key=str),
    }


def _run(client: MlflowClient, run: Run, names: dict[str, str]) -> dict[str, Any]:
    tags = dict(run.data.tags)
    parent = tags.pop("mlflow.parentRunId", None)
    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "parent": names.get(parent, parent),
        "tags": sorted(tags.items()),
        "params": sorted(run.data.params.items()),
        "metrics": sorted(
            (name, metric.step, metric.value)
            for name in run.data.metrics
            for metric in client.get_metric_history(run.info.run_id, name)
        ),
        "datasets": sorted(
            (used.dataset.name, used.dataset.digest, used.dataset.source, used.tags[0].value)
            for used in run.inputs.dataset_inputs
        ),
        "files": _files(client, run.info.run_id, None),
        "models": len(run.outputs.model_outputs) if run.outputs else 0,
    }


def _files(client: MlflowClient, run_id: str, path: str | None) -> list[str]:
    found: list[str] = []
    for entry in client.list_artifacts(run_id, path):
        found += _files(client, run_id, entry.path) if entry.is_dir else [entry.path]
    return sorted(found)


def _model(client: MlflowClient, model: Any, names: dict[str, str]) -> dict[str, Any]:
    files = client.list_logged_model_artifacts(model.model_id)
    return {
        "name": model.name,
        "status": str(model.status),
        "run": names.get(model.source_run_id),
        "tags": sorted(model.tags.items()),
        "files": sorted(entry.path for entry in files),
    }
