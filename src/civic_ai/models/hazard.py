"""lightgbm_hazard: how long it will take, by trees that learn the chance of ending in each stretch of days.

One binary LightGBM over cases cut into stretches (``hazard_rows``); the number of the stretch is a feature,
so the curves of two cases may cross. A case's curve is the product of its chances of staying open; its score
is the restricted mean of that curve. Everything is censored at the split's cutoff. The number of rounds is
found on the stretches that began in the last fifth of the training dates, unless the settings name it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import ClassVar, Self

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.special import expit

from civic_ai.core.canonical import canonical_json
from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.boosting import (
    MAX_ROUNDS,
    PATIENCE_ROUNDS,
    ROUNDS,
    STOPPING_SHARE,
    TREES,
    tree_parameters,
)
from civic_ai.models.curve_baselines import waits_of
from civic_ai.models.curves import Curves, from_hazards, grid_days
from civic_ai.models.hazard_rows import MOST_VALUES, Stretches, cut_into_stretches, each_stretch
from civic_ai.models.rows import Training, learned_from
from civic_ai.models.scorer import Columns, Floats, ModelScorer
from civic_ai.models.survival import Integers
from civic_ai.models.tree_parts import tree_parts
from civic_ai.records.predictions import FittedModel, Settings

CHUNK_ROWS = 5_000
EXPLAINED = 5
STRETCH = "stretch"
HAZARD_TREES: Settings = {**TREES, "objective": "binary", "num_leaves": 15}
SETTINGS: Settings = {
    **HAZARD_TREES,
    "max_rounds": MAX_ROUNDS,
    "patience_rounds": PATIENCE_ROUNDS,
    "stopping_share": STOPPING_SHARE,
    "most_values": MOST_VALUES,
    "explained_stretches": EXPLAINED,
    "missing": "own branch, or stand-in",
}


@dataclass(frozen=True)
class HazardScorer(ModelScorer):
    """The raw score is the mean of the log odds of *not* ending, over :data:`EXPLAINED` stretches spread
    evenly from the first to the last: larger means longer.

    It orders cases much as the score (mean days) does, but only it is a sum of parts. Contributions take as
    long a stretch as those of an event take in all, so not every stretch is asked. ``spent`` (stretches,):
    days that training cases which ended in a stretch waited in it.
    """

    file_name: ClassVar[str] = "hazard.json"
    booster: lgb.Booster
    spent: Floats

    def curves(self, frame: pd.DataFrame) -> Curves:
        """Chance of still being open, one curve a row, on the grid of the horizon."""
        days = np.array(grid_days(self.model.horizon_days))
        log_odds = self._by_stretch(frame, self._log_odds, np.arange(len(days)))
        return from_hazards(days, np.asarray(expit(log_odds)))

    def score(self, frame: pd.DataFrame) -> Floats:
        """Mean days until done, of at most the horizon, one a row."""
        return self.curves(frame).restricted_mean(self.spent)

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Mean over the explained stretches of the log odds of not ending, one a row."""
        return np.asarray(-self._by_stretch(frame, self._log_odds, self.explained).mean(axis=1))

    @property
    def explained(self) -> Integers:
        """The numbers of the stretches over which the raw score is a mean."""
        last = len(grid_days(self.model.horizon_days)) - 1
        return np.unique(np.round(np.linspace(0, last, EXPLAINED))).astype(np.int64)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """TreeSHAP of the log odds (Lundberg et al. 2020, see :mod:`tree_parts`), averaged over stretches.

        The base is the average for a case of which nothing is known. What the stretch itself adds differs
        from case to case only by its interplay with the features, so that difference is shared out among
        them in proportion to the size of their own parts.
        """
        blank = pd.DataFrame(np.nan, index=[0], columns=list(self.features))
        made = -self._by_stretch(frame, self._parts, self.explained).mean(axis=1)
        of_blank = -self._by_stretch(blank, self._parts, self.explained).mean(axis=1)
        parts, interplay = made[:, :-2], made[:, -2] - of_blank[0, -2]
        size = np.abs(parts)
        total = size.sum(axis=1, keepdims=True)
        even = np.full_like(size, 1.0 / size.shape[1])
        share = np.divide(size, total, out=even, where=total > 0)
        base = np.full((len(parts), 1), of_blank[0, -2:].sum())
        return np.hstack([parts + share * interplay[:, None], base])

    def columns(self, frame: pd.DataFrame) -> Columns:
        """``open_after_<d>``, one a row."""
        return self.curves(frame).columns()

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """Cases in the emptiest leaf, as counted when it was fitted (the stretches are not in ``frame``)."""
        assert self.model.smallest_cell is not None, "only a lockbox's model is counted and sealed"
        return self.model.smallest_cell

    def to_bytes(self) -> bytes:
        """LightGBM's own text and the days spent, as canonical JSON."""
        return canonical_json({"booster": self.booster.model_to_string(), "spent": self.spent.tolist()})

    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> Self:
        """The booster and the days of the JSON."""
        read = json.loads(content)
        return cls(model, lgb.Booster(model_str=read["booster"]), np.array(read["spent"], dtype=np.float64))

    def _log_odds(self, stretches: Floats) -> Floats:
        return np.asarray(self.booster.predict(stretches, raw_score=True, num_threads=1))

    def _parts(self, stretches: Floats) -> Floats:
        return tree_parts(self.booster, stretches)

    def _by_stretch(
        self, frame: pd.DataFrame, predict: Callable[[Floats], Floats], stretches: Integers
    ) -> Floats:
        """(rows, stretches, ...): what ``predict`` says of each of ``stretches``, some rows at a time."""
        matrix, made = self.matrix(frame), []
        for start in range(0, max(len(matrix), 1), CHUNK_ROWS):
            said = predict(each_stretch(matrix[start : start + CHUNK_ROWS], stretches))
            made.append(said.reshape(-1, len(stretches), *said.shape[1:]))
        return np.concatenate(made)


