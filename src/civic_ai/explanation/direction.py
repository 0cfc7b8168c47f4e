"""Which way a feature moves scores as it grows, and which features say nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal

import numpy as np
from scipy import stats

from civic_ai.explanation.contributions import Contributions
from civic_ai.models.scorer import Floats

Direction = Literal["raises", "lowers", "mixed", "none"]

CLEAR = 0.5
"""Rank correlation (or weighed sign) from which a direction is called clear."""
SAME = 0.9
"""Rank correlation from which two features say nearly the same (METHODS 5)."""
_LEAST_ROWS = 3


def directions(moved: Contributions) -> list[Direction]:
    """For each feature: as it grows it ``raises`` or ``lowers`` the score, is ``mixed``, or moves ``none``.

    By Spearman's rank correlation of the feature with its contribution, where the feature is known.
    """
    return [_direction(value, part) for value, part in zip(moved.values.T, moved.parts.T, strict=True)]


def family_direction(features: list[Direction], sizes: Floats) -> Direction:
    """The direction of features taken together, each weighed by its size."""
    if not sizes.sum() > 0:
        return "none"
    signs = np.array([{"raises": 1.0, "lowers": -1.0}.get(direction, 0.0) for direction in features])
    return _named(float(signs @ sizes / sizes.sum()))


def near_copies(moved: Contributions) -> Iterator[tuple[int, int]]:
    """Pairs of features (by position) that both move scores and have a rank correlation beyond SAME."""
    moving = np.flatnonzero(np.abs(moved.parts).sum(axis=0) > 0)
    for left, right in combinations(moving.tolist(), 2):
        if abs(_rank_correlation(moved.values[:, left], moved.values[:, right])) > SAME:
            yield left, right


def _direction(value: Floats, part: Floats) -> Direction:
    if not np.abs(part).sum() > 0:
        return "none"
    return _named(_rank_correlation(value, part))


def _named(sign: float) -> Direction:
    if abs(sign) < CLEAR:
        return "mixed"
    return "raises" if sign > 0 else "lowers"


def _rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's; 0 where one of them does not vary or hardly anything is known."""
    known = ~(np.isnan(left) | np.isnan(right))
    left, right = left[known], right[known]
    if len(left) < _LEAST_ROWS or np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(stats.spearmanr(left, right).statistic)
