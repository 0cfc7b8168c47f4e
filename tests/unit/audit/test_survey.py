"""Reports beside a measured condition: who reports less of the same condition is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit.survey import Surveyed, _ratio, follow, residuals
from tests.unit.audit.made import POLICY, one_hot


def surveyed(seed, *, log=0.0, slope=0.5, areas=200):
    """Group 1 has worse roads, and reports exp(``log``) times as much of the same condition."""
    rng = np.random.default_rng(seed)
    group = np.arange(areas) % 2
    worse, per = rng.standard_normal(areas) + 0.8 * group, rng.uniform(1, 5, areas)
    mean = per * np.exp(2 + slope * worse + log * group + 0.2 * rng.standard_normal(areas))
    return Surveyed(rng.poisson(mean).astype(float), per, worse), one_hot(group, 2)


def test_less_reporting_of_the_same_condition_is_found_though_reports_are_as_many():
    found = [residuals(*surveyed(seed, log=-0.7), POLICY)[0] for seed in range(20)]
    logs = np.log([item.ratio.value for item in found])
    assert logs.mean() == pytest.approx(-0.7, abs=0.05)
    covered = [item.ratio.lower <= np.exp(-0.7) <= item.ratio.upper for item in found]
    assert np.mean(covered) >= 0.7
    assert {item.verdict for item in found} == {"fail"}


def test_where_reports_follow_the_condition_nobody_is_accused():
    verdicts = [residuals(*surveyed(seed), POLICY)[0].verdict for seed in range(20)]
    assert "fail" not in verdicts
    assert "pass" in verdicts


def test_areas_without_a_survey_are_left_out():
    whole, grouping = surveyed(1, log=-0.7)
    worse = whole.worse.copy()
    worse[:20] = np.nan
    reports = whole.reports.copy()
    reports[:20] = 1e6
    part = residuals(Surveyed(reports, whole.per, worse), grouping, POLICY)[0]
    assert part.ratio.n == 180
    assert part.ratio.value == pytest.approx(np.exp(-0.7), rel=0.2)


def test_too_few_areas_say_nothing():
    made = residuals(*surveyed(1, areas=8), POLICY)[0]
    assert (made.verdict, made.ratio.why_missing) == ("insufficient_evidence", "too_few")


def test_the_rank_correlation_is_spearmans():
    rng = np.random.default_rng(1)
    one = rng.standard_normal(60)
    other = one + rng.standard_normal(60)
    made = follow(one, np.r_[other[:59], np.nan], POLICY)
    assert made.value == pytest.approx(stats.spearmanr(one[:59], other[:59]).statistic)
    assert made.lower < made.value < made.upper
    assert made.n == 59


@pytest.mark.parametrize(("values", "why"), [(np.arange(5.0), "too_few"), (np.zeros(30), "areas_alike")])
def test_a_correlation_that_cannot_be_measured_says_why(values, why):
    assert follow(values, np.arange(float(len(values))), POLICY).why_missing == why


def test_the_interval_of_a_rank_correlation_is_fishers():
    """13 areas, three pairs of neighbours swapped: rank 1 - 6 * 6 / (13 * 168); variance 1.06 / 10."""
    one, other = np.arange(13.0), np.arange(13.0)
    other[[0, 1, 4, 5, 8, 9]] = other[[1, 0, 5, 4, 9, 8]]
    level = 0.8
    tolerances = POLICY.tolerances.model_copy(update={"confidence_level": level})
    made = follow(one, other, POLICY.model_copy(update={"tolerances": tolerances}))
    rank = 1 - 6 * 6 / (13 * 168)
    reach = stats.norm.ppf(0.5 + level / 2) * np.sqrt(1.06 / 10)
    assert made.level == level
    assert made.value == pytest.approx(rank)
    assert (made.lower, made.upper) == pytest.approx(
        (np.tanh(np.arctanh(rank) - reach), np.tanh(np.arctanh(rank) + reach))
    )


def test_a_ratio_of_which_nothing_is_known_stays_a_number():
    made = _ratio(0.0, 1e4, 12, POLICY)
    assert 0 < made.lower < made.value == 1.0 < made.upper < np.inf


@pytest.mark.parametrize(("areas", "why"), [(9, "too_few"), (10, None)])
def test_ten_areas_are_enough_for_a_rank_correlation(areas, why):
    made = follow(np.arange(areas) * 1.0, np.arange(areas) ** 2.0, POLICY)
    assert made.why_missing == why
    assert made.value == (None if why else pytest.approx(1.0))
