"""``lower`` and ``upper`` of durations: quantiles of a case's curve, set right by how earlier cases ended.

Distributional conformal prediction (Chernozhukov, Wuethrich and Zhu 2021): the score of a case is how far
from the middle of its own curve it ended, |F(T) - 1/2|; bounds are the curve's quantiles 1/2 -+ q, with q the
ceil((n + 1) level)-th smallest score of the cases of its group whose horizon had passed by its as-of date,
whichever test split they stand in. Only cases whose whole horizon had passed teach, ended or not, so quick
ones are not preferred. Where fewer than ``LEAST_CASES`` had, of the group and of all, the bounds are the
curve's own quantiles. They are told in whole days that hold the level at least; beyond tau nothing is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from civic_ai.models.curve_baselines import GROUP
from civic_ai.models.curves import OPEN_AFTER, Curves, read_curves
from civic_ai.models.hazard_rows import Days, ended_of
from civic_ai.models.rows import PanelRows
from civic_ai.models.survival import Floats, Integers, Mask
from civic_ai.models.table import Scored

LEAST_CASES = 100


@dataclass(frozen=True, eq=False)
class Followed:
    """One candidate's curves of cases in any order, when each was scored, its group, and what became of it.

    ``matured_on``: the day by whose end the horizon has passed. ``days`` NaN: not known to the end.
    """

    curves: Curves
    as_of: Days
    matured_on: Days
    group: Integers
    days: Floats
    ended: Mask

    @property
    def scores(self) -> Floats:
        """How far from the middle of its curve each case ended; open at tau: how far beyond it at least."""
        days = np.nan_to_num(self.days, nan=float(self.curves.tau))
        beyond = 0.5 - self.curves.at_own(days)
        return np.asarray(np.where(self.ended, np.abs(beyond), np.maximum(beyond, 0.0)))


def curve_bounds(cases: Followed, level: float) -> tuple[Floats, Floats]:
    """(cases,) twice: days between which ``level`` of the outcomes lie; ``upper`` is at most tau."""
    reach, scores = np.full(len(cases.as_of), level / 2), cases.scores
    is_known = ~np.isnan(cases.days)
    for today in np.unique(cases.as_of):
        asked = cases.as_of == today
        known = is_known & (cases.matured_on <= today)
        everyone = _reach(scores[known], level)
        for group in np.unique(cases.group[asked]):
            own = _reach(scores[known & (cases.group == group)], level)
            reach[asked & (cases.group == group)] = next(
                (each for each in (own, everyone) if not math.isnan(each)), level / 2
            )
    lower = cases.curves.quantile(0.5 - reach) - 1.0
    return np.maximum(lower, 0.0), cases.curves.quantile(0.5 + reach)


def _reach(scores: Floats, level: float) -> float:
    """The score that is exceeded with chance 1 - level; NaN where too few are known."""
    if len(scores) < LEAST_CASES:
        return math.nan
    rank = min(math.ceil((len(scores) + 1) * level), len(scores))
    return float(np.partition(scores, rank - 1)[rank - 1])


def with_curve_bounds(scored: Sequence[Scored], rows: PanelRows, level: float) -> list[Scored]:
    """The same scores of durations, each candidate's with ``lower`` and ``upper``."""
    in_order = sorted(scored, key=lambda each: (each.candidate, each.split.cutoff))
    return [
        bounded
        for _, of_candidate in groupby(in_order, key=lambda each: each.candidate)
        for bounded in _bound(list(of_candidate), rows, level)
    ]


def _bound(splits: Sequence[Scored], rows: PanelRows, level: float) -> list[Scored]:
    """One candidate's splits, oldest first."""
    positions = [rows.of(each.split) for each in splits]
    names = [name for name in splits[0].columns if name.startswith(OPEN_AFTER)]
    curves = read_curves({name: np.concatenate([each.columns[name] for each in splits]) for name in names})
    lower, upper = curve_bounds(_followed(curves, rows, np.concatenate(positions)), level)
    ends = np.cumsum([len(each) for each in positions])[:-1]
    parts = zip(splits, np.split(lower, ends), np.split(upper, ends), strict=True)
    return [replace(each, columns={**each.columns, "lower": low, "upper": high}) for each, low, high in parts]


def _followed(curves: Curves, rows: PanelRows, positions: Integers) -> Followed:
    days, ended = rows.label[positions], ended_of(rows.frame)[positions]
    has_group = GROUP in rows.frame.columns
    group = rows.frame[GROUP].to_numpy(dtype=np.float64)[positions] if has_group else np.zeros(len(positions))
    return Followed(
        curves=curves,
        as_of=rows.as_of[positions],
        matured_on=rows.matured_on[positions],
        group=np.nan_to_num(group, nan=-1.0).astype(np.int64),
        days=np.where(ended | (days >= rows.horizon_days), days, np.nan),
        ended=ended,
    )
