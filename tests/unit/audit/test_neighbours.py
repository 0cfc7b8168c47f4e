"""Who was struck and did not report: slopes recovered, deterministic, and better than a plain regression."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit
from scipy.stats import norm

from civic_ai.audit.neighbours import (
    _PRIOR_MEAN,
    _PRIOR_SD,
    _draw_field,
    _draw_slopes,
    colour_classes,
    draw_posterior,
)
from tests.unit.audit.test_reporting_map import lattice


def event(seed, side=30, slopes=(0.0, 0.6, -0.6), field=(0.1, 0.3)):
    """An Ising field on a lattice by Gibbs sampling, and who of the struck reports."""
    rng, many, touching = np.random.default_rng(seed), side * side, lattice(side)
    edges = csr_matrix((np.ones(len(touching[0])), touching), shape=(many, many))
    sign, black = rng.choice([-1.0, 1.0], many), np.add.outer(np.arange(side), np.arange(side)).ravel() % 2
    for _ in range(150):
        for colour in (0, 1):
            part = black == colour
            odds = expit(2 * (field[0] + field[1] * (edges[part] @ sign)))
            sign[part] = np.where(rng.random(part.sum()) < odds, 1.0, -1.0)
    columns = rng.standard_normal((many, 2))
    chance = expit(slopes[0] + columns @ np.array(slopes[1:]))
    return (sign > 0) & (rng.random(many) < chance), columns, touching, sign > 0


def test_slopes_of_reporting_are_recovered():
    """METHODS 1.2 in small: slopes (.6, -.6) within two posterior deviations; hidden events above chance."""
    means, inside = [], []
    for seed in range(3):
        reported, columns, touching, struck = event(seed)
        drawn = draw_posterior(reported, columns, touching, seed=seed)
        mean, deviation = drawn.slopes[:, 1:].mean(axis=0), drawn.slopes[:, 1:].std(axis=0)
        means.append(mean)
        inside += (np.abs(mean - [0.6, -0.6]) <= 2 * deviation).tolist()
        quiet = ~reported
        assert drawn.hidden[quiet & struck].mean() > drawn.hidden[quiet & ~struck].mean()
        assert (drawn.hidden[reported] > 0.999).all()
    assert sum(inside) >= 5
    assert np.abs(np.mean(means, axis=0) - [0.6, -0.6]).max() < 0.25


def test_groups_that_report_alike_are_not_told_apart():
    reported, columns, touching, _ = event(5, slopes=(-0.5, 0.0, 0.0))
    drawn = draw_posterior(reported, columns, touching, seed=1)
    lower, upper = np.quantile(drawn.slopes[:, 1:], [0.01, 0.99], axis=0)
    assert (lower < 0).all()
    assert (upper > 0).all()


def test_the_same_seed_gives_the_same_draws():
    reported, columns, touching, _ = event(1, side=8)
    one, other = (draw_posterior(reported, columns, touching, seed=3) for _ in range(2))
    assert one.slopes.tolist() == other.slopes.tolist()
    assert one.slopes.tolist() != draw_posterior(reported, columns, touching, seed=4).slopes.tolist()


def test_no_two_neighbours_share_a_colour_and_every_area_has_one():
    one, other = lattice(7)
    classes = colour_classes((one, other), 49)
    colour = np.full(49, -1)
    for number, part in enumerate(classes):
        colour[part] = number
    assert (colour >= 0).all()
    assert (colour[one] != colour[other]).all()
    assert len(classes) == 2


def test_slopes_are_the_same_wherever_the_search_for_them_begins():
    """From far off, where the likelihood is flat, Newton's steps without a limit would leap to and fro."""
    rng = np.random.default_rng(8)
    design = np.column_stack([np.ones(300), rng.standard_normal((300, 2))])
    reported = rng.random(300) < expit(design @ [0.3, 0.6, -0.6])
    near, far = (
        _draw_slopes(design, reported, np.full(3, start), np.random.default_rng(1)) for start in (0.0, 20.0)
    )
    np.testing.assert_allclose(near, far, atol=1e-5)


def test_nowhere_has_no_colour():
    none = np.empty(0, dtype=np.int64)
    assert colour_classes((none, none), 0) == []


def test_the_field_is_drawn_from_its_posterior():
    """Against sums over a grid: pseudo-likelihood (Besag 1975) times the normal prior, written again."""
    _, _, touching, struck = event(2, side=10)
    graph, rng = csr_matrix((np.ones(len(touching[0])), touching), shape=(100, 100)), np.random.default_rng(1)
    field, drawn = _PRIOR_MEAN.copy(), []
    for _ in range(6000):
        field = _draw_field(struck, field, graph, rng)
        drawn.append(field)
    sign = 2.0 * struck - 1
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 81), np.linspace(-1, 1.5, 101)), axis=-1).reshape(-1, 2)
    odds = 2 * (grid[:, :1] + grid[:, 1:] * (graph @ sign))
    logs = np.log(expit(odds * sign)).sum(axis=1)
    logs += norm.logpdf(grid, _PRIOR_MEAN, _PRIOR_SD).sum(axis=1)
    weight = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    mean = weight @ grid
    deviation = np.sqrt(weight @ (grid - mean) ** 2)
    assert (np.abs(np.mean(drawn[500:], axis=0) - mean) < 0.25 * deviation).all()
    np.testing.assert_allclose(np.std(drawn[500:], axis=0), deviation, rtol=0.2)
