"""Delays of groups: Simpson's trap, open cases, clusters, verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.audited import Audited, audit_measured
from civic_ai.audit.durations import (
    DELAY_METRICS,
    LEAST_CASES,
    Delays,
    delay_sums,
    measure_delays,
)
from civic_ai.audit.metrics import asked_of
from civic_ai.models.survival import waits_until
from tests.unit.audit.made import PERIOD, POLICY, one_hot

DELAYS = asked_of("durations", "assistive")

TAU = 60
AREAS = 60


def city(
    *,
    seed: int = 0,
    cases: int = 6000,
    slower: float = 1.0,
    mixed: float = 0.5,
    means: tuple[float, float] = (6.0, 24.0),
    open_late: bool = False,
) -> tuple[Delays, np.ndarray]:
    """Cases in 60 areas, the odd ones of group g1, of a quick and a slow type; and the group of each area.

    ``slower``: how much longer g1 waits for the same type. ``mixed``: share of slow types in g1 (g0: half).
    ``open_late``: g1's cases came in late, so that many of them are still open.
    """
    rng = np.random.default_rng(seed)
    area = rng.integers(0, AREAS, cases)
    group = area % 2
    kind = (rng.random(cases) < np.where(group == 1, mixed, 0.5)).astype(np.int64)
    mean = np.array(means)[kind] * np.where(group == 1, slower, 1.0)
    wait = rng.exponential(mean)
    share = np.where((group == 1) & open_late, rng.beta(4, 1, cases), rng.uniform(size=cases))
    watched = np.ceil(100 * (1 - share)) if open_late else np.full(cases, 100.0)
    waits = waits_until(np.minimum(wait, watched), wait <= watched, TAU)
    expected = np.array(means)[kind] * -np.expm1(-TAU / np.array(means)[kind])
    return Delays(area, kind, waits, expected, PERIOD), np.arange(AREAS) % 2


def audit(delays: Delays, group: np.ndarray) -> Audited:
    """Areas are units, and each area is resampled by itself."""
    clusters = np.arange(AREAS)
    sums = delay_sums(delays, [one_hot(group, int(group.max()) + 1)], clusters, seed=3)
    return audit_measured(measure_delays(delays, sums, clusters, seed=3), DELAYS.leading, POLICY)


def ratios(made: Audited) -> dict[str, float]:
    return {item.metric: item.ratio.value for item in made.disparities}


def verdicts(made: Audited) -> dict[str, str]:
    return {item.metric: item.verdict for item in made.disparities}


def restricted(mean: float) -> float:
    return float(mean * -np.expm1(-TAU / mean))


def test_equal_waits_pass() -> None:
    made = audit(*city())
    assert set(verdicts(made).values()) == {"pass"}
    assert made.worst_verdict == "pass"
    assert ratios(made)["restricted_mean_days"] == pytest.approx(1, abs=0.08)


def test_a_group_that_waits_longer_for_everything_fails_by_the_true_ratio() -> None:
    made = audit(*city(slower=2.0))
    truth = (restricted(12) + restricted(48)) / (restricted(6) + restricted(24))
    assert ratios(made)["restricted_mean_days"] == pytest.approx(truth, rel=0.06)
    assert verdicts(made)["restricted_mean_days"] == "fail"
    assert made.worst_verdict == "fail"
    assert made.worst.metric in DELAYS.leading


def test_a_group_that_asks_for_slower_work_waits_no_longer_for_the_same_work() -> None:
    """Simpson's trap: 90 of 100 requests of g1 are of the slow type, and each type takes as long for all."""
    made = audit(*city(mixed=0.9))
    assert ratios(made)["restricted_mean_days_unadjusted"] > 1.35
    assert verdicts(made)["restricted_mean_days_unadjusted"] == "fail"
    assert ratios(made)["restricted_mean_days"] == pytest.approx(1, abs=0.08)
    assert verdicts(made)["restricted_mean_days"] == "pass"
    assert made.worst_verdict == "pass", "the unadjusted figure decides nothing"


def test_a_mix_of_quick_work_hides_no_delay() -> None:
    """The other side of the trap: g1 asks for quick work, and waits 1.6 times as long for each type."""
    made = audit(*city(mixed=0.12, slower=1.6))
    assert ratios(made)["restricted_mean_days_unadjusted"] < 1.05
    assert ratios(made)["restricted_mean_days"] > 1.35
    assert verdicts(made)["restricted_mean_days"] == "fail"


