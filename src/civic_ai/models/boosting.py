"""LightGBM: gradient-boosted trees, trained so that the same data give the same model bytes.

The number of rounds is found on the last block of the training dates, after a gap of one horizon; so is the
variance power of a Tweedie deviance (Tweedie 1984), both by the loss that all powers share. The model is then
trained on all training rows. Values are binned once, on the training rows of the first split in which the
same features vary and the same are sometimes blank, and every later split and every other objective takes a
subset of the same binned rows (no bin has seen a future); the power that is found there holds in those later
splits too, each of which finds its own rounds. A blank takes its own branch where training had one, else a
value (:mod:`stand_ins`).

Counts with an exposure e are trained as the rate y / e with weight e^(2 - power), whose gradients are those
of an offset log(e) (McCullagh and Nelder 1989, section 6.2); so LightGBM starts from the mean rate itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import ClassVar

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.rows import Training, learned_from
from civic_ai.models.scorer import Floats, ModelScorer
from civic_ai.models.tree_parts import tree_parts
from civic_ai.records.predictions import FittedModel, Settings

MAX_ROUNDS = 1000
PATIENCE_ROUNDS = 30
STOPPING_SHARE = 0.2
LEAF_CHUNK_ROWS = 20_000
TWEEDIE_POWERS = (1.1, 1.3, 1.5)
ROUNDS = "rounds"
TREES: Settings = {
    "learning_rate": 0.05,
    "num_leaves": 31,
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
    "missing": "own branch, or stand-in",
}
TWEEDIE_SETTINGS: Settings = {**SETTINGS, "tweedie_variance_powers": "1.1, 1.3 or 1.5"}


@dataclass(frozen=True)
class Objective:
    """A loss to train with and the loss to stop and to choose by; ``power``: variance ~ mean^power."""

    settings: Settings
    metric: str
    power: float = 1.0

    def parameters(self, model: FittedModel) -> Settings:
        """What LightGBM is told."""
        return {**tree_parameters(model), **self.settings, "metric": self.metric}


def tree_parameters(model: FittedModel) -> Settings:
    """How the trees of a model are grown, by its own settings."""
    return {**{name: model.settings[name] for name in TREES}, "seed": model.seed}


POISSON = (Objective({"objective": "poisson"}, "poisson"),)
BINARY = (Objective({"objective": "binary"}, "binary_logloss"),)
TWEEDIE = tuple(
    Objective({"objective": "tweedie", "tweedie_variance_power": power}, "poisson", power)
    for power in TWEEDIE_POWERS
)
BY_LINK = {"log": POISSON, "logit": BINARY}


@dataclass(frozen=True)
class BoosterScorer(ModelScorer):
    """A booster read from its own text, so that a loaded one predicts the same to the last bit."""

    file_name: ClassVar[str] = "booster.txt"
    booster: lgb.Booster

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Log of the expected count, or log odds, one a row."""
        made = self.booster.predict(self.matrix(frame), raw_score=True, num_threads=1)
        return np.asarray(made + self.offset(frame).sum(axis=1))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """TreeSHAP (Lundberg et al. 2020), see :mod:`tree_parts`; the last column is the base."""
        made = tree_parts(self.booster, self.matrix(frame))
        return np.hstack([made[:, :-1], self.offset(frame), made[:, -1:]])

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """Rows of ``frame`` in the emptiest leaf of any tree.

        Measured, because ``min_data_in_leaf`` bounds LightGBM's own estimate of a leaf's rows, not
        the rows themselves.
        """
        matrix = self.matrix(frame)
        trees, leaves = self.booster.num_trees(), int(self.model.settings["num_leaves"])
        counts = np.zeros(trees * leaves, dtype=np.int64)
        for start in range(0, len(matrix), LEAF_CHUNK_ROWS):
            chunk = matrix[start : start + LEAF_CHUNK_ROWS]
            leaf = self.booster.predict(chunk, pred_leaf=True, num_threads=1).astype(np.int64)
            cells = leaf.reshape(-1, trees) + np.arange(trees) * leaves
            counts += np.bincount(cells.ravel(), minlength=len(counts))
        return int(counts[counts > 0].min())

    def to_bytes(self) -> bytes:
        """LightGBM's own text."""
        return bytes(self.booster.model_to_string().encode())

    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> BoosterScorer:
        """The booster of the text."""
        return cls(model, lgb.Booster(model_str=content.decode()))


def plan_boosting(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], ModelScorer]]:
    """Fits with the likelihood of the label's kind, one a split, still to be run."""
    return _plan(trainings, model, BY_LINK[model.link])


def plan_tweedie(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], ModelScorer]]:
    """Fits with a Tweedie deviance, one a split, still to be run."""
    return _plan(trainings, model, TWEEDIE)


def _plan(
    trainings: Sequence[Training], model: FittedModel, objectives: Sequence[Objective]
) -> list[Callable[[], ModelScorer]]:
    """Splits in which the same features vary, and the same are sometimes blank, share bins."""
    first = {training.bins_key: training for training in reversed(trainings)}
    return [partial(_fit, training, first[training.bins_key], model, objectives) for training in trainings]


