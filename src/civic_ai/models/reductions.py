"""Fairlearn's ways to decide yes or no with an equal true positive rate, to compare with (METHODS 4.2).

ExponentiatedGradient (Agarwal et al. 2018) fits several models and mixes them; it needs the attribute to
learn, not to decide. ThresholdOptimizer (Hardt, Price and Srebro 2016) sets a threshold for each group, so it
needs the attribute of everyone it decides about. Both say a chance to be chosen, with few different values:
units that tie share the last places of a list evenly. Neither is sealed: neither can be a champion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.models.mitigated_order import Floats, Integers
from civic_ai.models.rows import PanelRows, Training
from civic_ai.pilot.mitigation import MitigationMethod

MOST_ROWS = 20_000
"""Training rows at most, the latest ones: fairlearn fits a model for each of its steps."""
ITERATIONS, SLACK = 12, 0.02
"""ExponentiatedGradient's steps, and the difference of true positive rates that it allows."""
HELD_BACK = 0.25
"""Share of the training rows, the latest, on which ThresholdOptimizer sets its thresholds."""
TREES: Mapping[str, Any] = {"n_estimators": 60, "num_leaves": 15, "min_child_samples": 50, "verbosity": -1}


def decide(
    method: MitigationMethod, training: Training, group: Integers, positions: NDArray[np.int64], seed: int
) -> Floats:
    """The chance of each row of ``positions`` to be chosen. ``group``: (rows of the panel,) codes."""
    learned = training.positions[-MOST_ROWS:]
    return _DECIDED[method](training.rows, (learned, positions), group, seed)


Places = tuple[NDArray[np.int64], NDArray[np.int64]]


def _mixed(rows: PanelRows, places: Places, group: Integers, seed: int) -> Floats:
    from fairlearn.reductions import ExponentiatedGradient, TruePositiveRateParity

    learned, asked = places
    model = ExponentiatedGradient(
        _trees(seed), TruePositiveRateParity(difference_bound=SLACK), eps=SLACK, max_iter=ITERATIONS
    )
    model.fit(rows.matrix[learned], _happened(rows, learned), sensitive_features=group[learned])
    return np.asarray(model._pmf_predict(rows.matrix[asked])[:, 1], dtype=np.float64)


def _thresholds(rows: PanelRows, places: Places, group: Integers, seed: int) -> Floats:
    from fairlearn.postprocessing import ThresholdOptimizer

    learned, asked = places
    first = round(len(learned) * (1 - HELD_BACK))
    fitted = _trees(seed).fit(rows.matrix[learned[:first]], _happened(rows, learned[:first]))
    held = learned[first:]
    model = ThresholdOptimizer(
        estimator=fitted,
        constraints="true_positive_rate_parity",
        objective="balanced_accuracy_score",
        prefit=True,
        predict_method="predict_proba",
    )
    model.fit(rows.matrix[held], _happened(rows, held), sensitive_features=group[held])
    chosen = model._pmf_predict(rows.matrix[asked], sensitive_features=group[asked])
    return np.asarray(chosen[:, 1], dtype=np.float64)


_DECIDED: Mapping[MitigationMethod, Callable[[PanelRows, Places, Integers, int], Floats]] = {
    "exponentiated_gradient": _mixed,
    "threshold_optimizer": _thresholds,
}


def _happened(rows: PanelRows, at: NDArray[np.int64]) -> Integers:
    return (rows.label[at] > 0).astype(np.int64)


def _trees(seed: int) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(**TREES, random_state=seed, n_jobs=1, deterministic=True, force_row_wise=True)
