"""TreeSHAP of a booster: LightGBM's own, or a faster exact method where it is installed and agrees.

LightGBM's contributions (Lundberg et al. 2020) are the reference and the fall-back. FastTreeSHAP (Yang 2021,
the extra ``civic-ai[fast-shap]``) gives the same numbers three times as fast, but wrong ones for rows with a
blank (measured: experiments/008-shap), so it is asked for whole rows only, and believed only where its parts
add up to the score of every row and are LightGBM's on a sample.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_ROWS = 500
"""Below that many whole rows, nothing is gained."""
SAMPLE_ROWS = 50
"""Rows on which both methods are asked."""
TOLERANCE = 1e-9
"""The most by which a part, or the sum of a row's parts, may differ."""


def tree_parts(booster: lgb.Booster, matrix: Floats) -> Floats:
    """(rows, features + 1): how far each feature moved each raw score, and the base in the last column."""
    whole = ~np.isnan(matrix).any(axis=1)
    if whole.sum() < FEWEST_ROWS:
        return _by_lightgbm(booster, matrix)
    fast = _by_fast_method(booster, matrix[whole])
    if fast is None or not _agrees(booster, matrix[whole], fast):
        return _by_lightgbm(booster, matrix)
    made = np.empty((len(matrix), fast.shape[1]))
    made[whole] = fast
    if not whole.all():
        made[~whole] = _by_lightgbm(booster, matrix[~whole])
    return made


def _by_lightgbm(booster: lgb.Booster, matrix: Floats) -> Floats:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1))


def _by_fast_method(booster: lgb.Booster, matrix: Floats) -> Floats | None:
    """None where it is not installed, or cannot read this booster."""
    try:
        library = import_module("fasttreeshap_fixed")
    except ImportError:
        return None
    try:
        explainer: Any = library.TreeExplainer(booster, algorithm="v2", n_jobs=1)
        parts = np.asarray(explainer.shap_values(matrix, check_additivity=False), dtype=np.float64)
        base = float(np.ravel(explainer.expected_value)[-1])
    except Exception:  # whatever a library of others raises, LightGBM answers instead
        return None
    return np.column_stack([parts, np.full(len(parts), base)]) if parts.shape == matrix.shape else None


def _agrees(booster: lgb.Booster, matrix: Floats, made: Floats) -> bool:
    """Whether every row adds up to its raw score, and every part of a sample is LightGBM's."""
    raw = np.asarray(booster.predict(matrix, raw_score=True, num_threads=1))
    sample = np.unique(np.linspace(0, len(matrix) - 1, SAMPLE_ROWS).astype(int))
    apart = np.abs(made[sample] - _by_lightgbm(booster, matrix[sample])).max()
    return bool(np.abs(made.sum(axis=1) - raw).max() <= TOLERANCE and apart <= TOLERANCE)
