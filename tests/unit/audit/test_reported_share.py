"""The share that is ever reported: known truth, shrinkage, and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.reported_share import AreaRates, area_rates, codes_in
from civic_ai.audit.reporting import Watched
from tests.unit.audit.made import one_hot

LIFE = 120.0


def _city(seed, *, areas=300, ratio=0.4, spread=0.25, incidents=100):
    """``Watched`` of a city with known rates by area, one kind; areas of odd number are group 1."""
    rng = np.random.default_rng(seed)
    group = np.arange(areas) % 2
    rate = 0.04 * ratio**group * np.exp(spread * rng.standard_normal(areas))
    many = rng.poisson(incidents, areas) + 1
    days = rng.gamma(many * 0.5, 24)
    repeats = rng.poisson(rate * days).astype(float)
    area, kind = np.arange(areas), np.zeros(areas, dtype=np.int64)
    watched = Watched(area, kind, many.astype(float), days, repeats, repeats**2 / days)
    return watched, one_hot(group, 2), rate


def _log_error(found, truth):
    return float(np.sqrt(np.mean(np.log(found / truth) ** 2)))


def test_shrunken_rates_are_nearer_to_the_truth_than_raw_ones_and_than_the_groups_alone():
    """METHODS 1.1: gamma empirical Bayes has 0.7 times the error of the raw rates."""
    watched, grouping, truth = _city(1, incidents=30)
    made = area_rates(watched, grouping, seed=1).rates[:, 0]
    raw = (watched.repeats + 0.5) / (watched.days + 0.5 / truth.mean())
    of_group = np.where(np.arange(300) % 2, truth[1::2].mean(), truth[::2].mean())
    assert _log_error(made, truth) < 0.8 * _log_error(raw, truth)
    assert _log_error(made, truth) < 0.97 * _log_error(of_group, truth)


def test_the_share_is_rate_over_rate_and_death():
    rates = np.array([[0.02], [0.1]])
    made = AreaRates(rates[None], np.array([[10.0], [10.0]])).shares(LIFE)
    expected = rates[:, 0] / (rates[:, 0] + 1 / LIFE)
    assert made.share[:2] == pytest.approx(expected)
    assert made.draws[0, :2] == pytest.approx(expected)
    twice = AreaRates(rates[None], np.array([[10.0], [10.0]])).times(2.0).shares(LIFE / 2)
    assert twice.share == pytest.approx(made.share)
    assert made.share[2] == pytest.approx(20 / (10 / expected).sum())


def test_kinds_are_mixed_by_the_problems_that_they_stand_for():
    rates = np.array([[0.1, 0.01]])
    made = AreaRates(rates[None], np.array([[30.0, 10.0]])).shares(LIFE)
    p = rates[0] / (rates[0] + 1 / LIFE)
    assert made.share[0] == pytest.approx(40 / (30 / p[0] + 10 / p[1]))


def test_an_area_without_reports_takes_the_citys_share():
    rates = np.array([[0.1], [0.001]])
    made = AreaRates(rates[None], np.array([[30.0], [0.0]])).shares(LIFE)
    assert made.share[1] == made.share[2] == pytest.approx(0.1 / (0.1 + 1 / LIFE))


@pytest.mark.parametrize("ratio", [0.4, 1.0])
def test_intervals_hold_the_truth(ratio):
    held = []
    for seed in range(4):
        watched, grouping, truth = _city(seed, ratio=ratio)
        made = area_rates(watched, grouping, seed=1).shares(LIFE)
        lower, upper = np.quantile(made.draws[:, :-1], [0.05, 0.95], axis=0)
        share = truth / (truth + 1 / LIFE)
        held.append(((lower <= share) & (share <= upper)).mean())
    assert 0.84 <= np.mean(held) <= 0.96


def test_draws_of_groups_move_their_areas_together():
    """What is not known about a group is not known about all of its areas at once."""
    watched, grouping, _ = _city(3, areas=40, incidents=6, spread=0.0)
    draws = np.log(area_rates(watched, grouping, seed=1).draws[:, :, 0])
    together = np.corrcoef(draws[:, 1::2].T)
    assert together[np.triu_indices(20, 1)].mean() > 0.15


def test_few_reports_are_shrunk_to_the_group():
    watched, grouping, _ = _city(4, spread=0.5)
    lone = watched.where(np.arange(300) != 7)
    few = Watched(
        np.append(lone.area, 7), np.append(lone.kind, 0), np.append(lone.incidents, 1.0),
        np.append(lone.days, 0.5), np.append(lone.repeats, 0.0), np.append(lone.squares, 0.0),
    )  # fmt: skip
    made = area_rates(few, grouping, seed=1).draws[:, :, 0].mean(axis=0)
    assert made[7] == pytest.approx(made[1::2].mean(), rel=0.2)


def test_a_kind_that_is_never_reported_twice_says_nothing():
    watched, grouping, _ = _city(5, areas=40)
    both = Watched(
        np.tile(watched.area, 2), np.repeat([0, 1], 40), np.tile(watched.incidents, 2),
        np.tile(watched.days, 2), np.append(watched.repeats, np.zeros(40)),
        np.append(watched.squares, np.zeros(40)),
    )  # fmt: skip
    one, two = area_rates(watched, grouping, seed=1), area_rates(both, grouping, seed=1)
    assert two.rates.shape == (40, 1)
    assert two.rates == pytest.approx(one.rates, rel=0.05)


def test_where_areas_are_alike_they_are_given_one_rate():
    watched, grouping, _ = _city(6, spread=0.0, ratio=1.0)
    made = area_rates(watched, grouping, seed=1).rates[:, 0]
    assert np.log(made).std() < 0.06


def test_a_place_without_a_known_area_is_the_whole_citys():
    assert codes_in(("a", "b"), ["b", None, "c", "a"]).tolist() == [1, 2, 2, 0]


def test_what_is_uncertain_counts_as_more_need():
    """Need goes with the reciprocal of the rate, so its mean is above what the mean rate would tell."""
    draws = np.array([[[0.02]], [[0.08]]])
    made = AreaRates(draws, np.array([[10.0]]))
    assert made.rates[0, 0] == pytest.approx(0.032)
    lowest, highest = made.shares(LIFE).draws[:, 0]
    assert lowest < made.shares(LIFE).share[0] < highest
    assert 1 / made.shares(LIFE).share[0] == pytest.approx((1 / lowest + 1 / highest) / 2)


def test_areas_far_apart_still_have_a_finite_need():
    watched, grouping, _ = _city(7, areas=60, spread=2.0, incidents=5)
    made = area_rates(watched, grouping, seed=1).shares(LIFE)
    assert made.share.min() > 0.02
    assert np.isfinite(1 / made.draws).all()


def test_repeats_that_come_in_bursts_tell_less_but_not_otherwise():
    """About four times the dispersion widens what is known of an area and leaves its level."""
    watched, grouping, _ = _city(8, spread=0.6)
    rate = watched.repeats.sum() / watched.days.sum()
    bursts = replace(watched, squares=watched.squares + 4 * rate * watched.incidents)
    one, other = (np.log(area_rates(w, grouping, seed=1).draws[:, :, 0]) for w in (watched, bursts))
    assert other.std(axis=0).mean() > 1.3 * one.std(axis=0).mean()
    assert other.mean() == pytest.approx(one.mean(), abs=0.1)
