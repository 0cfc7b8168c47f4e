"""The area under the ROC curve over all rows as one list, and how sure it is."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from civic_ai.evaluation.lists import Floats, Mask
from civic_ai.evaluation.uncertainty import Interval


def placements(score: Floats, is_event: Mask) -> Floats:
    """For each event the share of quiet rows that score lower, for each quiet row the share of events that
    score higher; equal scores count half. The mean of either side is the area (Hanley and McNeil 1982)."""
    events, quiet = score[is_event], score[~is_event]
    placed = np.empty(len(score))
    placed[is_event] = _share_below(events, quiet)
    placed[~is_event] = 1 - _share_below(quiet, events)
    return placed


def area_interval(score: Floats, is_event: Mask, level: float) -> Interval | None:
    """Interval of the area when rows, not dates, are what varies (DeLong, DeLong and Clarke-Pearson 1988).

    None with fewer than two events or two quiet rows.
    """
    sides = [placements(score, is_event)[side] for side in (is_event, ~is_event)]
    if min(map(len, sides)) < 2:
        return None
    half = stats.norm.ppf((1 + level) / 2) * math.sqrt(sum(side.var(ddof=1) / len(side) for side in sides))
    area = sides[0].mean()
    return max(float(area - half), 0.0), min(float(area + half), 1.0)


def _share_below(score: Floats, of: Floats) -> Floats:
    """For each score the share of ``of`` that lies below it, equal ones as half."""
    ranked = np.sort(of)
    both = np.searchsorted(ranked, score, "left") + np.searchsorted(ranked, score, "right")
    return np.asarray(both / 2 / max(len(of), 1))
