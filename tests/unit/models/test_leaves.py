"""The emptiest leaf is counted on the training rows; a model that keeps a fuller one is grown instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import DataError
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.bundle import open_bundle
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.models.leaves import with_full_leaves
from civic_ai.models.rows import Training, read_rows, training_of
from civic_ai.models.scorer import ModelScorer
from civic_ai.panel.split import make_splits
from civic_ai.records.policy import Policy, Suppression
from civic_ai.records.predictions import FittedModel
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import HORIZON, make_pilot, simulate

ROWS = cast("Training", SimpleNamespace(frame=None, positions=np.arange(400)))


@dataclass(frozen=True)
class _Grown(ModelScorer):
    """Its emptiest leaf holds a quarter of what was asked for, as LightGBM's may."""

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        return int(self.model.settings.get("min_data_in_leaf", 12)) // 4

    def raw_scores(self, frame: pd.DataFrame) -> Any: ...
    def contributions(self, frame: pd.DataFrame) -> Any: ...
    def to_bytes(self) -> bytes: ...
    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> _Grown: ...


def _grown(**settings: Any) -> _Grown:
    return _Grown(
        FittedModel(
            candidate="trees", label_kind="event", link="logit", horizon_days=28, seed=1, features=("a",),
            settings=settings, libraries={},
        )
    )  # fmt: skip


def test_leaves_are_asked_to_be_twice_as_full_until_they_are_full_enough() -> None:
    asked: list[float] = []

    def again(settings: Any) -> ModelScorer:
        asked.append(settings["min_data_in_leaf"])
        return _grown(**settings)

    made = with_full_leaves(_grown(min_data_in_leaf=20), ROWS, 11, again)
    assert asked == [40, 80]
    assert made.model.smallest_cell == 20


def test_a_full_model_is_left_as_it_is() -> None:
    fitted = _grown(min_data_in_leaf=44)
    made = with_full_leaves(fitted, ROWS, 11)
    assert made == replace(fitted, model=fitted.model.model_copy(update={"smallest_cell": 11}))


@pytest.mark.parametrize("settings", [{}, {"min_data_in_leaf": 401}])
def test_what_no_setting_can_help_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(DataError, match="rests on"):
        with_full_leaves(_grown(**settings), ROWS, 101 if settings else 11, lambda one: _grown(**one))


def test_a_table_that_cannot_be_made_again_is_refused() -> None:
    with pytest.raises(DataError, match="rests on"):
        with_full_leaves(_grown(min_data_in_leaf=20), ROWS, 11)


def _emptiest(scorer: BoosterScorer, frame: pd.DataFrame) -> int:
    """By pandas, tree for tree."""
    leaves = pd.DataFrame(
        scorer.booster.predict(scorer.matrix(frame), pred_leaf=True).reshape(len(frame), -1)
    )
    return int(min(leaves[tree].value_counts().min() for tree in leaves))


@pytest.mark.parametrize("minimum", [11, 120])
def test_a_sealed_model_has_no_leaf_below_the_policys_minimum(tmp_path: Any, minimum: int) -> None:
    """Asked for 5 rows a leaf, LightGBM keeps fewer; the bundle does not, and its rows are the true ones."""
    blobs = Blobs(tmp_path)
    frame = simulate(units=25, dates=60)
    late = frame["as_of"] > max(frame["as_of"]) - timedelta(days=HORIZON)
    frame.loc[late, "label"] = np.nan
    settings = {
        "candidates": ["lightgbm"],
        "settings": {"lightgbm": {"min_data_in_leaf": 5, "lambda_l2": 0.1}},
    }
    pilot = make_pilot(blobs, frame, models=settings)
    policy = Policy(policy="p", version="1", gates=(), suppression=Suppression(minimum=minimum))
    predictions = fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    assert predictions.fewest_rows == minimum
    free = predictions.model_copy(update={"fewest_rows": 1})
    training = training_of(read_rows(pilot.panel, blobs), make_splits(pilot.spec)[-1])
    blobs.put_record(predictions)
    emptiest = {}
    for name, told in (("free", free), ("held", predictions)):
        sealed = score_lockbox(pilot.spec, told, ["lightgbm"], blobs).bundles["lightgbm"]
        scorer = cast("BoosterScorer", open_bundle(sealed, blobs))
        emptiest[name] = _emptiest(scorer, training.frame)
        assert scorer.model.smallest_cell == emptiest[name]
    assert emptiest["free"] < minimum <= emptiest["held"]
