from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from civic_ai.evaluation import evaluate as stage
from civic_ai.models.fit import LockboxScores
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.policy import Policy, Tolerances
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs

from ..models.simulated import put_panel
from .worlds import World


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
def evaluated(
    blobs: Blobs, policy: Policy, looks: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Evaluation]:
    """Evaluate a world whose lockbox scores are its own, in place of a model's."""

    def run(world: World, level: float = 0.9) -> Evaluation:
        def score_lockbox(_: PilotSpec, __: Predictions, names: Sequence[str], ___: Blobs) -> LockboxScores:
            looks.append(list(names))
            sealed = {name: "b" * 64 for name in names if name not in {"year_count", "recent_count"}}
            return LockboxScores(blobs.put_table(world.table(names, is_lockbox=True)), sealed)

        monkeypatch.setattr(stage, "score_lockbox", score_lockbox)
        frame = pd.DataFrame({"unit": "u", "as_of": world.dates.astype(object), "label": 0.0})
        panel = put_panel(blobs, frame, world.kind, "0" * 64)
        panel = panel.model_copy(update={"end_is_doubtful": world.end_is_doubtful})
        tests = blobs.put_table(world.table(world.scores, is_lockbox=False))
        predictions = world.predictions(tests, blobs.put_record(panel))
        leveled = policy.model_copy(update={"tolerances": Tolerances(confidence_level=level)})
        return stage.evaluate(world.spec(), predictions, leveled, blobs)

    return run
