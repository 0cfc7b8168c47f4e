"""Do neighbours err together? Residuals by place, and Moran's I of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.evaluation.error_rows import SMALLEST_SPREAD, ErrorRows, Floats
from civic_ai.records.figure import Figure, missing

PERMUTATIONS = 999
FEWEST_PLACES = 10
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class PlaceErrors:
    """What was predicted and what came in each place over all test dates; places in order."""

    places: pd.Index
    predicted: Floats
    came: Floats

    @property
    def residual(self) -> Floats:
        """Pearson's residual of each place."""
        return np.asarray((self.came - self.predicted) / np.sqrt(self.predicted + SMALLEST_SPREAD))


def errors_by_place(rows: ErrorRows, place_of_unit: pd.Index) -> PlaceErrors:
    """Sums by place; units without a place are left out."""
    places = pd.Index(sorted(set(place_of_unit.dropna())))
    position = places.get_indexer(place_of_unit)[rows.unit]
    inside = position >= 0
    predicted, came = (
        np.asarray(np.bincount(position[inside], values[inside], len(places)), dtype=np.float64)
        for values in (rows.predicted, rows.came)
    )
    return PlaceErrors(places, predicted, came)


def morans_i(values: Floats, pairs: Pairs) -> float:
    """I = n / S0 * z'Wz / z'z with W = 1 for neighbours (Moran 1950); NaN where nothing varies.

    ``pairs``: positions of neighbours, each pair both ways round. About -1 / (n - 1) for noise, above it
    where neighbours err together.
    """
    one, other = pairs
    z = values - values.mean()
    spread = float(z @ z)
    if not len(one) or spread == 0:
        return float("nan")
    return float(len(values) / len(one) * (z[one] @ z[other]) / spread)


def moran_test(values: Floats, pairs: Pairs | None, *, seed: int) -> tuple[Figure, float | None]:
    """Moran's I and its one-sided p-value: how often shuffled places look as much alike (Cliff, Ord 1981)."""
    if pairs is None:
        return missing("nothing_says_who_is_next_to_whom", n=len(values)), None
    if len(values) < FEWEST_PLACES:
        return missing("too_few_places", n=len(values)), None
    observed = morans_i(values, pairs)
    if not np.isfinite(observed):
        return missing("nothing_varies", n=len(values)), None
    random = np.random.default_rng(seed)
    shuffled = [morans_i(random.permutation(values), pairs) for _ in range(PERMUTATIONS)]
    p_value = (1 + sum(one >= observed for one in shuffled)) / (PERMUTATIONS + 1)
    return Figure(value=observed, n=len(values)), p_value
