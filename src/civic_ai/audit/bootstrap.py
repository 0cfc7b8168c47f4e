"""Resampled areas: what every sum would have been with other areas of the same kind of city."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REPLICATES = 1000
_DRAWS_AT_ONCE = 5_000_000


def sum_by_cluster(cluster: Integers, values: Floats) -> Floats:
    """(clusters, columns): sums of ``values`` (units, columns) over the units of each cluster."""
    many = int(cluster.max(initial=-1)) + 1
    return np.column_stack([np.bincount(cluster, column, many) for column in values.T])


def resample_sums(sums: Floats, *, seed: int, replicates: int = REPLICATES) -> Floats:
    """(replicates, columns): totals over clusters drawn with replacement (cluster bootstrap).

    ``sums`` (clusters, columns). Cameron, Gelbach & Miller (2008): rows of one area are kept together, so
    that what areas have in common is not taken for evidence. One matrix product for all columns.
    """
    clusters = len(sums)
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(clusters, 1))
    parts = [
        _times_drawn(rng, min(at_once, replicates - done), clusters) @ sums
        for done in range(0, replicates, at_once)
    ]
    return np.concatenate(parts)


def _times_drawn(rng: np.random.Generator, replicates: int, clusters: int) -> Floats:
    """(replicates, clusters): how often each cluster is drawn; every row sums to ``clusters``."""
    drawn = rng.integers(0, clusters, (replicates, clusters))
    drawn += np.arange(replicates)[:, None] * clusters
    counts = np.bincount(drawn.ravel(), minlength=replicates * clusters)
    return counts.reshape(replicates, clusters).astype(np.float64)
