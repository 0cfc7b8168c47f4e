"""Do neighbours err together? Residuals by place, and Moran's I of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from civic_ai.evaluation.error_rows import SMALLEST_SPREAD, ErrorRows, Floats
from civic_ai.records.figure import Figure, missing

PERMUTATIONS, ORDERS_AT_ONCE = 999, 111
ROUNDING = 1e-12
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
    p_value = (1 + _as_much_alike(values, pairs, seed)) / (PERMUTATIONS + 1)
    return Figure(value=observed, n=len(values)), p_value


def _as_much_alike(values: Floats, pairs: Pairs, seed: int) -> int:
    """In how many random orders of ``values`` neighbours are at least as much alike: by z'Wz, for n, S0 and
    z'z stay; equal up to rounding is as much."""
    z, random = values - values.mean(), np.random.default_rng(seed)
    neighbours = sparse.csr_array((np.ones(len(pairs[0])), pairs), shape=(len(z), len(z)))
    least = z @ (neighbours @ z) - ROUNDING * np.abs(z) @ (neighbours @ np.abs(z))
    found = 0
    for begin in range(0, PERMUTATIONS, ORDERS_AT_ONCE):
        orders = min(ORDERS_AT_ONCE, PERMUTATIONS - begin)
        shuffled = random.permuted(np.tile(z, (orders, 1)), axis=1).T
        found += int((np.einsum("ij,ij->j", shuffled, neighbours @ shuffled) >= least).sum())
    return found
