"""The chance that a row is visited, and how high it stands on its list, exact where scores tie."""

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
    return _mean_worth(day, score, np.minimum(np.arange(len(day) + 1.0), capacity))


def list_exposure(day: Integers, score: Floats) -> Floats:
    """For each row 1 / log2(1 + rank) on the list of its day: 1 at the top, 0.5 in third place, less below
    (discounted gain: Jarvelin and Kekalainen 2002). Ties have the mean over all orders."""
    worth = 1 / np.log2(1 + np.arange(1.0, len(day) + 1.0))
    return _mean_worth(day, score, np.concatenate([[0.0], np.cumsum(worth)]))


def _mean_worth(day: Integers, score: Floats, worth: Floats) -> Floats:
    """For each row the worth of its place on the list of its day, shared evenly where scores tie.

    ``worth`` (rows + 1,): what the first n places of a list are worth together.
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
    mean = np.empty(len(day))
    mean[order] = np.repeat((worth[above + tied] - worth[above]) / tied, tied)
    return mean
