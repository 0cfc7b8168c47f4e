"""How much a unit's counts change from one horizon to the next: the scale of scaled errors.

Root of the mean squared difference of one horizon's count to the one before (Hyndman and Koehler 2006; the
denominator of RMSSE), over all pairs of horizons that had ended by the as-of date. The horizons are counted
off from the first as-of date, so that a later date adds pairs and changes none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.cube import build_cube
from civic_ai.panel.gaps import silence_of_types
from civic_ai.panel.label import Label
from civic_ai.panel.scope import Scope

Floats = NDArray[np.float64]


def naive_scale(scope: Scope, label: Label) -> Floats:
    """Dates x units; NaN where no two horizons in a row are known, 0 where they never differ.

    Horizons that touch a gap are left out with the differences on both of their sides.
    """
    horizon, dates = scope.horizon, scope.dates
    before = (dates[0] - (label.first_day - 1)) // horizon
    ends = dates[0] + horizon * np.arange(-before, (dates[-1] - dates[0]) // horizon + 1)
    if len(ends) < 3:
        return np.full((len(dates), len(scope.units)), np.nan)
    counts = np.diff(build_cube(label.events, [ends], len(scope.units)).totals, axis=0)
    silent = silence_of_types(scope.city.spec, scope.city.spec.label.source).between(ends[:-1], ends[1:]) > 0
    is_pair = ~(silent[1:] | silent[:-1])
    squares = np.diff(counts, axis=0).astype(np.float64) ** 2
    squares *= is_pair[:, scope.units.type_of]
    summed, pairs = np.cumsum(squares, axis=0), np.cumsum(is_pair, axis=0)
    known = np.searchsorted(ends[2:], dates, side="right") - 1
    lines = np.maximum(known, 0)
    pairs = np.where(known[:, None] >= 0, pairs[lines], 0)[:, scope.units.type_of]
    return np.where(pairs > 0, np.sqrt(summed[lines] / np.maximum(pairs, 1)), np.nan)
