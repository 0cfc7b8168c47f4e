"""Ratios among all problems: the truth comes back where the model holds, and no gap is made where none is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from civic_ai.audit.all_problems import Rates, rates_of
from civic_ai.audit.duplicates import Cases
from civic_ai.audit.incidents import Incidents
from civic_ai.audit.reporting import Fit, fit_reporting, watch
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import ReportingGroup
from tests.unit.audit.made import one_hot

LIFE = 100.0
GRID = (np.arange(200_000) + 0.5) / 200_000


def lognormal(variance: float) -> np.ndarray:
    """Equally likely rates with mean 1."""
    spread = np.log1p(variance)
    return np.exp(np.sqrt(spread) * stats.norm.ppf(GRID) - spread / 2)


@pytest.mark.parametrize("ratio", [0.37, 0.5, 1.0, 1.6])
@pytest.mark.parametrize("life", [20.0, 100.0])
def test_where_watched_rates_are_lognormal_the_mean_of_all_comes_back(ratio, life):
    """Each watched problem stands for 1 + 1 / (rate x life); one type, both groups."""
    watched = lognormal(0.4)

    def of_all(times: float) -> float:
        rate = 0.03 * times * watched
        return float(np.average(rate, weights=1 + 1 / (rate * life)))

    rates = Rates(np.array([0.03]), np.array([1.0]), 0.4)
    assert rates.among_all(ratio, life) == pytest.approx(of_all(ratio) / of_all(1.0), rel=1e-4)


_rates = st.builds(
    lambda daily, spread: Rates(np.array(daily), np.arange(1.0, 1 + len(daily)), spread),
    st.lists(st.floats(0.001, 0.5), min_size=1, max_size=3),
    st.floats(0.01, 1.0),
)


@given(_rates, st.floats(0.05, 20.0), st.floats(1.0, 1000.0))
def test_a_gap_only_grows_and_nothing_is_made_of_none(rates, ratio, life):
    told = rates.among_all(ratio, life)
    assert rates.among_all(1.0, life) == 1.0
    assert abs(np.log(told)) >= abs(np.log(ratio)) * (1 - 1e-9)
    assert np.sign(np.round(np.log(told), 9)) == np.sign(np.round(np.log(ratio), 9))
    assert abs(np.log(told)) <= abs(np.log(ratio)) + np.log1p(rates.spread)
    assert rates.among_all(ratio * 1.01, life) > told


@given(_rates, st.floats(0.05, 0.9), st.floats(1.0, 1000.0))
def test_problems_that_are_alike_or_last_for_ever_are_all_reported_alike(rates, ratio, life):
    alike = Rates(rates.daily, rates.weight, 0.0)
    assert alike.among_all(ratio, life) == ratio
    assert rates.among_all(ratio, 1e12) == pytest.approx(ratio, rel=1e-6)


def test_the_share_never_reported_weighs_types_by_their_repeats():
    rates = Rates(np.array([0.01, 0.1]), np.array([3.0, 1.0]), 0.2)
    assert rates.quiet(1.0, 100.0) == pytest.approx(0.75 / 2 + 0.25 / 11)
    assert rates.quiet(0.5, 100.0) == pytest.approx(0.75 / 1.5 + 0.25 / 6)


def _drawn(factors: np.ndarray, *, never: float = 0.0, ratio: float = 0.5, many: int = 400_000) -> Cases:
    """Problems of two types, half of them in area 1, where all are reported ``ratio`` times as fast; only
    those that are reported in their life are watched, each for a time of its own."""
    rng = np.random.default_rng(5)
    area, kind = rng.integers(0, 2, many), rng.integers(0, 2, many)
    rate = 0.05 * 0.6**kind * ratio**area * rng.choice(factors, many)
    seen = rng.random(many) < rate * LIFE / (1 + rate * LIFE)
    days = rng.gamma(2.0, 10.0, many)[seen]
    repeats = rng.poisson(rate[seen] * days) * (rng.random(len(days)) >= never)
    incidents = Incidents(np.arange(len(days)), days, repeats)
    return Cases(incidents, area[seen], kind[seen], ("a0", "a1"), 9)


def _fit(cases: Cases) -> Fit:
    return fit_reporting(watch(cases.incidents, cases.area, cases.kind), one_hot(np.arange(2), 2))


def _looked(cases: Cases) -> tuple[float, float, Rates]:
    """The log ratio among watched problems, and among all."""
    fit = _fit(cases)
    rates = rates_of(cases, fit, one_hot(np.arange(2), 2), least=30)
    assert rates is not None
    told = float(fit.log_ratio[1])
    return told, float(np.log(rates.among_all(np.exp(told), LIFE))), rates


@pytest.mark.parametrize("never", [0.0, 0.45])
def test_spread_and_rate_are_told_apart_from_problems_that_nobody_reports_twice(never):
    cases = _drawn(lognormal(0.3), never=never)
    watched, of_all, rates = _looked(cases)
    assert rates.spread == pytest.approx(0.3, abs=0.05)
    assert rates.daily == pytest.approx([0.0525, 0.0325], rel=0.06)
    assert watched - np.log(0.5) > 0.02
    assert of_all == pytest.approx(np.log(0.5), abs=0.015)


OTHERS = {
    "gamma, variance 0.5": stats.gamma(2, scale=0.5).ppf(GRID),
    "gamma, variance 1": stats.gamma(1).ppf(GRID),
    "two kinds": np.array([0.5, 1.5]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_rates_that_are_spread_otherwise_are_corrected_too_little_never_too_much(name):
    watched, of_all, _ = _looked(_drawn(OTHERS[name]))
    assert np.log(0.5) - 0.015 < of_all < watched - 0.005


def test_equal_groups_stay_equal_however_much_problems_differ():
    watched, of_all, rates = _looked(_drawn(lognormal(0.8), ratio=1.0))
    assert rates.spread > 0.4
    assert of_all == pytest.approx(watched, abs=0.005)


def test_problems_that_are_alike_have_next_to_no_spread():
    _, _, rates = _looked(_drawn(np.ones(1)))
    assert rates.spread < 0.03


def _same(repeats: np.ndarray, days: np.ndarray) -> Rates:
    """Problems of one type, in two areas where people report alike."""
    many = np.arange(len(repeats))
    cases = Cases(Incidents(many, days, repeats), many % 2, 0 * many, ("a0", "a1"), 40)
    rates = rates_of(cases, Fit(np.zeros(2), np.zeros((2, 2)), 1.0), one_hot(np.arange(2), 2), least=3)
    assert rates is not None
    return rates


def test_a_spread_beyond_what_was_tried_counts_as_the_widest_tried():
    """Pairs 1 in 1,000 problems, triples so many as only a spread of more than 1 would give."""
    rates = _same(np.r_[np.ones(1000), np.full(3, 30)].astype(np.int64), np.full(1003, 10.0))
    assert rates.spread == 1.0


def test_where_pairs_are_rarer_than_one_rate_would_give_the_rate_is_the_one_seen():
    """Three repeats each: six pairs a problem where one rate would give nine, and less than no spread."""
    rates = _same(np.full(300, 3), np.full(300, 10.0))
    assert rates.spread == 0.0
    assert rates.daily == pytest.approx([0.3])


def test_too_few_problems_reported_four_times_tell_no_spread():
    repeats = np.array([3, 3, 2, 0, 1])
    cases = Cases(Incidents(np.arange(5), np.full(5, 10.0), repeats), np.arange(5) % 2,
                  np.array([0, 0, 0, 1, 0]), ("a0", "a1"), 4)  # fmt: skip
    fit, grouping = Fit(np.zeros(2), np.zeros((2, 2)), 1.0), one_hot(np.arange(2), 2)
    assert rates_of(cases, fit, grouping, least=3) is None
    rates = rates_of(cases, fit, grouping, least=2)
    assert rates is not None
    assert rates.weight.tolist() == [9.0]  # the type that is never reported again says nothing


def test_a_row_for_the_life_and_half_and_double_of_it_and_none_without_a_ratio():
    rates = Rates(np.array([0.03]), np.array([1.0]), 0.3)
    ratio = Figure(value=0.5, lower=0.4, upper=0.7, n=900)
    known = ReportingGroup(attribute="a", group="g1", reference_group="g0", ratio=ratio, duplicates=40,
                           verdict="fail")  # fmt: skip
    unknown = known.model_copy(update={"group": "g2", "ratio": Figure(value=None, n=0)})
    rows = list(rates.at_lives([known, unknown], 100))
    assert [(row.group, row.life_days) for row in rows] == [("g1", 100), ("g1", 50), ("g1", 200)]
    first = rows[0].ratio
    assert (first.lower, first.value, first.upper) == tuple(rates.among_all(r, 100) for r in (0.4, 0.5, 0.7))
    assert first.n == 900
    assert rows[1].ratio.value < first.value < rows[2].ratio.value