def _fit(
    training: Training, first: Training, model: FittedModel, objectives: Sequence[Objective]
) -> BoosterScorer:
    """Trained on all training rows with the objective and the rounds that predict the last block best, or
    with those that the settings name."""
    binned = binned_rows(first, model.seed)
    best, rounds = settled(model, objectives) or _search(training, first, model, objectives)
    rows = _labelled(binned.subset(training.positions).construct(), training, best.power)
    made = lgb.train(dict(best.parameters(model)), rows, num_boost_round=rounds)
    return grown(training, model, {**best.settings, ROUNDS: rounds}, made.model_to_string())


def settled(model: FittedModel, objectives: Sequence[Objective]) -> tuple[Objective, int] | None:
    """The objective and the rounds that an earlier training found and the settings name; None where they
    are to be searched."""
    if ROUNDS not in model.settings:
        return None
    [objective] = [each for each in objectives if each.settings.items() <= model.settings.items()]
    return objective, int(model.settings[ROUNDS])


def _search(
    training: Training, first: Training, model: FittedModel, objectives: Sequence[Objective]
) -> tuple[Objective, int]:
    """The objective that is best in ``first``, and the rounds that are best in ``training``."""
    if len(objectives) == 1:
        return _best(training, first, model, objectives)
    name = f"objective and rounds of split {first.split.name} with {model.digest}"
    kept = first.rows.derived
    with _SEARCHING:
        if name not in kept:
            kept[name] = _best(first, first, model, objectives)
    is_first = training.split.name == first.split.name
    best: tuple[Objective, int] = kept[name]
    return best if is_first else _best(training, first, model, best[:1])


def _best(
    training: Training, first: Training, model: FittedModel, objectives: Sequence[Objective]
) -> tuple[Objective, int]:
    binned = binned_rows(first, model.seed)
    blocks = [binned.subset(training.positions[block]).construct() for block in stopping_blocks(training)]
    tried = [(*_try(each, model, training, blocks), each) for each in objectives]
    _, rounds, best = min(tried, key=lambda each: each[0])
    return best, rounds


def grown(training: Training, model: FittedModel, found: Settings, text: str) -> BoosterScorer:
    """The scorer of a trained booster's ``text``; ``found``: settings that training chose."""
    fitted = learned_from(training, model).model_copy(update={"settings": {**model.settings, **found}})
    return BoosterScorer(fitted, lgb.Booster(model_str=text))


def _try(
    objective: Objective, model: FittedModel, training: Training, blocks: Sequence[lgb.Dataset]
) -> tuple[float, int]:
    """Loss on the last block of training dates, and the rounds after which it falls no longer."""
    learn, stop = blocks
    tried = lgb.train(
        dict(objective.parameters(model)),
        _labelled(learn, training, objective.power),
        num_boost_round=MAX_ROUNDS,
        valid_sets=[_labelled(stop, training)],
        callbacks=[lgb.early_stopping(PATIENCE_ROUNDS, verbose=False)],
    )
    return float(tried.best_score["valid_0"][objective.metric]), int(tried.best_iteration)


def _labelled(subset: lgb.Dataset, training: Training, power: float = 1.0) -> lgb.Dataset:
    """The rows with their label, as rates with weights where there is an exposure."""
    label, weight = targets(training, subset.used_indices, power)
    labelled = subset.set_label(label)
    return labelled if weight is None else labelled.set_weight(weight)


def targets(
    training: Training, positions: NDArray[np.int64], power: float = 1.0
) -> tuple[Floats, Floats | None]:
    """What the trees learn at ``positions`` of the panel's rows: labels, or rates and their weights."""
    rows = training.rows
    label = rows.label[positions]
    if rows.exposure is None or training.typical_exposure is None:
        return label, None
    exposure = rows.exposure[positions] / training.typical_exposure
    return label / exposure, exposure ** (2.0 - power)


_BINNING, _SEARCHING = Lock(), Lock()


def binned_rows(first: Training, seed: int) -> lgb.Dataset:
    """Every row of the panel in the bins of the training rows of ``first``; made once, then shared."""
    name = f"bins of split {first.split.name} with seed {seed}"
    kept = first.rows.derived
    with _BINNING:
        if name not in kept:
            kept[name] = _bin(first, {**TREES, "seed": seed})
    return kept[name]


def _bin(first: Training, parameters: Settings) -> lgb.Dataset:
    bins = lgb.Dataset(first.matrix, feature_name=list(first.rows.names), params=dict(parameters)).construct()
    return lgb.Dataset(first.rows.matrix, reference=bins, params=dict(parameters)).construct()


def stopping_blocks(training: Training) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions to learn from, and of the last fifth of the dates; one horizon lies between them.

    Raises :class:`DataError` when either part is without an event.
    """
    dates = np.unique(training.as_of)
    first_stop = dates[-max(1, round(STOPPING_SHARE * len(dates)))]
    matured = training.rows.matured_on[training.positions] <= first_stop
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