def plan_hazard(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], HazardScorer]]:
    """Fits, one a split, still to be run. Splits with one ``bins_key`` share their bins."""
    first = {training.bins_key: training for training in reversed(trainings)}
    return [partial(_fit, training, first[training.bins_key], model) for training in trainings]


@dataclass(frozen=True, eq=False)
class _Binned:
    """All stretches of the panel in the bins of one split's training stretches."""

    stretches: Stretches
    data: lgb.Dataset


_MAKING = Lock()


def _binned(first: Training) -> _Binned:
    """Made once for all splits that share bins; no bin has seen a future."""
    kept = first.rows.derived
    with _MAKING:
        name = f"stretches in the bins of split {first.split.name}"
        if name not in kept:
            kept[name] = _bin(first, cut_into_stretches(first.rows))
    made: _Binned = kept[name]
    return made


def _bin(first: Training, stretches: Stretches) -> _Binned:
    parameters = {**HAZARD_TREES, "seed": 0}
    known = np.flatnonzero(stretches.known_by(np.datetime64(first.split.cutoff, "D")))
    names = [*first.rows.names, STRETCH]
    bins = lgb.Dataset(
        stretches.matrix(known), stretches.ended[known], feature_name=names, params=parameters
    ).construct()
    matrix = stretches.matrix(np.arange(len(stretches.case)))
    data = lgb.Dataset(matrix, stretches.ended, reference=bins, params=parameters).construct()
    return _Binned(stretches, data)


def _fit(training: Training, first: Training, model: FittedModel) -> HazardScorer:
    binned = _binned(first)
    parameters = {**tree_parameters(model), "objective": "binary"}
    rounds = int(model.settings.get(ROUNDS) or _find_rounds(training, binned, parameters))
    known = np.flatnonzero(binned.stretches.known_by(np.datetime64(training.split.cutoff, "D")))
    made = lgb.train(dict(parameters), binned.data.subset(known), num_boost_round=rounds)
    booster = lgb.Booster(model_str=made.model_to_string())
    if training.split.is_lockbox:
        leaves = int(model.settings["num_leaves"])
        smallest = _smallest_leaf(booster, leaves, binned.stretches, known)
        model = model.model_copy(update={"smallest_cell": smallest})
    model = model.model_copy(update={"settings": {**model.settings, ROUNDS: rounds}})
    days = np.array(grid_days(model.horizon_days), dtype=np.float64)
    return HazardScorer(learned_from(training, model), booster, waits_of(training).spent(days))


def _find_rounds(training: Training, binned: _Binned, parameters: Settings) -> int:
    """Rounds after which the last block of stretches is no longer predicted better."""
    learn, stop = stopping_stretches(training, binned.stretches)
    tried = lgb.train(
        dict(parameters),
        binned.data.subset(learn),
        num_boost_round=MAX_ROUNDS,
        valid_sets=[binned.data.subset(stop)],
        callbacks=[lgb.early_stopping(PATIENCE_ROUNDS, verbose=False)],
    )
    return int(tried.best_iteration)


def stopping_stretches(training: Training, stretches: Stretches) -> tuple[Integers, Integers]:
    """Stretches to learn from, which were over when the last fifth of the training dates began, and those to
    stop by, which began after that and were over by the cutoff.

    Raises :class:`DataError` when no case ended in one of the two.
    """
    dates = np.unique(training.as_of)
    first_stop = dates[-max(1, round(STOPPING_SHARE * len(dates)))]
    cutoff = np.datetime64(training.split.cutoff, "D")
    learn = np.flatnonzero(stretches.known_by(first_stop))
    stop = np.flatnonzero((stretches.begins >= first_stop) & stretches.known_by(cutoff))
    ends = [int(stretches.ended[block].sum()) for block in (learn, stop)]
    if 0 in ends:
        raise DataError.because(
            say(
                "lightgbm_hazard cannot find its number of rounds on split {split}: {learn} cases ended in "
                "the stretches to learn from and {stop} in those to stop by",
                split=training.split.name,
                learn=ends[0],
                stop=ends[1],
            ),
            about="models.candidates",
            remedy=say("Use a longer history or fewer splits, or leave lightgbm_hazard out."),
        )
    return learn, stop


def _smallest_leaf(booster: lgb.Booster, leaves: int, stretches: Stretches, known: Integers) -> int:
    """Fewest different cases behind any leaf of any tree, of those that the model was trained on."""
    trees = booster.num_trees()
    counts = np.zeros((trees, leaves), dtype=np.int64)
    cases, first = np.unique(stretches.case[known], return_index=True)
    for start in range(0, len(cases), CHUNK_ROWS):
        last = first[start + CHUNK_ROWS] if start + CHUNK_ROWS < len(cases) else len(known)
        of_chunk = known[first[start] : last]
        leaf = booster.predict(stretches.matrix(of_chunk), pred_leaf=True, num_threads=1).astype(np.int64)
        case = np.searchsorted(cases, stretches.case[of_chunk]) - start
        for tree, of_tree in enumerate(leaf.reshape(len(of_chunk), trees).T):
            different = np.unique(case * leaves + of_tree) % leaves
            counts[tree] += np.bincount(different, minlength=leaves)
    return int(counts[counts > 0].min())
