from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from civic_ai.models import reductions
from civic_ai.models.reductions import decide
from civic_ai.models.rows import read_rows, training_of
from civic_ai.panel.split import make_splits
from civic_ai.pilot.mitigation import MitigationMethod
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import make_pilot, simulate


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reductions, "ITERATIONS", 3)
    monkeypatch.setattr(reductions, "TREES", {**reductions.TREES, "n_estimators": 10})


@pytest.mark.parametrize("method", ["exponentiated_gradient", "threshold_optimizer"])
def test_chances_have_few_values_and_repeat(method: MitigationMethod, tmp_path: Path) -> None:
    pilot = make_pilot(Blobs(tmp_path), simulate(kind="event", units=30, dates=60), kind="event")
    rows = read_rows(pilot.panel, pilot.blobs)
    split = make_splits(pilot.spec)[0]
    training, at = training_of(rows, split), rows.of(split)
    group = (np.arange(len(rows.label)) % 2).astype(np.int64)
    chance = decide(method, training, group, at, seed=3)
    assert chance.shape == at.shape
    assert (chance >= 0).all()
    assert (chance <= 1).all()
    assert 1 < len(np.unique(chance)) <= 12, "so units tie, and share the last places of a list"
    assert (chance == decide(method, training, group, at, seed=3)).all()
    happened = rows.label[at] > 0
    assert chance[happened].mean() > chance[~happened].mean()
    swapped = decide(
        method, training, np.where(np.isin(np.arange(len(group)), at), 1 - group, group), at, seed=3
    )
    looks = method == "threshold_optimizer"
    assert bool((swapped != chance).any()) == looks, "only thresholds look at the group to decide"
