"""What a model reads instead of a blank that it has never seen.

A blank in a feature that was sometimes blank in training has been learned from: trees have a branch for it, a
linear model a flag. A feature that never was blank has neither, and LightGBM reads its blanks as 0. After
rows were not handed over for a year (``gaps``), every count of that year is blank, and a forecast that takes
silence for zero demand is wrong by the whole demand. So such a blank takes the pace of another window that is
known (ratio imputation: Cochran 1977, chapter 6), else the training median.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from civic_ai.records.panel import Feature
from civic_ai.records.predictions import FittedModel, StandIn

Floats = NDArray[np.float64]

COUNTED = ("history", "neighbours")
"""Families whose features are counts, so that one may be a multiple of another."""
SAMPLE_ROWS = 20_000
"""Training rows, evenly spread, on which medians and rates are found."""


def stand_ins_for(matrix: Floats, features: Sequence[Feature]) -> dict[str, StandIn]:
    """One for every feature without a blank in ``matrix`` (training rows x features).

    Another count stands in at its rate, sum over sum, where that misses by less than the median does, in
    mean absolute error over the rows on which it is known; who misses by least comes first.
    """
    whole: list[int] = np.flatnonzero(~np.isnan(matrix).any(axis=0)).tolist()
    sample = matrix[:: max(1, len(matrix) // SAMPLE_ROWS)]
    counted = [i for i, feature in enumerate(features) if feature.family in COUNTED]
    return {
        features[i].name: StandIn(
            typical=float(np.median(sample[:, i])),
            rates=_rates(sample, i, {j: features[j].name for j in counted if i in counted and j != i}),
        )
        for i in whole
    }


def _rates(sample: Floats, of: int, others: Mapping[int, str]) -> tuple[tuple[str, float], ...]:
    """Which other features can stand in for feature ``of``, and at what rate; the best first."""
    found = []
    for j, name in others.items():
        known = ~np.isnan(sample[:, j])
        value, other = sample[known, of], sample[known, j]
        if not other.sum() > 0:
            continue
        rate = float(value.sum() / other.sum())
        missed = float(np.abs(value - rate * other).mean())
        if missed < np.abs(value - np.median(value)).mean():
            found.append((missed, name, rate))
    return tuple((name, rate) for _, name, rate in sorted(found))


def without_strange_blanks(matrix: Floats, model: FittedModel) -> Floats:
    """The matrix (rows x features of the model) with every blank filled that training never saw."""
    blank = np.isnan(matrix)
    strange = [i for i in np.flatnonzero(blank.any(axis=0)) if model.features[i] in model.stand_ins]
    if not strange:
        return matrix
    filled = matrix.copy()
    for i in strange:
        filled[blank[:, i], i] = _values(matrix[blank[:, i]], model, model.stand_ins[model.features[i]])
    return filled


def _values(rows: Floats, model: FittedModel, stand_in: StandIn) -> Floats:
    made = np.full(len(rows), np.nan)
    for name, rate in stand_in.rates:
        made = np.where(np.isnan(made), rows[:, model.features.index(name)] * rate, made)
    return np.where(np.isnan(made), stand_in.typical, made)
