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
from scipy import sparse
from scipy.optimize import minimize
from scipy.sparse.linalg import SuperLU, splu

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
        start[:], evidence = _fit(repeats, expected, _penalty(laplacian, logs), start)
        return -evidence

    grid = [np.array([s, i]) for s in (0.0, 2.5) for i in (0.0, 2.5)]
    first = min(grid, key=cost)
    around = first + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    settings = {"maxfev": _MOST_TRIES, "xatol": 0.05, "fatol": 0.01, "initial_simplex": around}
    best = minimize(cost, first, method="Nelder-Mead", options=settings).x
    penalty = _penalty(laplacian, best)
    mode, _ = _fit(repeats, expected, penalty, start)
    hessian = Curvature(penalty, expected * np.exp(mode[0] + mode[1:])).dense()
    many = len(repeats)
    centre = np.eye(many + 1)[1:] - np.r_[0.0, np.full(many, 1 / many)]
    variance = ((centre @ np.linalg.inv(hessian)) * centre).sum(axis=1)
    together, alone = np.exp(np.clip(best, -_WIDEST, _WIDEST))
    return Smoothed(centre @ mode, np.sqrt(variance), float(together), float(alone))


def laplacian_of(touching: Pairs, many: int) -> sparse.csc_array:
    """(areas, areas): number of neighbours on the diagonal, -1 for each pair that touches."""
    adjacent = sparse.coo_array((np.ones(len(touching[0])), touching), shape=(many, many)).tocsc()
    adjacent.data[:] = 1.0
    return sparse.csc_array(sparse.diags_array(adjacent.sum(axis=1)) - adjacent)


def _penalty(laplacian: sparse.csc_array, logs: Floats) -> sparse.csc_array:
    together, alone = np.exp(np.clip(logs, -_WIDEST, _WIDEST))
    return sparse.csc_array(together * laplacian + alone * sparse.eye_array(laplacian.shape[0]))


def _fit(repeats: Floats, expected: Floats, penalty: sparse.csc_array, start: Floats) -> tuple[Floats, float]:
    """Mode (city, then areas), and the evidence there."""
    theta = start.copy()
    for _ in range(_STEPS):
        mean = expected * np.exp(theta[0] + theta[1:])
        gradient = np.r_[(repeats - mean).sum(), repeats - mean - penalty @ theta[1:]]
        step = np.clip(Curvature(penalty, mean).solve(gradient), -1.0, 1.0)
        theta += step
        if np.abs(step).max() < _ENOUGH:
            break
    mean = expected * np.exp(theta[0] + theta[1:])
    rough = theta[1:] @ (penalty @ theta[1:])
    told = float(repeats @ (theta[0] + theta[1:]) - mean.sum() - rough / 2)
    return theta, told + _log_determinant(_factors(penalty)) / 2 - Curvature(
        penalty, mean
    ).log_determinant() / 2


class Curvature:
    """Minus the second derivative by the city's level, then the areas': sparse but for its first row and
    column, which are taken out by Schur's complement."""

    def __init__(self, penalty: sparse.csc_array, mean: Floats) -> None:
        self.mean = mean
        self.areas = sparse.csc_array(penalty + sparse.diags_array(mean))
        self.factors = _factors(self.areas)
        self.border = self.factors.solve(mean)
        self.corner = float(mean.sum() - mean @ self.border)

    def solve(self, right: Floats) -> Floats:
        """The vector that this makes ``right``."""
        areas = self.factors.solve(right[1:])
        city = (right[0] - self.mean @ areas) / self.corner
        made: Floats = np.r_[city, areas - city * self.border]
        return made

    def log_determinant(self) -> float:
        """Logarithm of the determinant."""
        return _log_determinant(self.factors) + float(np.log(self.corner))

    def dense(self) -> Floats:
        """(1 + areas, 1 + areas)."""
        edge = self.mean[None, :]
        made: Floats = np.block([[np.array([[self.mean.sum()]]), edge], [edge.T, self.areas.toarray()]])
        return made


def _factors(matrix: sparse.csc_array) -> SuperLU:
    """Factors of a symmetric positive matrix."""
    return splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})


def _log_determinant(factors: SuperLU) -> float:
    return float(np.log(np.abs(factors.U.diagonal())).sum())
