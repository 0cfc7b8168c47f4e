from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from civic_ai.models.survival import LifeTable, Waits, area_by_stretch, censor_at, waits_until


def drawn(n: int = 400, seed: int = 0, *, whole: bool = True) -> Waits:
    """Exponential waits with censoring before tau, in whole days with many ties or not."""
    rng = np.random.default_rng(seed)
    wait, lost = rng.exponential(20, n), np.ceil(rng.uniform(1, 90, n))
    wait = np.ceil(wait) if whole else wait
    return waits_until(np.minimum(wait, lost), wait <= lost, 60)


@pytest.mark.parametrize("whole", [True, False])
def test_curve_and_greenwood_error_are_statsmodels(whole: bool) -> None:
    waits = drawn(whole=whole)
    theirs, table = SurvfuncRight(waits.days, waits.ended), waits.life_table()
    at = np.searchsorted(table.times, theirs.surv_times)
    np.testing.assert_allclose(table.open_after[0][at], theirs.surv_prob, atol=1e-12)
    errors = [table.open_error(day)[0] for day in theirs.surv_times]
    np.testing.assert_allclose(errors, theirs.surv_prob_se, atol=1e-12)


def test_whole_weights_are_statsmodels_frequencies_and_repeated_cases() -> None:
    waits = drawn()
    times = np.random.default_rng(1).integers(1, 4, len(waits.days))
    table = waits.daily_table(weight=times.astype(float))
    theirs = SurvfuncRight(waits.days, waits.ended, freq_weights=times)
    at = theirs.surv_times.astype(int) - 1
    np.testing.assert_allclose(table.open_after[0][at], theirs.surv_prob, atol=1e-12)
    again = Waits(np.repeat(waits.days, times), np.repeat(waits.ended, times), waits.tau).daily_table()
    np.testing.assert_allclose(table.restricted_mean(), again.restricted_mean())
    np.testing.assert_allclose(table.restricted_error(), again.restricted_error())


def test_a_case_worked_by_hand() -> None:
    """Six cases: 1, 3+, 3, 5, 6+, open at tau = 8 ('+' censored): S = 5/6, 5/6*4/5, 5/6*4/5*2/3."""
    days, ended = np.array([1.0, 3, 3, 5, 6, 11]), np.array([1, 0, 1, 1, 0, 1], dtype=bool)
    table = waits_until(days, ended, 8).life_table()
    assert table.times.tolist() == [1, 3, 5, 8]
    assert table.at_risk[0].tolist() == [6, 5, 3, 1]
    assert table.ended[0].tolist() == [1, 1, 1, 0]
    np.testing.assert_allclose(table.open_after[0], [5 / 6, 2 / 3, 4 / 9, 4 / 9])
    assert table.restricted_mean()[0] == pytest.approx(1 + 2 * 5 / 6 + 2 * 2 / 3 + 3 * 4 / 9)
    variance = (
        (2 * 5 / 6 + 2 * 2 / 3 + 3 * 4 / 9) ** 2 / 30 + (2 * 2 / 3 + 3 * 4 / 9) ** 2 / 20 + (4 / 3) ** 2 / 6
    )
    assert table.restricted_error()[0] == pytest.approx(np.sqrt(variance))
    assert [table.open_at(day)[0] for day in (0.5, 1, 4.9, 5)] == pytest.approx([1, 5 / 6, 2 / 3, 4 / 9])


def test_without_censoring_the_restricted_mean_is_the_mean_of_the_capped_days() -> None:
    days = np.random.default_rng(3).exponential(30, 500)
    waits = waits_until(days, np.ones(500, dtype=bool), 60)
    capped = np.minimum(days, 60).mean()
    assert waits.life_table().restricted_mean()[0] == pytest.approx(capped)
    assert waits.daily_table().restricted_mean()[0] == pytest.approx(capped)


def test_days_tell_what_moments_tell_when_cases_are_lost_at_whole_days() -> None:
    waits = drawn(whole=False)
    exact, daily = waits.life_table(), waits.daily_table()
    assert daily.restricted_mean()[0] == pytest.approx(exact.restricted_mean()[0], abs=1e-9)
    assert daily.open_at(20)[0] == pytest.approx(exact.open_at(20)[0])
    assert daily.restricted_error()[0] == pytest.approx(exact.restricted_error()[0], rel=0.02)


def test_tables_of_groups_are_those_of_each_group_alone_and_add_up() -> None:
    waits = drawn()
    group = np.random.default_rng(2).integers(0, 3, len(waits.days))
    table = waits.daily_table(group, 4)
    for code in range(3):
        mine = group == code
        alone = Waits(waits.days[mine], waits.ended[mine], waits.tau).daily_table()
        np.testing.assert_array_equal(table.open_after[code], alone.open_after[0])
    np.testing.assert_array_equal(table.at_risk.sum(axis=0), waits.daily_table().at_risk[0])
    np.testing.assert_array_equal(table.ended.sum(axis=0), waits.daily_table().ended[0])
    assert not table.is_followed[3], "a group without cases has no curve"


