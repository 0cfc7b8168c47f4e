"""The job that took triage 371 CPU seconds: from file to sealed dossier, and our panel in scikit-learn."""

from __future__ import annotations

import tempfile
import time
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pandas as pd
from job import CAPACITY, SPLITS, write_job
from measure import write_results
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import civic_ai
from civic_ai.panel.build import open_panel
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.panel import PanelManifest
from civic_ai.runner import Options, PilotRun, run
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.sync import SyncReport

SOURCE = Path(civic_ai.__file__).parent
JOURNEY = ("data", "panel", "models", "evaluation", "audit", "explanation", "cards")
TRIAGE_CPU_SECONDS = 371
"""Recorded for triage 6.0 (its Python processes alone, without PostgreSQL): PEERS.md, TARGETS.md."""


class Clock:
    """CPU seconds of each stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._begun = 0.0

    def started(self, stage: str, expected: float | None) -> None:
        """A stage begins."""
        self._begun = time.process_time()

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """A stage ended."""
        self.spent[stage] = time.process_time() - self._begun


def main() -> None:
    """Ours twice (the second run unchanged), then the reference on our own panel."""
    with tempfile.TemporaryDirectory() as name:
        loaded = _load()
        pilot = write_job(Path(name) / "blocks")
        first, done = _timed(pilot, Path(name) / "workspace")
        second, _ = _timed(pilot, Path(name) / "workspace")
        first = {"loading the libraries": loaded} | first | {"all": round(loaded + first["all"], 2)}
        found: list[dict[str, Any]] = [
            {"side": "ours", "part": stage, "cpu_s": spent} for stage, spent in first.items()
        ]
        found.append({"side": "ours, unchanged second run", "part": "all", "cpu_s": second["all"]})
        found += _precise("ours", _ours(done.workspace.blobs.record(Evaluation, done.evidence.evaluation)))
        spent, precision = _reference(done)
    found.append({"side": "scikit-learn on our panel", "part": "20 fits", "cpu_s": round(spent, 2)})
    found += _precise("scikit-learn on our panel", precision)
    found.append({"side": "triage, recorded", "part": "all", "cpu_s": TRIAGE_CPU_SECONDS})
    write_results(__file__, found)


def _precise(side: str, precision: dict[str, float]) -> list[dict[str, Any]]:
    return [{"side": side, "part": name, "precision": value} for name, value in precision.items()]


def _load() -> float:
    """CPU seconds of this process until all that the stages need is loaded, so that no stage pays for it."""
    for stage in JOURNEY:
        for module in iter_modules([str(SOURCE / stage)]):
            import_module(f"civic_ai.{stage}.{module.name}")
    return round(time.process_time(), 2)


def _timed(pilot: Path, workspace: Path) -> tuple[dict[str, float], PilotRun]:
    clock = Clock()
    begun = time.process_time()
    done = run(pilot, Options(workspace=workspace, reporter=clock, mirror=_not_mirrored))
    spent = clock.spent | {"all": time.process_time() - begun}
    return {stage: round(seconds, 2) for stage, seconds in spent.items()}, done


def _not_mirrored(workspace: Workspace) -> SyncReport:
    return SyncReport("none", (), (), (), 0.0)


def _ours(evaluation: Evaluation) -> dict[str, float]:
    """Precision at the capacity over all test splits, by candidate."""
    return {
        score.candidate: round(score.figure.value, 3)
        for score in evaluation.scores
        if (score.metric, score.split) == ("precision_at_capacity", "all") and score.figure.value is not None
    }


def _reference(done: PilotRun) -> tuple[float, dict[str, float]]:
    """A logistic regression and a random forest of 100 trees, fitted on the same rows of our panel."""
    blobs = done.workspace.blobs
    panel = blobs.record(PanelManifest, done.evidence.panel)
    frame = open_panel(panel, blobs).frame
    features = [feature.name for feature in panel.features]
    dates = np.sort(frame["as_of"].unique())
    tests = dates[-SPLITS - 1 : -1]
    precision: dict[str, list[float]] = {"logistic regression": [], "random forest": []}
    begun = time.process_time()
    for test in tests:
        past = frame[frame["as_of"] + pd.Timedelta(days=panel.horizon_days) <= test]
        now = frame[frame["as_of"] == test]
        for name, model in _models().items():
            model.fit(past[features].fillna(0), past["label"] > 0)
            score = model.predict_proba(now[features].fillna(0))[:, 1]
            best = np.argsort(-score, kind="stable")[:CAPACITY]
            precision[name].append(float((now["label"].to_numpy()[best] > 0).mean()))
    spent = time.process_time() - begun
    return spent, {name: round(float(np.mean(values)), 3) for name, values in precision.items()}


def _models() -> dict[str, Any]:
    return {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "random forest": RandomForestClassifier(100, min_samples_leaf=20, max_depth=12, random_state=1),
    }


if __name__ == "__main__":
    main()
