"""One event, no repeat reports: who was struck and did not report? (Agostini, Pierson & Garg, AAAI 2024)

A in {-1, +1} says which areas an event struck, P(A) ~ exp(th0 sum A_i + th1 sum_edges A_i A_j) (Ising).
A struck area reports with chance psi, logit psi = a0 + a'X; one that was not struck does not. What tells
being struck from reporting: neighbours are struck alike, and X (the groups' shares) acts on reporting only.
Gibbs sampling of A by colour classes, Laplace draws of a, Metropolis steps for th on the pseudo-likelihood
(Besag 1975) with the paper's priors th0 ~ N(0, .2), th1 ~ N(.3, .1), read as standard deviations. The level
of psi is weakly identified, its slopes are not (METHODS 1.2): only odds ratios of groups are told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Pairs = tuple[Integers, Integers]

DRAWS, _WARM_UP, _STEP = 1500, 500, 0.05
_PRIOR_MEAN, _PRIOR_SD = np.array([0.0, 0.3]), np.array([0.2, 0.1])
_SLOPE_SD = 2.0
"""Prior of the coefficients of reporting: wide on the log-odds scale of shares."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Posterior draws: ``slopes`` (draws, 1 + columns), intercept first; ``field`` (draws, 2); ``struck``
    (draws,) share of areas struck; ``hidden`` (areas,) chance that an area was struck."""

    slopes: Floats
    field: Floats
    struck: Floats
    hidden: Floats


def colour_classes(touching: Pairs, many: int) -> list[Integers]:
    """Areas in classes without neighbours among themselves, which can be drawn at once (greedy, in order)."""
    around: list[list[int]] = [[] for _ in range(many)]
    for one, other in zip(*touching, strict=True):
        around[int(one)].append(int(other))
    colour = np.full(many, -1)
    for area in range(many):
        taken = {int(colour[other]) for other in around[area]}
        colour[area] = next(c for c in range(many + 1) if c not in taken)
    return [np.flatnonzero(colour == c) for c in range(int(colour.max(initial=-1)) + 1)]


def draw_posterior(reported: Flags, columns: Floats, touching: Pairs, *, seed: int) -> Drawn:
    """Draws of the posterior. ``reported`` (areas,), ``columns`` (areas, k), ``touching`` pairs both ways.

    Deterministic for a seed.
    """
    rng, many = np.random.default_rng(seed), len(reported)
    design = np.column_stack([np.ones(many), columns])
    graph = csr_matrix((np.ones(len(touching[0])), touching), shape=(many, many))
    classes = colour_classes(touching, many)
    struck, slopes, field = reported.copy(), np.zeros(design.shape[1]), _PRIOR_MEAN.copy()
    kept_slopes, kept_field, shares, hidden = [], [], [], np.zeros(many)
    for turn in range(_WARM_UP + DRAWS):
        struck = _draw_struck(struck, reported, (design @ slopes, field), (graph, classes), rng)
        slopes = _draw_slopes(design[struck], reported[struck], slopes, rng)
        field = _draw_field(struck, field, graph, rng)
        if turn >= _WARM_UP:
            kept_slopes.append(slopes)
            kept_field.append(field)
            shares.append(struck.mean())
            hidden += struck / DRAWS
    return Drawn(np.array(kept_slopes), np.array(kept_field), np.array(shares), hidden)


def _draw_struck(
    struck: Flags,
    reported: Flags,
    model: tuple[Floats, Floats],
    graph: tuple[csr_matrix, list[Integers]],
    rng: np.random.Generator,
) -> Flags:
    """One sweep of Gibbs sampling: areas that reported were struck, the others are drawn."""
    (odds, field), (edges, classes) = model, graph
    sign = np.where(struck, 1.0, -1.0)
    silent = np.log(expit(-odds))
    for part in classes:
        log_odds = 2 * field[0] + 2 * field[1] * (edges[part] @ sign) + silent[part]
        drawn = rng.random(len(part)) < expit(log_odds)
        sign[part] = np.where(reported[part] | drawn, 1.0, -1.0)
    return sign > 0


def _draw_slopes(design: Floats, reported: Flags, start: Floats, rng: np.random.Generator) -> Floats:
    """Laplace: the mode of the logistic likelihood with a normal prior, and a normal draw around it."""
    mode, prior = start, np.eye(design.shape[1]) / _SLOPE_SD**2
    for _ in range(25):
        chance = expit(design @ mode)
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + prior
        step = np.linalg.solve(hessian, design.T @ (reported - chance) - prior @ mode)
        mode = mode + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:
            break
    root = np.linalg.cholesky(np.linalg.inv(hessian))
    drawn: Floats = mode + root @ rng.standard_normal(len(mode))
    return drawn


def _draw_field(struck: Flags, field: Floats, graph: csr_matrix, rng: np.random.Generator) -> Floats:
    """A Metropolis step for (th0, th1) on the pseudo-likelihood."""
    sign = np.where(struck, 1.0, -1.0)
    around = graph @ sign
    tried = field + _STEP * rng.standard_normal(2)
    gain = _pseudo(tried, sign, around) - _pseudo(field, sign, around)
    return tried if np.log(rng.random()) < gain else field


def _pseudo(field: Floats, sign: Floats, around: Floats) -> float:
    """Log pseudo-likelihood of A and log prior."""
    log_odds = 2 * sign * (field[0] + field[1] * around)
    prior = -0.5 * (((field - _PRIOR_MEAN) / _PRIOR_SD) ** 2).sum()
    return float(-np.logaddexp(0, -log_odds).sum() + prior)
