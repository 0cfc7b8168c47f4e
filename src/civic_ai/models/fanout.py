"""Fits run beside each other through joblib: two threads here, or wherever joblib is told to take them.

``with parallel_config("dask"):`` around a run (``--engine dask://...``) carries the same calls to a cluster.
A fit pickles as the address of its panel, its split and its settings, and is deterministic, so its model
has the same bytes on every back end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

FITS_AT_ONCE = 2
"""One thread inside a fit and two fits at once beat two threads inside (measured: TARGETS 3)."""

T = TypeVar("T")


def run_all(calls: Iterable[Callable[[], T]]) -> list[T]:
    """What each call returns, in the order of the calls, whatever the back end.

    A Dask back end takes as many calls at once as its cluster has cores.
    """
    with threadpool_limits(1):
        made: list[T] = Parallel(FITS_AT_ONCE, prefer="threads")(delayed(_alone)(call) for call in calls)
    return made


def _alone(call: Callable[[], T]) -> T:
    """One thread inside, for good: a worker process has no other use, and here ``run_all`` gives back."""
    threadpool_limits(1)
    return call()
