"""TreeSHAP of a booster: by patterns where that is sure to be LightGBM's answer, else LightGBM's own.

LightGBM's contributions (Lundberg et al. 2020) are the reference and the fall-back. :mod:`tree_patterns`
gives the same numbers several times as fast (measured: experiments/008-shap), and is believed only where its
parts add up to the score of every row and are LightGBM's on a sample.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from civic_ai.models.tree_patterns import Floats, pattern_parts

FEWEST_ROWS = 1_000
"""Below that many rows, nothing is gained."""
SAMPLE_ROWS = 50
"""Rows on which both methods are asked."""
TOLERANCE = 1e-9
"""The most by which a part, or the sum of a row's parts, may differ."""


def tree_parts(booster: lgb.Booster, matrix: Floats) -> Floats:
    """(rows, features + 1): how far each feature moved each raw score, and the base in the last column."""
    if len(matrix) >= FEWEST_ROWS:
        made = pattern_parts(booster, matrix)
        if made is not None and _agrees(booster, matrix, made):
            return made
    return _by_lightgbm(booster, matrix)


def _by_lightgbm(booster: lgb.Booster, matrix: Floats) -> Floats:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1))


def _agrees(booster: lgb.Booster, matrix: Floats, made: Floats) -> bool:
    """Whether every row adds up to its raw score, and every part of a sample is LightGBM's."""
    raw = np.asarray(booster.predict(matrix, raw_score=True, num_threads=1))
    sample = np.unique(np.linspace(0, len(matrix) - 1, SAMPLE_ROWS).astype(int))
    apart = np.abs(made[sample] - _by_lightgbm(booster, matrix[sample])).max()
    return bool(np.abs(made.sum(axis=1) - raw).max() <= TOLERANCE and apart <= TOLERANCE)
