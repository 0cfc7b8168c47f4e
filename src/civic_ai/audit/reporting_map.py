"""The reporting rate of each area, smoothed over its neighbours: penalised Poisson regression, no sampling.

log rate_a = city + b_a. The mode of sum(y eta - e^eta) - 1/2 b'(ts L + ti I) b, where L is the Laplacian of
the graph of neighbours; (ts, ti) maximise Laplace's evidence ll + 1/2 log|Q| - 1/2 log|H| (METHODS 1.1, in
the place of the sampled ICAR model of Liu, Bhandaram & Garg 2024). Repeat reports come in bunches, so counts
are divided by the dispersion, else bunches would pass for places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Pairs = tuple[Integers, Integers]

_STEPS, _ENOUGH, _MOST_TRIES = 60, 1e-8, 50
_WIDEST = 8.0
"""Logarithms of the weights lie within this of 0."""


@dataclass(frozen=True, eq=False)
class Smoothed:
    """``log_rate`` (areas,) over the city's mean, ``error`` its posterior deviation, and the weights."""

    log_rate: Floats
    error: Floats
    together: float
    alone: float


def smooth_rates(repeats: Floats, expected: Floats, touching: Pairs) -> Smoothed:
    """Smoothed log rates; ``expected`` is what the city's rates would give an area (0: nothing is known).

    ``touching``: pairs of positions of neighbours, each pair both ways round. Areas that were never watched
    take the mean of their neighbours, with the error that this has.
    """
    laplacian = laplacian_of(touching, len(repeats))
    start = np.zeros(len(repeats) + 1)

    def cost(logs: Floats) -> float:
        start[:], _, evidence = _fit(repeats, expected, _penalty(laplacian, logs), start)
        return -evidence

    grid = [np.array([s, i]) for s in (0.0, 2.5) for i in (0.0, 2.5)]
    first = min(grid, key=cost)
    around = first + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    settings = {"maxfev": _MOST_TRIES, "xatol": 0.05, "fatol": 0.01, "initial_simplex": around}
    best = minimize(cost, first, method="Nelder-Mead", options=settings).x
    mode, hessian, _ = _fit(repeats, expected, _penalty(laplacian, best), start)
    many = len(repeats)
    centre = np.eye(many + 1)[1:] - np.r_[0.0, np.full(many, 1 / many)]
    variance = ((centre @ np.linalg.inv(hessian)) * centre).sum(axis=1)
    together, alone = np.exp(np.clip(best, -_WIDEST, _WIDEST))
    return Smoothed(centre @ mode, np.sqrt(variance), float(together), float(alone))


def laplacian_of(touching: Pairs, many: int) -> Floats:
    """(areas, areas): number of neighbours on the diagonal, -1 for each pair that touches."""
    adjacent = np.zeros((many, many))
    adjacent[touching[0], touching[1]] = 1.0
    laplacian: Floats = np.diag(adjacent.sum(axis=1)) - adjacent
    return laplacian


def _penalty(laplacian: Floats, logs: Floats) -> Floats:
    together, alone = np.exp(np.clip(logs, -_WIDEST, _WIDEST))
    penalty: Floats = together * laplacian + alone * np.eye(len(laplacian))
    return penalty


def _fit(repeats: Floats, expected: Floats, penalty: Floats, start: Floats) -> tuple[Floats, Floats, float]:
    """Mode (city, then areas), minus the second derivative there, and the evidence."""
    many, theta = len(repeats), start.copy()
    full = np.zeros((many + 1, many + 1))
    full[1:, 1:] = penalty
    for _ in range(_STEPS):
        mean = expected * np.exp(theta[0] + theta[1:])
        gradient = np.r_[(repeats - mean).sum(), repeats - mean] - full @ theta
        hessian = full + _curvature(mean)
        step = np.clip(np.linalg.solve(hessian, gradient), -1.0, 1.0)
        theta += step
        if np.abs(step).max() < _ENOUGH:
            break
    mean = expected * np.exp(theta[0] + theta[1:])
    hessian = full + _curvature(mean)
    told = float(repeats @ (theta[0] + theta[1:]) - mean.sum() - theta @ full @ theta / 2)
    evidence = told + np.linalg.slogdet(penalty)[1] / 2 - np.linalg.slogdet(hessian)[1] / 2
    return theta, hessian, float(evidence)


def _curvature(mean: Floats) -> Floats:
    """Minus the second derivative of the likelihood by the city's level and the areas'."""
    made = np.zeros((len(mean) + 1, len(mean) + 1))
    made[0, 0] = mean.sum()
    made[0, 1:] = made[1:, 0] = mean
    made[np.arange(1, len(mean) + 1), np.arange(1, len(mean) + 1)] = mean
    return made
