"""Cases cut into stretches of days: in each, was the case still open at its beginning, and did it end?

Discrete-time survival (Singer and Willett 1993): the chance of ending in a stretch, given that the case was
open when it began, is a binary outcome that any classifier can learn, and censored cases give the stretches
that they lived through. A stretch is used only where it lies wholly before the cutoff, whether the case ended
in it or not: a half-watched one would show the ends of quick cases and not the waiting of slow ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.models.curves import grid_days
from civic_ai.models.rows import PanelRows
from civic_ai.models.survival import Floats, Integers, Mask

MOST_VALUES = 25_000_000
"""Above so many numbers (200 MB) only every second, third, ... case is learned from, evenly over time."""

Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Stretches:
    """One row a case and stretch in which it was open; ``case`` is the case's position in the panel's rows.

    ``begins`` and ``finishes``: the day by whose end it begins and is over. ``ended``: the case ended in it.
    """

    rows: PanelRows
    case: Integers
    stretch: Integers
    begins: Days
    finishes: Days
    ended: Mask

    def matrix(self, of: Integers) -> Floats:
        """Features of the case, then the number of the stretch, for some of the stretches."""
        return np.column_stack([self.rows.matrix[self.case[of]], self.stretch[of].astype(np.float64)])

    def known_by(self, cutoff: np.datetime64) -> Mask:
        """Which stretches were over by the end of that day."""
        return np.asarray(self.finishes <= cutoff)


def cut_into_stretches(rows: PanelRows, most_values: int = MOST_VALUES) -> Stretches:
    """All stretches of every case, or of every k-th case where they would be more than ``most_values``."""
    days, starts = _edges(rows.horizon_days)
    label = rows.label
    ended = ended_of(rows.frame)
    is_open = (label[:, None] > starts) | ((starts == 0) & (label[:, None] >= 0))
    lived = is_open & (ended[:, None] | (label[:, None] >= days))
    every = math.ceil(lived.sum() * (len(rows.names) + 1) / most_values)
    lived[np.arange(len(lived)) % max(every, 1) != 0] = False
    case, stretch = np.nonzero(lived)
    day = np.timedelta64(1, "D")
    return Stretches(
        rows=rows,
        case=case,
        stretch=stretch,
        begins=rows.as_of[case] + starts[stretch] * day,
        finishes=rows.as_of[case] + days[stretch] * day,
        ended=ended[case] & (label[case] <= days[stretch]),
    )


def ended_of(frame: pd.DataFrame) -> Mask:
    """The panel's column ``ended``; False where the label is blank."""
    return np.asarray(frame["ended"].to_numpy(dtype=object, na_value=False), dtype=bool)


def each_stretch(matrix: Floats, stretches: Integers) -> Floats:
    """Rows of features, each repeated for every one of ``stretches``, with its number as last column."""
    numbers = np.tile(stretches.astype(np.float64), len(matrix))
    return np.column_stack([np.repeat(matrix, len(stretches), axis=0), numbers])


def _edges(horizon_days: int) -> tuple[Integers, Integers]:
    """Last day of each stretch, and the last day before it."""
    days = np.array(grid_days(horizon_days))
    return days, np.concatenate([[0], days[:-1]])
