"""What MLflow is told about a sweep: a parent run, and a child for each trial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from civic_ai.records.sweep import Sweep, Trial
from civic_ai.store.blobs import Blobs
from civic_ai.tracking.log import DossierLog, Measure, RunLog, figure_measures, mlflow_name, sealed_bytes


def describe_sweep(digest: str, folder: Path, _: Blobs) -> DossierLog:
    """The log of sweep ``digest``, which stands in ``folder``; its trials have no dossiers.

    Raises :class:`RefusedError` when its record is not the one that was kept.
    """
    manifest = sealed_bytes(folder, "manifest.json", digest)
    record = Sweep.model_validate_json(manifest)
    return DossierLog(
        digest=digest,
        pilot=record.pilot,
        parent=_parent(digest, record),
        children=tuple(_child(digest, record, at) for at in range(len(record.trials))),
        files={"manifest.json": manifest, "results.csv": (folder / "results.csv").read_bytes()},
        model=None,
    )


def _parent(digest: str, record: Sweep) -> RunLog:
    best = record.trials[record.best]
    return RunLog(
        key=digest,
        name=f"sweep {record.sweep} {digest[:12]}",
        params={"metric": record.metric, "method": record.method, "trials": str(len(record.trials))},
        measures=tuple(_measures(record, best)),
        tags={**_tags(digest, record), "civic_ai.key": digest},
        datasets=(),
    )


def _child(digest: str, record: Sweep, at: int) -> RunLog:
    trial, key = record.trials[at], f"{digest}/{at}"
    return RunLog(
        key=key,
        name=f"trial {at + 1}",
        params={
            "champion": trial.champion,
            "best_candidate": trial.best_candidate,
            "best_baseline": trial.best_baseline,
            **{mlflow_name(place): value for place, value in trial.settings.items()},
        },
        measures=tuple(_measures(record, trial)),
        tags={
            **_tags(digest, record),
            "civic_ai.key": key,
            "civic_ai.spec": trial.spec,
            "civic_ai.predictions": trial.predictions,
        },
        datasets=(),
    )


def _measures(record: Sweep, trial: Trial) -> Iterator[Measure]:
    yield from figure_measures(record.metric, trial.objective)
    yield from figure_measures("lift_over_best_baseline", trial.lift)


def _tags(digest: str, record: Sweep) -> dict[str, str]:
    return {
        "civic_ai.dossier": digest,
        "civic_ai.sweep": record.sweep,
        "civic_ai.policy": record.policy,
        "mlflow.note.content": record.question.in_language("en"),
    }
