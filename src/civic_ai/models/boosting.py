"""LightGBM: gradient-boosted trees, trained so that the same data give the same model bytes.

The number of rounds is found on the last block of the training dates, after a gap of one horizon;
the model is then trained on all training rows with that number. Values are binned once, on the
training rows of the first split, and every later split takes a subset (no bin has seen a future).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.rows import Training
from civic_ai.models.scorer import Floats, ModelScorer, feature_matrix
from civic_ai.records.predictions import FittedModel, Settings

MAX_ROUNDS = 1000
PATIENCE_ROUNDS = 30
STOPPING_SHARE = 0.2
NUM_LEAVES = 31
LEAF_CHUNK_ROWS = 20_000
OBJECTIVES = {"log": "poisson", "logit": "binary"}
TREES: Settings = {
    "learning_rate": 0.05,
    "num_leaves": NUM_LEAVES,
    "min_data_in_leaf": 100,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.8,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "feature_pre_filter": False,
    "verbosity": -1,
}
SETTINGS: Settings = {
    **TREES,
    "max_rounds": MAX_ROUNDS,
    "patience_rounds": PATIENCE_ROUNDS,
    "stopping_share": STOPPING_SHARE,
    "missing": "own branch",
}


@dataclass(frozen=True)
class BoosterScorer(ModelScorer):
    """A booster read from its own text, so that a loaded one predicts the same to the last bit."""

    booster: lgb.Booster

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Log of the expected count, or log odds, one a row."""
        matrix = feature_matrix(frame, self.features)
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=1))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """TreeSHAP (Lundberg et al. 2020) by LightGBM itself; the last column is the base."""
        matrix = feature_matrix(frame, self.features)
        return np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=1))

    def smallest_cell(self, matrix: Floats) -> int:
        """Rows of ``matrix`` in the emptiest leaf of any tree.

        Measured, because ``min_data_in_leaf`` bounds LightGBM's own estimate of a leaf's rows, not
        the rows themselves.
        """
        trees, leaves = self.booster.num_trees(), NUM_LEAVES
        counts = np.zeros(trees * leaves, dtype=np.int64)
        for start in range(0, len(matrix), LEAF_CHUNK_ROWS):
            chunk = matrix[start : start + LEAF_CHUNK_ROWS]
            leaf = self.booster.predict(chunk, pred_leaf=True, num_threads=1).astype(np.int64)
            cells = leaf.reshape(-1, trees) + np.arange(trees) * leaves
            counts += np.bincount(cells.ravel(), minlength=len(counts))
        return int(counts[counts > 0].min())


def plan_boosting(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], ModelScorer]]:
    """Fits, one a split, still to be run. Splits in which the same features vary share their bins."""
    parameters = {**TREES, "objective": OBJECTIVES[model.link], "seed": model.seed}
    binned: dict[bytes, lgb.Dataset] = {}
    for training in trainings:
        if training.varying.tobytes() not in binned:
            binned[training.varying.tobytes()] = _bins(training, parameters)
    return [
        partial(_fit, training, model, binned[training.varying.tobytes()], parameters)
        for training in trainings
    ]


def _bins(training: Training, parameters: Settings) -> lgb.Dataset:
    """Every row of the panel in the bins of one split's training rows. Labels not known are never used."""
    rows = training.rows
    first = lgb.Dataset(
        training.matrix, training.label, feature_name=list(rows.names), params=dict(parameters)
    ).construct()
    label = np.nan_to_num(rows.label, nan=0.0)
    return lgb.Dataset(rows.matrix, label, reference=first, params=dict(parameters)).construct()


def _fit(training: Training, model: FittedModel, binned: lgb.Dataset, parameters: Settings) -> BoosterScorer:
    rounds = _find_rounds(training, binned, parameters)
    made = lgb.train(dict(parameters), binned.subset(training.positions), num_boost_round=rounds)
    return BoosterScorer(model, lgb.Booster(model_str=made.model_to_string()))


def _find_rounds(training: Training, binned: lgb.Dataset, parameters: Settings) -> int:
    """Rounds after which the last block of training dates is no longer predicted better."""
    learn, stop = stopping_blocks(training)
    tried = lgb.train(
        dict(parameters),
        binned.subset(training.positions[learn]),
        num_boost_round=MAX_ROUNDS,
        valid_sets=[binned.subset(training.positions[stop])],
        callbacks=[lgb.early_stopping(PATIENCE_ROUNDS, verbose=False)],
    )
    return int(tried.best_iteration)


def stopping_blocks(training: Training) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions to learn from, and of the last fifth of the dates; one horizon lies between them.

    Raises :class:`DataError` when either part is without an event.
    """
    dates = np.unique(training.as_of)
    first_stop = dates[-max(1, round(STOPPING_SHARE * len(dates)))]
    matured = training.as_of + np.timedelta64(training.rows.horizon_days, "D") <= first_stop
    blocks = np.flatnonzero(matured), np.flatnonzero(training.as_of >= first_stop)
    events = [int(training.label[block].sum()) for block in blocks]
    if 0 in events:
        raise DataError.because(
            say(
                "lightgbm cannot find its number of rounds on split {split}: {dates} training dates leave "
                "{learn} events to learn from and {stop} to stop by",
                split=training.split.name,
                dates=len(dates),
                learn=events[0],
                stop=events[1],
            ),
            about="models.candidates",
            remedy=say("Use a longer history or fewer splits, or leave lightgbm out."),
        )
    return blocks
