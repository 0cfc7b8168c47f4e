"""The line that would set scores right: what came, regressed on the score.

logit(P(event)) = a + b logit(score) for events (Cox 1958), log(E[count]) = a + b log(score) for counts.
b is the calibration slope: below 1 the scores are too extreme, above 1 too timid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import logit

from civic_ai.evaluation.lists import Floats, Integers, Lists
from civic_ai.evaluation.statistic import Statistic

Kind = Literal["event", "count", "duration"]
_MOST_STEPS = 50
_LONGEST_STEP = 2.0
_CLOSE_ENOUGH = 1e-9
_EDGE = 1e-12


@dataclass(frozen=True)
class _Link:
    """From score to line, from line to mean, from mean to variance."""

    line: Callable[[Floats], Floats]
    mean: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]


_LINKS: dict[Kind, _Link] = {
    "event": _Link(
        line=lambda score: np.asarray(logit(np.clip(score, _EDGE, 1 - _EDGE))),
        mean=lambda line: 1 / (1 + np.exp(-line)),
        variance=lambda mean: mean * (1 - mean),
    ),
    "count": _Link(line=np.log, mean=np.exp, variance=lambda mean: mean),
}


@dataclass(frozen=True, eq=False)
class _Regression:
    """Rows in order of date: design (p, rows), fixed part of the line, labels; where each date begins."""

    design: Floats
    offset: Floats
    label: Floats
    begins: Integers
    link: _Link

    def derivatives(self, beta: Floats) -> Floats:
        """(dates, p + p * p): score vector and information matrix of the likelihood, by date."""
        with np.errstate(over="ignore", invalid="ignore"):
            mean = self.link.mean(self.offset + sum(b * x for b, x in zip(beta, self.design, strict=True)))
            residual, weighted = self.label - mean, self.design * self.link.variance(mean)
            parts = (*(self.design * residual), *(one * other for one in weighted for other in self.design))
            return np.column_stack([np.add.reduceat(part, self.begins) for part in parts])


def recalibration_slope(lists: Lists, kind: Kind) -> Statistic:
    """The slope b of the recalibration line; NaN when it has no finite estimate.

    In replicates: one Newton step from the estimate, so that sums by date suffice (one-step bootstrap,
    Shao and Tu 1995, section 5.4).
    """
    line = _line(lists, kind)
    return _last_coefficient(lists, kind, np.stack([np.ones_like(line), line]), np.zeros_like(line))


def recalibration_intercept(lists: Lists, kind: Kind) -> Statistic:
    """Calibration in the large: a, with b held at 1 (Van Calster et al. 2019); NaN without estimate."""
    line = _line(lists, kind)
    return _last_coefficient(lists, kind, np.ones((1, len(line))), line)


def _line(lists: Lists, kind: Kind) -> Floats:
    score = lists.scores[lists.filled]
    return _LINKS[kind].line(score if kind == "event" else lists.positive(score))


def _last_coefficient(lists: Lists, kind: Kind, design: Floats, offset: Floats) -> Statistic:
    begins = np.cumsum(lists.sizes) - lists.sizes
    rows = _Regression(design, offset, lists.labels[lists.filled], begins, _LINKS[kind])
    beta = _newton(rows)
    size = len(design)

    def stepped(totals: Floats) -> Floats:
        square = totals[..., size:].reshape(*totals.shape[:-1], size, size)
        value: Floats = beta[-1] + _solve(square, totals[..., :size])[..., -1]
        return value

    return Statistic(rows.derivatives(beta), stepped)


def _newton(rows: _Regression) -> Floats:
    """The maximum of the likelihood, from a flat line; NaN when the steps do not settle."""
    size = len(rows.design)
    beta = np.zeros(size)
    for _ in range(_MOST_STEPS):
        totals = rows.derivatives(beta).sum(axis=0)
        step = _solve(totals[size:].reshape(size, size), totals[:size])
        beta = beta + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        if not np.abs(step).max() > _CLOSE_ENOUGH:
            return beta
    return np.full(size, np.nan)


def _solve(square: Floats, right: Floats) -> Floats:
    """Solutions (..., p) of (..., p, p) systems; NaN where a matrix is singular or not finite."""
    identity = np.eye(square.shape[-1])
    usable = np.asarray(np.isfinite(square).all(axis=(-2, -1)) & np.isfinite(right).all(axis=-1))
    finite = np.where(usable[..., None, None], square, identity)
    usable = usable & (np.linalg.cond(finite) < 1 / _EDGE)
    regular = np.where(usable[..., None, None], square, identity)
    solved = np.linalg.solve(regular, np.where(usable[..., None], right, 0.0)[..., None])[..., 0]
    return np.where(usable[..., None], solved, np.nan)
