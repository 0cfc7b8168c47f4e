"""The chance that a row is visited, exact where scores tie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def visit_chance(day: Integers, score: Floats, capacity: int) -> Floats:
    """For each row the chance that it is among the ``capacity`` highest scores of its day.

    1 above the last place, 0 below; units that tie for the last places share them evenly, which is the
    mean over all orders of equal scores. The found events of a day then equal
    :func:`civic_ai.evaluation.capacity.expected_found`.
    """
    order = np.lexsort((-score, day))
    sorted_day, sorted_score = day[order], score[order]
    new_day = np.ones(len(day), dtype=bool)
    new_day[1:] = sorted_day[1:] != sorted_day[:-1]
    new_tie = new_day.copy()
    new_tie[1:] |= sorted_score[1:] != sorted_score[:-1]
    tie_begins, day_begins = np.flatnonzero(new_tie), np.flatnonzero(new_day)
    tied = np.diff(tie_begins, append=len(day))
    above = tie_begins - day_begins[np.cumsum(new_day)[tie_begins] - 1]
    chance = np.empty(len(day))
    chance[order] = np.repeat(np.clip((capacity - above) / tied, 0.0, 1.0), tied)
    return chance