def test_cases_still_open_hide_no_delay() -> None:
    delays, group = city(slower=2.0, open_late=True, cases=40_000)
    waits, of_group = delays.waits, group[delays.unit]
    closed = [waits.days[waits.ended & (of_group == code)].mean() for code in (0, 1)]
    assert closed[1] / closed[0] < 1.25, "the mean of closed cases sees little"
    truth = (restricted(12) + restricted(48)) / (restricted(6) + restricted(24))
    made = audit(delays, group)
    assert ratios(made)["restricted_mean_days"] == pytest.approx(truth, rel=0.07)
    assert verdicts(made)["restricted_mean_days"] == "fail"


def test_figures_are_standardised_to_the_mix_of_all_and_their_ratio_is_the_disparity() -> None:
    delays, group = city(mixed=0.9)
    made = audit(delays, group)
    figures = {(item.group, item.metric): item.figure for item in made.groups}
    share = delays.type.mean()
    expected = (1 - share) * restricted(6) + share * restricted(24)
    for name in ("g0", "g1"):
        assert figures[name, "restricted_mean_days"].value == pytest.approx(expected, rel=0.08)
    for metric, ratio in ratios(made).items():
        assert figures["g1", metric].value / figures["g0", metric].value == pytest.approx(ratio)
    done = (1 - share) * -np.expm1(-TAU / 6) + share * -np.expm1(-TAU / 24)
    assert figures["g1", "done_by_horizon"].value == pytest.approx(done, rel=0.03)
    assert figures["g1", "done_by_horizon"].upper <= 1


def test_the_bias_is_of_what_was_said_to_each_group() -> None:
    delays, group = city(slower=1.8)
    made = audit(delays, group)
    figures = {(item.group, item.metric): item.figure.value for item in made.groups}
    assert figures["g0", "bias_ratio"] == pytest.approx(1, abs=0.06)
    truth = (restricted(6 * 1.8) + restricted(24 * 1.8)) / (restricted(6) + restricted(24))
    assert figures["g1", "bias_ratio"] == pytest.approx(truth, rel=0.07)


def test_without_types_nothing_is_told_twice() -> None:
    delays, group = city()
    alone = Delays(delays.unit, np.zeros_like(delays.type), delays.waits, delays.predicted, PERIOD)
    assert set(verdicts(audit(alone, group))) == set(DELAY_METRICS) - {"restricted_mean_days_unadjusted"}


def test_a_type_that_a_group_has_too_few_of_is_not_compared() -> None:
    """g1 asked for the slow type only 20 times: that none was done is chance, not a finding."""
    delays, group = city()
    mine = np.flatnonzero((group[delays.unit] == 1) & (delays.type == 1))
    kept = np.setdiff1d(np.arange(len(delays.unit)), mine[20:])
    longer = np.where(np.isin(kept, mine), np.float64(TAU), delays.waits.days[kept])
    ended = delays.waits.ended[kept] & ~np.isin(kept, mine)
    waits = waits_until(longer, ended, TAU)
    few = Delays(delays.unit[kept], delays.type[kept], waits, delays.predicted[kept], PERIOD)
    made = audit(few, group)
    compared = {(item.group, item.metric): item.figure.n for item in made.groups}
    quick = few.type == 0
    assert compared["g1", "restricted_mean_days"] == (quick & (group[few.unit] == 1)).sum()
    assert compared["g1", "bias_ratio"] == (group[few.unit] == 1).sum()
    assert LEAST_CASES > 20
    assert ratios(made)["restricted_mean_days"] == pytest.approx(1, abs=0.08), "none of the 20 had ended"


def test_a_horizon_that_nobody_was_watched_for_is_missing_and_passes_nothing() -> None:
    delays, group = city()
    short = waits_until(
        np.minimum(delays.waits.days, 20), delays.waits.ended & (delays.waits.days <= 20), TAU
    )
    made = audit(Delays(delays.unit, delays.type, short, delays.predicted, PERIOD), group)
    assert all(item.figure.value is None for item in made.groups)
    assert "pass" not in verdicts(made).values()


