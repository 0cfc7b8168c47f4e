"""The duplicate-report model when some problems are never reported twice: zero-inflated Poisson.

P(M = 0) = pi + (1 - pi) exp(-rate T), P(M = m) = (1 - pi) Poisson(m; rate T) for m > 0 (Lambert 1992), log
link for the rate, one pi for the city (Liu, Bhandaram & Garg 2024). The plain Poisson model with errors
clustered by area decides the verdict: where pi is the same for all groups it is right about ratios without
knowing pi (METHODS 1.1: -1.001 for -0.992 with half of the incidents never reported again). This model says
how many those are, and whether the ratios would move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_STEPS, _ENOUGH, _LONGEST = 200, 1e-10, 2.0


@dataclass(frozen=True, eq=False)
class Inflated:
    """``beta`` (columns,) log rates, ``covariance`` clustered, ``share`` pi.

    ``gain``: by how much the log-likelihood beats that of the Poisson model with the same columns.
    """

    beta: Floats
    covariance: Floats
    share: float
    gain: float


@dataclass(frozen=True, eq=False)
class _Data:
    """Repeat reports, days and columns of each incident."""

    repeats: Floats
    days: Floats
    design: Floats

    def split(self, theta: Floats) -> tuple[Floats, Floats, float]:
        """Means, chance that a quiet incident is one that is never reported again, and pi."""
        mean, pi = self.days * np.exp(self.design @ theta[:-1]), float(expit(theta[-1]))
        never = np.where(self.repeats == 0, pi / (pi + (1 - pi) * np.exp(-mean)), 0.0)
        return mean, never, pi

    def likelihood(self, theta: Floats) -> float:
        """Log-likelihood of the zero-inflated model, with the constant term."""
        mean, _, pi = self.split(theta)
        quiet = np.log(pi + (1 - pi) * np.exp(-mean))
        told = np.log1p(-pi) + self.repeats * np.log(mean) - mean - gammaln(self.repeats + 1)
        return float(np.where(self.repeats == 0, quiet, told).sum())

    def scores(self, theta: Floats) -> Floats:
        """(incidents, columns + 1): derivative of each incident's log-likelihood."""
        mean, never, pi = self.split(theta)
        by_rate = self.repeats - (1 - never) * mean
        return np.column_stack([self.design * by_rate[:, None], never - pi])

    def information(self, theta: Floats) -> Floats:
        """(columns + 1, columns + 1): minus the second derivative."""
        mean, never, pi = self.split(theta)
        mixed = never * (1 - never)
        rates = (1 - never) * mean - mixed * mean**2
        made = np.empty((len(theta), len(theta)))
        made[:-1, :-1] = (self.design * rates[:, None]).T @ self.design
        made[:-1, -1] = made[-1, :-1] = -(self.design.T @ (mixed * mean))
        made[-1, -1] = len(mean) * pi * (1 - pi) - mixed.sum()
        return made


def fit_inflated(repeats: Floats, days: Floats, design: Floats, cluster: Integers) -> Inflated | None:
    """The zero-inflated fit; None where it does not settle (no inflation to find, or too little data).

    ``repeats``, ``days``, ``cluster`` (incidents,), ``design`` (incidents, columns). EM steps towards the
    maximum, then Newton steps; the covariance is the sandwich with scores summed by ``cluster``.
    """
    data = _Data(repeats, days, design)
    plain = fit_rates(repeats, days, design)
    theta = np.append(plain, 0.0)
    for _ in range(10):
        theta = _expect_and_maximise(data, theta)
    theta, settled = _climb(data, theta)
    information = data.information(theta)
    if not settled or np.linalg.eigvalsh(information)[0] <= 0:
        return None
    bread, scores = np.linalg.inv(information), data.scores(theta)
    summed = np.column_stack([np.bincount(cluster, column) for column in scores.T])
    covariance = bread @ (summed.T @ summed) @ bread
    gain = data.likelihood(theta) - data.likelihood(np.append(plain, -40.0))
    return Inflated(theta[:-1], covariance[:-1, :-1], float(expit(theta[-1])), gain)


def _expect_and_maximise(data: _Data, theta: Floats) -> Floats:
    """One EM step: weigh each incident by the chance that it can be reported again, refit, renew pi."""
    _, never, _ = data.split(theta)
    share = min(max(float(never.mean()), 1e-6), 1 - 1e-6)
    return np.append(_poisson(data, 1 - never, theta[:-1]), np.log(share / (1 - share)))


def fit_rates(repeats: Floats, days: Floats, design: Floats) -> Floats:
    """(columns,) log rates of the plain Poisson model. It rests on sums alone, so that single rows may hold
    days that are taken away. Raises ``LinAlgError`` where a column says nothing."""
    return _poisson(_Data(repeats, days, design), np.ones(len(repeats)), np.zeros(design.shape[1]))


def _poisson(data: _Data, weights: Floats, start: Floats) -> Floats:
    """Weighted Poisson regression with log link by Newton's method; columns without any event drift down."""
    beta = start
    for _ in range(_STEPS):
        mean = weights * data.days * np.exp(data.design @ beta)
        gradient = data.design.T @ (weights * data.repeats - mean)
        step = np.linalg.solve((data.design * mean[:, None]).T @ data.design, gradient)
        beta = beta + np.clip(step, -_LONGEST, _LONGEST)
        if np.abs(step).max() < _ENOUGH:
            break
    return beta


def _climb(data: _Data, theta: Floats) -> tuple[Floats, bool]:
    """Newton steps, halved until they climb; and whether the top was reached."""
    for _ in range(_STEPS):
        gradient = data.scores(theta).sum(axis=0)
        values, vectors = np.linalg.eigh(data.information(theta))
        step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), 1e-8))
        step = np.clip(step, -_LONGEST, _LONGEST)
        if np.abs(step).max() < 1e-8:
            return theta, True
        here, length = data.likelihood(theta), 1.0
        while data.likelihood(theta + length * step) < here and length > 1e-6:
            length /= 2
        theta = theta + length * step
    return theta, False
