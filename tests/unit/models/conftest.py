from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.fanout import run_all
from civic_ai.models.rows import PanelRows, Training, read_rows, training_of
from civic_ai.models.scorer import ModelScorer
from civic_ai.panel.split import make_splits
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import Pilot, make_pilot, simulate

KINDS = {
    "poisson_glm": "count",
    "logistic_glm": "event",
    "lightgbm": "count",
    "lightgbm_tweedie": "count",
}


@dataclass(frozen=True)
class Fitted:
    """One candidate fitted on every split of one simulated pilot."""

    rows: PanelRows
    trainings: tuple[Training, ...]
    scorers: tuple[ModelScorer, ...]

    @property
    def last(self) -> ModelScorer:
        return self.scorers[-1]


def fit_on(pilot: Pilot, name: str) -> Fitted:
    """``name`` fitted on every split of ``pilot``, the lockbox included."""
    rows = read_rows(pilot.panel, pilot.blobs)
    splits = make_splits(pilot.spec)
    trainings = tuple(training_of(rows, split) for split in splits)
    candidate = CANDIDATES[name]
    fits = candidate.plan(trainings, candidate.unfitted(rows, pilot.spec.seed))
    return Fitted(rows, trainings, tuple(run_all(fits)))


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy(policy="test", version="1", gates=())


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Fitted]:
    """Each candidate on a log-linear world of its kind; made once, only read."""
    made = {}
    for name, kind in KINDS.items():
        pilot = make_pilot(Blobs(tmp_path_factory.mktemp(name)), simulate(kind=kind), kind=kind)
        made[name] = fit_on(pilot, name)
    return made
