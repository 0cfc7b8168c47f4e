"""The zero-inflated fit equals statsmodels', finds the planted share, and clusters its errors."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.discrete.count_model import ZeroInflatedPoisson
from statsmodels.discrete.discrete_model import Poisson

from civic_ai.audit.inflation import _climb, _Data, fit_inflated, fit_rates


def made(seed, *, share, slope=-1.0, many=6000, areas=60, spread=0.0):
    rng = np.random.default_rng(seed)
    area = rng.integers(0, areas, many)
    group = (area % 2).astype(float)
    days = rng.lognormal(2, 0.8, many)
    rate = 0.06 * np.exp(slope * group + (spread * rng.standard_normal(areas))[area])
    repeats = rng.poisson(rate * days) * (rng.random(many) >= share)
    return repeats.astype(float), days, np.column_stack([group, np.ones(many)]), area


def test_it_is_the_maximum_that_statsmodels_finds():
    repeats, days, design, area = made(1, share=0.5, many=3000)
    ours = fit_inflated(repeats, days, design, area)
    model = ZeroInflatedPoisson(repeats, design, exog_infl=np.ones((len(days), 1)), offset=np.log(days))
    theirs = model.fit(method="bfgs", maxiter=500, disp=0, start_params=[0, *ours.beta])
    np.testing.assert_allclose(ours.beta, theirs.params[1:], atol=2e-3)
    assert ours.share == pytest.approx(1 / (1 + np.exp(-theirs.params[0])), abs=2e-3)


def test_plain_rates_rest_on_sums_so_that_days_can_be_taken_away():
    repeats, days, design, _ = made(1, share=0.0, many=400)
    whole = fit_rates(repeats, days, design)
    split = [np.concatenate([part, part]) for part in (repeats, days, design)]
    split[0][400:], split[1][:400], split[1][400:] = 0, 3 * days, -2 * days
    np.testing.assert_allclose(fit_rates(*split), whole, atol=1e-8)
    np.testing.assert_allclose(
        whole, Poisson(repeats, design, offset=np.log(days)).fit(disp=0).params, atol=1e-6
    )


def test_the_information_is_the_derivative_of_the_scores_and_these_of_the_likelihood():
    repeats, days, design, _ = made(2, share=0.5, many=300)
    data, theta, step = _Data(repeats, days, design), np.array([-0.7, -2.5, 0.3]), 1e-5
    shifts = np.eye(3) * step
    slope = [(data.likelihood(theta + d) - data.likelihood(theta - d)) / (2 * step) for d in shifts]
    np.testing.assert_allclose(data.scores(theta).sum(axis=0), slope, rtol=1e-6, atol=1e-5)
    bend = [(data.scores(theta + d) - data.scores(theta - d)).sum(axis=0) / (2 * step) for d in shifts]
    np.testing.assert_allclose(data.information(theta), -np.array(bend), rtol=1e-5, atol=1e-4)


def test_clustered_errors_are_the_spread_of_the_estimates():
    """Over repeated cities with areas of their own, the mean clustered error is the spread of the ratios."""
    fits = [fit_inflated(*made(seed, share=0.5, spread=0.4)) for seed in range(25)]
    spread = np.std([fit.beta[0] for fit in fits], ddof=1)
    stated = np.sqrt(np.mean([fit.covariance[0, 0] for fit in fits]))
    assert 0.6 <= stated / spread <= 1.6


def test_share_and_ratio_are_recovered():
    """METHODS 1.1: half of the incidents are never reported again, ratio -1."""
    fits = [fit_inflated(*made(seed, share=0.5)) for seed in range(8)]
    assert np.mean([fit.share for fit in fits]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([fit.beta[0] for fit in fits]) == pytest.approx(-1.0, abs=0.06)
    assert min(fit.gain for fit in fits) > 20


def test_without_inflation_it_finds_next_to_none_or_does_not_settle():
    for seed in range(4):
        fit = fit_inflated(*made(seed, share=0.0))
        assert fit is None or (fit.share < 0.15 and fit.gain < 5)


def test_errors_grow_with_differences_between_areas():
    even, uneven = (fit_inflated(*made(3, share=0.4, spread=spread)) for spread in (0.0, 0.8))
    assert uneven.covariance[0, 0] > 1.5 * even.covariance[0, 0]


def test_the_gain_is_over_the_best_plain_fit_also_where_groups_are_alike():
    """Two groups with the same incidents: the difference between them is right from the first step on, the
    level is not."""
    repeats, days, _, area = made(4, share=0.5, slope=0.0, many=800)
    both = np.column_stack([np.repeat([0.0, 1.0], 800), np.ones(1600)])
    ours = fit_inflated(np.tile(repeats, 2), np.tile(days, 2), both, np.tile(area, 2))
    plain = Poisson(np.tile(repeats, 2), both, offset=np.log(np.tile(days, 2))).fit(disp=0)
    data = _Data(np.tile(repeats, 2), np.tile(days, 2), both)
    top = data.likelihood(np.append(ours.beta, np.log(ours.share / (1 - ours.share))))
    assert ours.beta[0] == pytest.approx(0.0, abs=1e-6)
    assert ours.gain == pytest.approx(top - plain.llf, abs=1e-4)


@pytest.mark.parametrize("start", [(-5.65, -3.33, -2.49), (0.81, -2.86, -1.49), (-2.31, -3.19, 1.57)])
def test_the_top_is_found_from_where_the_likelihood_bends_the_other_way(start):
    data = _Data(*made(1, share=0.5, many=600)[:3])
    top, settled = _climb(data, np.array(start))
    assert settled
    np.testing.assert_allclose(data.scores(top).sum(axis=0), 0, atol=1e-6)
    assert np.linalg.eigvalsh(data.information(top))[0] > 0
