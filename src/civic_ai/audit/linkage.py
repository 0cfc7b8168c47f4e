"""Which reports are about one problem, where the city does not say: near each other, one soon after another.

Reports of one type that lie within ``metres`` and ``days`` of each other are linked, and links chain: the
problem is a connected component of the graph of links (single linkage). Distances are in a local plane.
Two thresholds cannot tell a repeat report from a new problem next door. How many links come by chance is
read off the same places a year apart, when the season is the same and the problem is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Pairs = tuple[Integers, Integers]

YEAR_DAYS = 364.0
"""52 weeks: the same season and the same day of the week."""
_METRES_A_DEGREE = 111_195.0
"""Mean length of a degree of latitude on a sphere of 6,371 km; within 0.6 % of the ellipsoid's."""


@dataclass(frozen=True, eq=False)
class Located:
    """Reports with a place; one entry a report. ``x`` and ``y`` in metres, ``at`` in days, ``kind`` a code.

    ``metres`` and ``days`` are how near a report must be to another of its kind; equal within a kind.
    """

    x: Floats
    y: Floats
    at: Floats
    kind: Integers
    metres: Floats
    days: Floats

    def scaled(self, metres: float, days: float) -> Located:
        """The same with both settings multiplied."""
        return Located(self.x, self.y, self.at, self.kind, self.metres * metres, self.days * days)


def flatten_degrees(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """Metres to the east and to the north in a plane about the middle latitude."""
    middle = float(np.mean(lat)) if len(lat) else 0.0
    return lon * (_METRES_A_DEGREE * np.cos(np.radians(middle))), lat * _METRES_A_DEGREE


def link_reports(located: Located) -> Integers:
    """(reports,): a code from 0 for each problem; reports that chain to each other share it."""
    one, other = near_pairs(located)
    many = len(located.at)
    graph = coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(many, many))
    codes: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return codes


def near_pairs(located: Located, *, apart: float = 0.0) -> Pairs:
    """Positions of two reports of a kind within both settings, the earlier one moved ``apart`` days on.

    Without ``apart`` each pair comes once; with it, each pair whose gap is within the days of ``apart``.
    """
    none: Pairs = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    kinds = (np.flatnonzero(located.kind == kind) for kind in np.unique(located.kind))
    found = [none, *(_near_in(located, rows, apart) for rows in kinds)]
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def _near_in(located: Located, rows: Integers, apart: float) -> Pairs:
    """The pairs of one kind: candidates from a tree in which both settings are 1, then the exact test."""
    metres, days = located.metres[rows[0]], located.days[rows[0]]
    flat = np.column_stack([located.x[rows] / metres, located.y[rows] / metres])
    at = located.at[rows] / days
    tree, reach = cKDTree(np.column_stack([flat, at])), np.sqrt(2) * (1 + 1e-9)
    if apart:
        moved = cKDTree(np.column_stack([flat, at + apart / days]))
        found = moved.sparse_distance_matrix(tree, reach, output_type="ndarray")
        one, other = found["i"].astype(np.int64), found["j"].astype(np.int64)
    else:
        one, other = tree.query_pairs(reach, output_type="ndarray").astype(np.int64).T
    near = ((flat[one] - flat[other]) ** 2).sum(axis=1) <= 1 + 1e-9
    soon = np.abs(at[other] - at[one] - apart / days) <= 1 + 1e-9
    return rows[one[near & soon]], rows[other[near & soon]]


def links_by_chance(located: Located) -> tuple[Floats, Floats]:
    """(reports,) twice: links of each report, and those it would have by chance.

    Half of the pairs a year apart (a window twice as wide), scaled up because the last year has no later one.
    Each link counts half for each of its two reports. NaN by chance where the reports span a year or less.
    """
    many = len(located.at)
    near = _per_report(near_pairs(located), many)
    span = float(np.ptp(located.at)) if many else 0.0
    if span <= YEAR_DAYS + float(np.max(located.days, initial=0.0)):
        return near, np.full(many, np.nan)
    later = _per_report(near_pairs(located, apart=YEAR_DAYS), many)
    return near, later / 2 * span / (span - YEAR_DAYS)


def _per_report(pairs: Pairs, many: int) -> Floats:
    counted: Floats = (np.bincount(pairs[0], minlength=many) + np.bincount(pairs[1], minlength=many)) / 2
    return counted


def linkage_ends(incident: Integers, at: Floats, ended: Floats, days: Floats) -> Floats:
    """(reports,): the end of each report's problem, or of the time in which a repeat would have been linked.

    A report that comes more than ``days`` after the last linked one starts a new problem, so the watch must
    not go on for longer: ``days`` after the last report it ends (a stopping time: it looks at the past only).
    """
    last = np.full(int(incident.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(last, incident, at)
    reach: Floats = np.fmin(ended, last[incident] + days)
    return reach
