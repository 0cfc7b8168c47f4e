"""Resampled places: what every sum would have been with other places of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from civic_ai.evaluation.uncertainty import Interval

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

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
    if replicates * units <= _DRAWS_AT_ONCE:
        return _all_drawn(seed, replicates, units) @ sums
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(units, 1))
    parts = [
        _times_drawn(rng, min(at_once, replicates - done), units) @ sums
        for done in range(0, replicates, at_once)
    ]
    return np.concatenate(parts)


def clusters_of(areas: Sequence[str | None]) -> Integers:
    """(units,): codes from 0 of what is resampled together: the units of one area, for what they have in
    common (crews, inspectors, neighbours) is one piece of evidence; a unit without an area stands alone."""
    names = [f"area {area}" if area is not None else f"unit {i}" for i, area in enumerate(areas)]
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)


def sum_clusters(sums: Floats, clusters: Integers) -> Floats:
    """(clusters, columns): the rows of ``sums`` (units, columns) added up by the code of their cluster."""
    order = np.argsort(clusters, kind="stable")
    begins = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    added: Floats = np.add.reduceat(sums[order], begins, axis=0)
    return added


def accelerated(value: float, draws: Floats, without_one: Floats, level: float) -> Interval:
    """An interval from ``draws`` of a figure whose spread depends on where it lies (BCa: Efron 1987).

    ``without_one``: the figure without each unit in turn. The ends lie a little further out, as Student's t
    does and because drawn units vary a little less than units do (Hesterberg 2015).
    """
    units = len(without_one)
    below = (np.sum(draws < value) + np.sum(draws == value) / 2 + 0.5) / (len(draws) + 1)
    shift = stats.norm.ppf(below)
    apart = without_one.mean() - without_one
    spread = float((apart**2).sum()) ** 1.5
    bend = float((apart**3).sum()) / (6 * spread) if spread > 0 else 0.0
    half = np.sqrt(units / (units - 1)) * stats.t.ppf((1 + level) / 2, units - 1)
    moved = shift + np.array([-half, half])
    ends = stats.norm.cdf(shift + moved / (1 - bend * moved))
    low, high = np.quantile(draws, ends, method="nearest")
    return float(low), float(high)


@lru_cache(maxsize=2)
def _all_drawn(seed: int, replicates: int, units: int) -> Floats:
    """Kept, for an audit draws the same places again and again: at most 40 MB each."""
    made = _times_drawn(np.random.default_rng(seed), replicates, units)
    made.flags.writeable = False
    return made


def _times_drawn(rng: np.random.Generator, replicates: int, units: int) -> Floats:
    """(replicates, units): how often each unit is drawn; every row sums to ``units``."""
    drawn = rng.integers(0, units, (replicates, units))
    drawn += np.arange(replicates)[:, None] * units
    counts = np.bincount(drawn.ravel(), minlength=replicates * units)
    return counts.reshape(replicates, units).astype(np.float64)
