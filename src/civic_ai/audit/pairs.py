"""Of two cases that stand side by side, one an event and one quiet: how often does the event score higher?

The area under the ROC curve, counted within strata only: two cases are compared when they stand on the same
list (and, where that is asked, have the same observer). A stratum weighs as much as it has pairs of an event
and a quiet case (the stratified area: Janes and Pepe 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.bootstrap import Floats, Integers

Flags = NDArray[np.bool_]

_CELLS_AT_ONCE = 5_000_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """(clusters, clusters): pairs of an event of the one and a quiet case of the other cluster, and how many
    of these the score puts right (a tie: half). With them the area of any resample of clusters is exact."""

    right: Floats
    all: Floats

    @property
    def number(self) -> float:
        """How many pairs there are."""
        return float(self.all.sum())

    @property
    def area(self) -> float:
        """The share put right, between 0 and 1; NaN without a pair."""
        return float(self.right.sum() / self.all.sum()) if self.number else float("nan")

    def areas(self, weights: Floats) -> Floats:
        """The area of each resample; ``weights`` (replicates, clusters): how often each cluster is drawn.

        A cluster that is drawn twice is not compared with its own copy: that would be no other place.
        """
        with np.errstate(invalid="ignore"):
            made: Floats = _drawn(weights, self.right) / _drawn(weights, self.all)
        return made


@dataclass(frozen=True, eq=False)
class Compared:
    """What may be compared with what; one entry a case. ``stratum`` and ``cluster``: codes from 0."""

    is_event: Flags
    stratum: Integers
    cluster: Integers

    def pairs(self, score: Floats) -> Pairs:
        """All pairs of an event and a quiet case of the same stratum, by their clusters."""
        order = np.lexsort((score, self.stratum))
        stratum, ranked = self.stratum[order], score[order]
        is_new = np.diff(stratum, prepend=-1) != 0
        first, _ = _runs(is_new)
        from_tie, upto_tie = _runs(is_new | (np.diff(ranked, prepend=np.nan) != 0))
        event = np.flatnonzero(self.is_event[order])
        places = first[event], from_tie[event], upto_tie[event]
        return Pairs(right=self._right(order, event, places), all=self._all())

    @property
    def _clusters(self) -> int:
        return int(self.cluster.max(initial=-1)) + 1

    def _all(self) -> Floats:
        """Pairs, right or not."""
        shape = (int(self.stratum.max(initial=-1)) + 1, self._clusters)
        cell = self.stratum * self._clusters + self.cluster
        event, quiet = (
            np.bincount(cell[side], minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
            for side in (self.is_event, ~self.is_event)
        )
        return np.asarray(event.T @ quiet)

    def _right(self, order: Integers, event: Integers, places: tuple[Integers, ...]) -> Floats:
        """Pairs put right: for each event the quiet cases below it and half of its ties, by cluster."""
        first, from_tie, upto_tie = places
        cluster, is_quiet = self.cluster[order], ~self.is_event[order]
        right = np.zeros((self._clusters, self._clusters))
        at_once = max(1, _CELLS_AT_ONCE // (len(order) + 1))
        for begin in range(0, self._clusters, at_once):
            columns = np.arange(begin, min(begin + at_once, self._clusters))
            upto = np.zeros((len(order) + 1, len(columns)))
            np.cumsum((cluster[:, None] == columns) & is_quiet[:, None], axis=0, out=upto[1:])
            below = (upto[from_tie] + upto[upto_tie]) / 2 - upto[first]
            np.add.at(right, (cluster[event][:, None], columns), below)
        return right


def share_below(score: Floats, stratum: Integers) -> Floats:
    """For each case the share of its stratum that scores lower, itself and equal ones counted half."""
    order = np.lexsort((score, stratum))
    is_new = np.diff(stratum[order], prepend=-1) != 0
    first, end = _runs(is_new)
    from_tie, upto_tie = _runs(is_new | (np.diff(score[order], prepend=np.nan) != 0))
    below = np.empty(len(score))
    below[order] = ((from_tie + upto_tie) / 2 - first) / (end - first)
    return below


def _drawn(weights: Floats, pairs: Floats) -> Floats:
    """(replicates,): pairs of two clusters as often as these met, within one as often as it was drawn."""
    own = np.diag(pairs)
    made: Floats = np.einsum("rk,rk->r", weights @ pairs, weights) - (weights * (weights - 1)) @ own
    return made


def _runs(begins: Flags) -> tuple[Integers, Integers]:
    """For each entry: where its run begins, and where the next one does."""
    starts, run = np.flatnonzero(begins), np.cumsum(begins) - 1
    ends = np.append(starts[1:], len(begins))
    return starts[run].astype(np.int64), ends[run].astype(np.int64)