def test_people_are_shared_out_by_shares_of_groups() -> None:
    """Areas that are half and half give both groups the same figure; weights are of cases."""
    delays, group = city(slower=2.0)
    grouping = one_hot(group, 2)
    half = np.full_like(grouping.shares, 0.5)
    even = type(grouping)(grouping.attribute, grouping.groups, "g0", half, grouping.residents)
    clusters = np.arange(AREAS)
    sums = delay_sums(delays, [even], clusters, seed=3)
    made = audit_measured(measure_delays(delays, sums, clusters, seed=3), DELAYS.leading, POLICY)
    assert ratios(made)["restricted_mean_days"] == pytest.approx(1)


def test_a_few_strange_areas_are_a_few_pieces_of_evidence() -> None:
    """All delay of g1 comes from 4 of its 30 areas: resampling areas is less sure than resampling cases."""
    delays, group = city()
    strange = np.isin(delays.unit, [1, 3, 5, 7])
    days = np.where(strange, np.minimum(delays.waits.days * 6, TAU), delays.waits.days)
    ended = delays.waits.ended & ~(strange & (delays.waits.days * 6 > TAU))
    waits = waits_until(days, ended, TAU)
    made = audit(Delays(delays.unit, delays.type, waits, delays.predicted, PERIOD), group)
    by_area = next(item for item in made.disparities if item.metric == "restricted_mean_days").ratio
    alone = Delays(np.arange(len(days)), delays.type, waits, delays.predicted, PERIOD)
    clusters = np.arange(len(days))
    sums = delay_sums(alone, [one_hot(group[delays.unit], 2)], clusters, seed=3)
    measured = measure_delays(alone, sums, clusters, seed=3)["restricted_mean_days"][0]
    assert by_area.upper is not None
    assert by_area.lower is not None
    width = np.log(by_area.upper / by_area.lower) / 2 / 1.7
    assert width > 2 * measured.rates.error(measured.sums.units).max()


def test_intervals_hold_the_truth_about_nine_times_in_ten() -> None:
    truth = 1.0
    held = []
    for seed in range(60):
        made = audit(*city(seed=seed, cases=1200))
        ratio = next(item for item in made.disparities if item.metric == "restricted_mean_days").ratio
        held.append(ratio.lower <= truth <= ratio.upper)
    assert 0.8 <= np.mean(held) <= 1.0


def test_the_same_seed_gives_the_same_report() -> None:
    assert audit(*city(cases=900)) == audit(*city(cases=900))


def test_errors_are_never_below_what_single_cases_leave_open() -> None:
    """Greenwood's error of the group's own curve, relative to its mean."""
    delays, group = city(cases=900)
    clusters = np.arange(AREAS)
    sums = delay_sums(delays, [one_hot(group, 2)], clusters, seed=3)
    rates = measure_delays(delays, sums, clusters, seed=3)["restricted_mean_days_unadjusted"][0].rates
    table = delays.waits.daily_table(group[delays.unit], 2)
    expected = table.restricted_error() / table.restricted_mean()
    np.testing.assert_allclose(rates.error_floor, expected, rtol=1e-9)
    assert (rates.error(sums[0].units) >= rates.error_floor).all()


def test_a_group_with_a_single_compared_case_is_not_judged() -> None:
    """It has 200 cases of another kind, but one of the kind that is compared: one wait is no evidence."""
    rng = np.random.default_rng(5)
    area = np.r_[rng.integers(0, 40, 4000), rng.integers(40, AREAS, 201)]
    kind = np.r_[np.zeros(4000, dtype=np.int64), np.ones(200, dtype=np.int64), 0]
    wait = np.r_[rng.exponential(10.0, 4200), 0.5]
    waits = waits_until(wait, np.ones(len(wait), dtype=bool), TAU)
    delays = Delays(area, kind, waits, np.full(len(wait), 10.0), PERIOD)
    group = np.where(np.arange(AREAS) < 40, np.arange(AREAS) % 2, 2)
    grouping = replace(one_hot(group, 3), groups=("g0", "g1", "unknown"))
    sums = delay_sums(delays, [grouping], np.arange(AREAS), seed=3)
    made = audit_measured(measure_delays(delays, sums, np.arange(AREAS), seed=3), DELAYS.leading, POLICY)
    (alone,) = [
        item for item in made.disparities
        if item.group == "unknown" and item.metric == "restricted_mean_days"
    ]  # fmt: skip
    assert alone.ratio.n == 1
    assert (alone.verdict, alone.ratio.lower, alone.ratio.upper) == ("insufficient_evidence", None, None)
