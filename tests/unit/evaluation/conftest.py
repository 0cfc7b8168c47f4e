from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from civic_ai.evaluation import evaluate as stage
from civic_ai.evaluation import looked as looking
from civic_ai.evaluation.looked import Looked
from civic_ai.models.fit import LockboxScores
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import ErrorAnalysis, Evaluation
from civic_ai.records.figure import missing
from civic_ai.records.policy import Policy, Tolerances
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs

from ..models.simulated import put_panel
from .worlds import World

Given = Callable[..., tuple[PilotSpec, Predictions, Policy, Blobs]]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def policy() -> Policy:
    return Policy(policy="test", version="1", gates=())


@pytest.fixture
def looks() -> list[list[str]]:
    """Whose lockbox scores were asked for, look by look."""
    return []


@pytest.fixture
def given(blobs: Blobs, policy: Policy, looks: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> Given:
    """What a stage is given of a world, whose lockbox scores are its own, in place of a model's."""

    def prepare(world: World, level: float = 0.9) -> tuple[PilotSpec, Predictions, Policy, Blobs]:
        def score_lockbox(_: PilotSpec, __: Predictions, names: Sequence[str], ___: Blobs) -> LockboxScores:
            looks.append(list(names))
            sealed = dict.fromkeys(names, "b" * 64)
            return LockboxScores(blobs.put_table(world.table(names, is_lockbox=True)), sealed)

        monkeypatch.setattr(looking, "score_lockbox", score_lockbox)
        dates = world.dates.astype(object)
        frame = pd.DataFrame({"unit": "u", "as_of": dates, "step": 0, "label": 0.0})
        panel = put_panel(blobs, frame, world.kind, world.spec())
        units = blobs.put_table(world.units)
        told = {"end_is_doubtful": world.end_is_doubtful, "rows_in_gaps": world.rows_in_gaps}
        panel = panel.model_copy(update={**told, "units_blob": units})
        tests = blobs.put_table(world.table(world.scores, is_lockbox=False))
        predictions = world.predictions(tests, blobs.put_record(panel))
        leveled = policy.model_copy(update={"tolerances": Tolerances(confidence_level=level)})
        return world.spec(), predictions, leveled, blobs

    return prepare


@pytest.fixture
def whose_errors(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose errors were looked at. Worlds have no map and no features, so nothing is looked for."""
    asked: list[str] = []

    def analyse(_: PilotSpec, __: Predictions, candidate: str, *___: object) -> ErrorAnalysis:
        asked.append(candidate)
        return ErrorAnalysis(candidate=candidate, morans_i=missing("no_rows"))

    monkeypatch.setattr(stage, "analyse_errors", analyse)
    return asked


@pytest.fixture
def evaluated(given: Given, whose_errors: list[str]) -> Callable[..., Evaluation]:
    """The evaluation of a world."""
    return lambda world, level=0.9: stage.evaluate(*given(world, level))


@pytest.fixture
def looked(given: Given) -> Callable[..., Looked]:
    """What an evaluation of a world looks at."""
    return lambda world, level=0.9: looking.look(*given(world, level))