def test_the_standard_error_is_that_of_repeated_samples() -> None:
    tables = [drawn(200, seed).life_table() for seed in range(400)]
    means = [table.restricted_mean()[0] for table in tables]
    told = np.mean([table.restricted_error()[0] for table in tables])
    assert told == pytest.approx(np.std(means), rel=0.1)


def test_a_curve_says_whether_somebody_was_watched_to_the_end() -> None:
    days, lost = np.array([2.0, 5.0]), np.array([True, False])
    assert not waits_until(days, lost, 9).daily_table().is_followed[0]
    assert waits_until(days, lost, 5).daily_table().is_followed[0]
    assert waits_until(days, np.array([True, True]), 9).daily_table().is_followed[0], "all had ended"
    assert not waits_until(np.array([]), np.array([], dtype=bool), 9).daily_table().is_followed[0]


def test_chance_of_being_watched_is_kaplan_meier_of_the_censorings() -> None:
    waits = drawn()
    flipped = SurvfuncRight(waits.days + 0.5 * ~waits.ended, ~waits.ended & (waits.days < waits.tau))
    ahead = waits.chance_watched(flipped.surv_times + 0.25)
    np.testing.assert_allclose(ahead, flipped.surv_prob, atol=1e-12)
    assert waits.chance_watched(np.array([0.0]))[0] == 1


def test_at_tau_the_chance_is_of_no_loss_before() -> None:
    waits = waits_until(np.array([1.0, 2, 5, 5]), np.array([True, False, False, False]), 5)
    assert waits.chance_watched(np.array([2.0, 2.1, 5.0])).tolist() == pytest.approx([1, 2 / 3, 2 / 3])


def test_censoring_at_a_cutoff_hides_what_came_later_and_drops_nobody() -> None:
    as_of = np.array(["2020-01-01", "2020-01-01", "2020-01-08"], dtype="datetime64[D]")
    days, ended = censor_at(
        as_of, np.array([3.0, 10.5, 4.0]), np.array([True, True, False]), np.datetime64("2020-01-11")
    )
    assert days.tolist() == [3, 10, 3]
    assert ended.tolist() == [True, False, False]


def test_what_ended_on_the_day_of_the_cutoff_was_known_at_its_end() -> None:
    as_of = np.array(["2020-01-01"], dtype="datetime64[D]")
    days, ended = censor_at(as_of, np.array([10.0]), np.array([True]), np.datetime64("2020-01-11"))
    assert (days[0], ended[0]) == (10, True)


def test_areas_of_stretches_add_up_to_the_mean() -> None:
    area = area_by_stretch(np.array([1.0, 4.0]), np.array([0.5, 0.2]), np.array([0.5, 1.0]))
    np.testing.assert_allclose(area, [0.5 * 1 + 0.5 * 0.5, 0.2 * 3 + 0.3 * 1.0])


def test_life_tables_of_replicates_have_curves_of_their_own() -> None:
    waits = drawn(90)
    group = np.arange(90) % 3
    parts = waits.daily_table(group, 3)
    weights = np.array([[1.0, 1, 1], [3, 0, 0]])
    made = LifeTable(parts.times, weights @ parts.at_risk, weights @ parts.ended, parts.spent)
    np.testing.assert_allclose(made.restricted_mean()[0], waits.daily_table().restricted_mean()[0])
    np.testing.assert_allclose(made.restricted_mean()[1], parts.restricted_mean()[0])


def closed_only(days: np.ndarray, ended: np.ndarray) -> float:
    """The figure that is refused."""
    return float(days[ended].mean())


def late_arrivals(seed: int) -> tuple[float, float]:
    """Ratio of B to A by Kaplan-Meier and by the mean of the closed; true ratio of the means up to 90: 1.405.

    Exponential waits. A's requests come evenly over 200 days, B's mostly near the end of the extract.
    """
    rng, n, tau = np.random.default_rng(seed), 6000, 90
    means = {"a": 30.0, "b": 46.96}
    share = {"a": rng.uniform(size=n), "b": rng.beta(3.0, 1.0, n)}
    told: dict[str, tuple[float, float]] = {}
    for group, mean in means.items():
        wait, watched = rng.exponential(mean, n), 200 * (1 - share[group])
        days, ended = np.minimum(wait, watched), wait <= watched
        told[group] = (
            waits_until(days, ended, tau).life_table().restricted_mean()[0],
            closed_only(days, ended),
        )
    return told["b"][0] / told["a"][0], told["b"][1] / told["a"][1]


def test_closed_cases_hide_a_delay_that_kaplan_meier_sees() -> None:
    """METHODS 2.4 and acceptance A11."""
    exact = [mean * -np.expm1(-90 / mean) for mean in (30.0, 46.96)]
    truth = exact[1] / exact[0]
    assert truth == pytest.approx(1.405, abs=0.002)
    for seed in range(5):
        curve, closed = late_arrivals(seed)
        assert curve == pytest.approx(truth, rel=0.05)
        assert closed < 0.8 * truth
    assert np.mean([late_arrivals(seed)[1] for seed in range(5)]) == pytest.approx(0.97, abs=0.03)
