"""The smoothed map is nearer to the truth than raw rates, and honest about what it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.reporting_map import Curvature, _fit, _penalty, laplacian_of, smooth_rates


def lattice(side):
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    one = np.concatenate([part.ravel() for pair in pairs for part in pair])
    other = np.concatenate([part.ravel() for pair in pairs for part in pair[::-1]])
    return one, other


def city(seed, side=9, spread=0.35):
    """Rates that neighbours share, and few repeat reports in each area (METHODS 1.1 in small)."""
    rng, many = np.random.default_rng(seed), side * side
    covariance = np.linalg.inv(6 * laplacian_of(lattice(side), many).toarray() + np.eye(many))
    truth = np.linalg.cholesky(covariance) @ rng.standard_normal(many)
    truth = (truth - truth.mean()) / truth.std() * spread
    expected = rng.gamma(0.9, 9, many) + 0.2
    return truth, rng.poisson(expected * np.exp(truth)).astype(float), expected


def test_the_error_is_at_most_seven_tenths_of_the_raw_one():
    """A6: RMSE of the log rate <= 0.7 of the raw rate's; intervals hold about as often as they say."""
    smooth, raw, held = [], [], []
    for seed in range(6):
        truth, repeats, expected = city(seed)
        made = smooth_rates(repeats, expected, lattice(9))
        plain = np.log((repeats + 0.5) / (expected + 0.5))
        smooth.append(((made.log_rate - truth) ** 2).mean())
        raw.append(((plain - plain.mean() - truth) ** 2).mean())
        held.append((np.abs(made.log_rate - truth) <= 1.645 * made.error).mean())
    assert np.sqrt(np.mean(smooth)) <= 0.7 * np.sqrt(np.mean(raw))
    assert 0.80 <= np.mean(held) <= 0.97


def test_where_all_report_alike_the_map_is_flat():
    rng = np.random.default_rng(7)
    expected = np.full(81, 8.0)
    made = smooth_rates(rng.poisson(expected).astype(float), expected, lattice(9))
    assert made.log_rate.std() < 0.12


def test_an_area_that_was_never_watched_takes_its_neighbours_with_a_wider_error():
    _, repeats, expected = city(3)
    centre, neighbours = 40, [31, 39, 41, 49]
    repeats[centre] = expected[centre] = 0.0
    made = smooth_rates(repeats, expected, lattice(9))
    around = made.log_rate[neighbours]
    assert around.min() - 0.05 <= made.log_rate[centre] <= around.max() + 0.05
    assert made.error[centre] > made.error[neighbours].mean()


def test_rates_are_over_the_city_and_do_not_depend_on_its_level():
    _, repeats, expected = city(4)
    one, other = (smooth_rates(repeats, expected * factor, lattice(9)) for factor in (1.0, 5.0))
    assert one.log_rate.mean() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(one.log_rate, other.log_rate, atol=0.02)


def test_the_laplacian_counts_neighbours():
    made = laplacian_of((np.array([0, 1]), np.array([1, 0])), 3)
    assert made.toarray().tolist() == [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]


def test_the_same_data_give_the_same_map():
    _, repeats, expected = city(5)
    one, other = (smooth_rates(repeats, expected, lattice(9)) for _ in range(2))
    assert one.log_rate.tolist() == other.log_rate.tolist()


def test_no_other_weights_have_more_evidence():
    """The search does not stop where it began: brute force over a grid finds nothing clearly better."""
    _, repeats, expected = city(6)
    made, laplacian = smooth_rates(repeats, expected, lattice(9)), laplacian_of(lattice(9), 81)

    def evidence(logs):
        return _fit(repeats, expected, _penalty(laplacian, np.array(logs)), np.zeros(82))[1]

    best = evidence([np.log(made.together), np.log(made.alone)])
    assert max(evidence([s, i]) for s in range(-2, 7) for i in range(-2, 7)) <= best + 0.05


def test_a_level_that_is_far_off_is_found_all_the_same():
    """Newton's first step for a city with a thousand times what was expected would be one of a thousand."""
    _, repeats, expected = city(4)
    one, other = (smooth_rates(repeats, expected * factor, lattice(9)) for factor in (1.0, 1e-3))
    np.testing.assert_allclose(one.log_rate, other.log_rate, atol=0.02)


def test_the_sparse_curvature_is_the_dense_one():
    _, _, expected = city(7)
    made = Curvature(_penalty(laplacian_of(lattice(9), 81), np.array([1.0, 0.5])), expected)
    dense, right = made.dense(), np.arange(82.0)
    np.testing.assert_allclose(dense @ made.solve(right), right, atol=1e-8)
    assert made.log_determinant() == pytest.approx(np.linalg.slogdet(dense)[1], rel=1e-12)
    np.testing.assert_array_equal(dense[0], np.r_[expected.sum(), expected])
    own = _penalty(laplacian_of(lattice(9), 81), np.array([1.0, 0.5])).diagonal()
    np.testing.assert_allclose(np.diag(dense)[1:] - expected, own)


def test_the_mode_is_where_nothing_is_left_to_climb():
    _, repeats, expected = city(4)
    penalty = _penalty(laplacian_of(lattice(9), 81), np.log([6.0, 1.0]))
    theta, _ = _fit(repeats, expected, penalty, np.zeros(82))
    left = repeats - expected * np.exp(theta[0] + theta[1:])
    assert np.abs(left - penalty @ theta[1:]).max() < 1e-12
    assert abs(left.sum()) < 1e-12
