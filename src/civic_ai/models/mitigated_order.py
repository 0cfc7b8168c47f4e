"""Orders of a list that reach groups more evenly at the same capacity. Pure arithmetic on one list.

A list is the units of one as-of date. Within a group the order by score always stands: what changes is how
deep each group is served. Equal scores stand in the order of ``tie``, which is drawn by the pilot's seed.
Sources: Rodolfa, Lamba and Ghani 2021 (recall parity); METHODS 4.1 (without labels, floors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BEYOND = np.iinfo(np.int64).max
"""The priority of units that stand deeper in their group than any past list tells of."""


@dataclass(frozen=True, eq=False)
class OneList:
    """The units of one as-of date; one entry a unit. ``group``: a code from 0. ``unit``: its place among all
    units. ``label``: only of the past."""

    score: Floats
    group: Integers
    tie: Integers
    unit: Integers
    label: Floats | None = None

    @property
    def order(self) -> Integers:
        """Positions by score, highest first."""
        return np.lexsort((self.tie, -self.score))

    @property
    def depth(self) -> Integers:
        """How many units of its own group stand before each."""
        order = self.order
        by_group = order[np.argsort(self.group[order], kind="stable")]
        begins = np.concatenate([[0], np.cumsum(np.bincount(self.group))])[self.group[by_group]]
        depth = np.empty(len(order), dtype=np.int64)
        depth[by_group] = np.arange(len(order)) - begins
        return depth


@dataclass(frozen=True, eq=False)
class Depths:
    """Which group is served next, from the first visit on: ``group`` and, among its units, ``depth``."""

    group: Integers
    depth: Integers

    def order(self, one: OneList) -> Integers:
        """Positions of a new list in this order of service; deeper units come last, by score."""
        pairs = zip(self.group.tolist(), self.depth.tolist(), strict=True)
        known = {pair: i for i, pair in enumerate(pairs)}
        asked = zip(one.group.tolist(), one.depth.tolist(), strict=True)
        priority = np.array([known.get(pair, BEYOND) for pair in asked], dtype=np.int64)
        return np.lexsort((one.tie, -one.score, priority))


def depths_of_past(past: Sequence[OneList]) -> Depths:
    """Depths at which groups would have had equal recall on lists whose outcomes are known.

    The recall of a group down to a depth is what was found there on all past lists over all that happened to
    the group; the next visit goes to the group and depth with the least recall, at equal recall to the
    higher mean score. With one past list, the first k are the published algorithm's (Rodolfa et al. 2021).
    A group to which nothing happened has no recall: its scores stand in for its outcomes.
    """
    score = np.concatenate([one.score for one in past])
    group = np.concatenate([one.group for one in past])
    label = np.concatenate([np.zeros(0) if one.label is None else one.label for one in past])
    depth = np.concatenate([one.depth for one in past])
    deepest = depth.max() + 1
    key, at = np.unique(group * deepest + depth, return_inverse=True)
    groups, depths = np.divmod(key, deepest)
    found, expected = np.bincount(at, label, len(key)), np.bincount(at, score, len(key))
    happened = np.bincount(groups, found)[groups] > 0
    recall = _running_share(np.where(happened, found, expected), groups)
    order = np.lexsort((depths, groups, -expected / np.bincount(at, minlength=len(key)), recall))
    return Depths(groups[order], depths[order])


def expected_parity(one: OneList) -> Integers:
    """Positions in the order in which groups have equal *expected* recall on this very list: scores are read
    as chances, so it needs no outcome, and calibrated scores in every group (METHODS 4.1)."""
    order = one.order
    by_group = order[np.argsort(one.group[order], kind="stable")]
    recall = np.empty(len(order))
    recall[by_group] = _running_share(one.score[by_group], one.group[by_group])
    return np.lexsort((one.tie, -one.score, recall))


def with_floors(one: OneList, least: Integers, capacity: int) -> Integers:
    """Positions in the order in which each group (here: a district) has at least ``least[group]`` visits,
    or all its units, and everything else goes by score. ``least`` sums to at most ``capacity``."""
    order = one.order
    sure = one.depth < least[one.group]
    rest = order[~sure[order]]
    others = rest[: max(0, capacity - int(sure.sum()))]
    visited = sure.copy()
    visited[others] = True
    return np.concatenate([order[visited[order]], order[~visited[order]]])


def interpolated(one: OneList, capacity: int, strength: float) -> Integers:
    """Positions where each group is served to ``(1 - strength) x`` its depth by score plus ``strength x`` its
    depth at equal expected recall (0: the list as it is; 1: expected parity); the rest by score."""
    groups = int(one.group.max(initial=-1)) + 1
    before, parity = (
        np.bincount(one.group[order[:capacity]], minlength=groups)
        for order in (one.order, expected_parity(one))
    )
    sizes = np.bincount(one.group, minlength=groups)
    wanted = np.clip((1 - strength) * before + strength * parity, 0, sizes)
    return with_floors(one, _whole(wanted, capacity), capacity)


def take_over(score: Floats, order: Integers) -> Floats:
    """Scores of the units, so that sorting by them gives ``order``: the list's own scores, handed out again.

    The multiset of scores stays, so calibration is measured on what the changed list says. Of equal scores
    the lower place gets the next smaller number (a step of 1e-16), else equal scores would share places.
    """
    ranked = np.sort(score)[::-1]
    made = np.empty_like(ranked)
    made[order] = _falling(ranked)
    return made


def least_visits(need: Floats, *, floor: float, capacity: int) -> Integers:
    """(districts,): whole visits that reach ``floor`` times each district's share of ``need``, rounded down;
    none where nothing was needed anywhere."""
    total = need.sum()
    share = need / total if total > 0 else np.zeros_like(need)
    return np.floor(floor * capacity * share + 1e-9).astype(np.int64)


def _falling(ranked: Floats) -> Floats:
    """The numbers made strictly falling by their last bits (positive doubles are ordered like integers); zero
    stays zero, and negative numbers stay as they are."""
    positive = ranked[ranked > 0].view(np.int64)
    steps = np.arange(len(positive))
    bits = np.minimum.accumulate(positive + steps) - steps
    return np.concatenate([np.maximum(bits, 1).view(np.float64), ranked[len(positive) :]])


def _running_share(value: Floats, group: Integers) -> Floats:
    """Running total over total within each group (groups stand together); position over size where that is
    nothing."""
    parts = np.split(value, np.flatnonzero(np.diff(group)) + 1)
    return np.concatenate(
        [np.cumsum(even) / even.sum() for even in map(_not_nothing, parts) if len(even)] or [value]
    )


def _not_nothing(part: Floats) -> Floats:
    return part if part.sum() > 0 else np.ones_like(part)


def _whole(wanted: Floats, capacity: int) -> Integers:
    """Whole numbers near ``wanted`` whose sum is at most ``capacity`` (largest remainders)."""
    least = np.floor(wanted + 1e-9).astype(np.int64)
    left = max(0, min(capacity, round(float(wanted.sum()))) - int(least.sum()))
    by_rest = np.argsort(-(wanted - least), kind="stable")[:left]
    least[by_rest] += 1
    return least
