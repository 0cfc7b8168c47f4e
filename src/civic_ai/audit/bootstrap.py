"""Resampled units: what every sum would have been with other places of the same kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REPLICATES = 1000
_DRAWS_AT_ONCE = 5_000_000


def resample_sums(sums: Floats, *, seed: int, replicates: int = REPLICATES) -> Floats:
    """(replicates, columns): totals over units drawn with replacement (cluster bootstrap).

    ``sums`` (units, columns): what each unit adds up to over all dates. All dates of a unit are kept
    together (Cameron, Gelbach & Miller 2008), so that a place which is always missed is one piece of
    evidence and not one for every date. The interval is wider than what another period in the same
    places would show. One matrix product for all columns.
    """
    units = len(sums)
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(units, 1))
    parts = [
        _times_drawn(rng, min(at_once, replicates - done), units) @ sums
        for done in range(0, replicates, at_once)
    ]
    return np.concatenate(parts)


def _times_drawn(rng: np.random.Generator, replicates: int, units: int) -> Floats:
    """(replicates, units): how often each unit is drawn; every row sums to ``units``."""
    drawn = rng.integers(0, units, (replicates, units))
    drawn += np.arange(replicates)[:, None] * units
    counts = np.bincount(drawn.ravel(), minlength=replicates * units)
    return counts.reshape(replicates, units).astype(np.float64)
