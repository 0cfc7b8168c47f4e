from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.statistic import Basis, Statistic, ratio
from civic_ai.evaluation.uncertainty import resample_dates, wilson

DATES = 40
RESAMPLED = resample_dates(np.zeros(DATES, int), 2, seed=3)


def basis(n: int = 100) -> Basis:
    return Basis(resampled=RESAMPLED, level=0.9, n=n, period=None, when_undefined="no_events")


def draws(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    below = rng.integers(5, 30, DATES).astype(float)
    return rng.binomial(below.astype(int), 0.3).astype(float), below


def test_replicates_of_a_ratio_equal_recomputing_it_on_the_drawn_dates() -> None:
    above, below = draws()
    replicates = ratio(above, below).replicates(RESAMPLED)
    for i in range(0, 1000, 97):
        dates = np.repeat(np.arange(DATES), RESAMPLED.weights[i].astype(int))
        assert replicates[i] == pytest.approx(above[dates].sum() / below[dates].sum(), abs=1e-14)


def test_a_function_of_a_statistic_is_applied_to_value_and_replicates() -> None:
    above, below = draws()
    doubled = ratio(above, below).then(lambda share: 2 * share)
    assert doubled.value == 2 * ratio(above, below).value
    assert np.array_equal(doubled.replicates(RESAMPLED), 2 * ratio(above, below).replicates(RESAMPLED))


def test_a_figure_carries_value_interval_n_and_level() -> None:
    above, below = draws()
    figure = basis(int(below.sum())).figure(ratio(above, below))
    assert figure.value == pytest.approx(above.sum() / below.sum())
    assert figure.lower < figure.value < figure.upper
    assert (figure.n, figure.level, figure.why_missing) == (int(below.sum()), 0.9, None)


def test_nothing_to_divide_by_is_missing_with_the_reason() -> None:
    figure = basis(7).figure(ratio(np.zeros(DATES), np.zeros(DATES)))
    assert (figure.value, figure.lower, figure.why_missing, figure.n) == (None, None, "no_events", 7)
    other = basis().without_value("nothing_to_compare_with").figure(ratio(np.ones(DATES), np.zeros(DATES)))
    assert other.why_missing == "nothing_to_compare_with"


def test_a_value_from_too_few_periods_stands_without_interval_and_says_why() -> None:
    short = Basis(resample_dates(np.zeros(3, int), 1, seed=0), 0.9, 9, None, "no_events")
    figure = short.figure(ratio(np.ones(3), np.full(3, 2.0)))
    assert (figure.value, figure.lower, figure.upper) == (0.5, None, None)
    assert figure.why_missing == "too_few_periods_for_an_interval"


def test_a_share_that_never_varies_still_has_wilsons_width() -> None:
    nothing = ratio(np.zeros(DATES), np.full(DATES, 5.0))
    assert basis(200).figure(nothing).upper == 0.0
    figure = basis(200).proportion(nothing)
    assert (figure.lower, figure.upper) == (0.0, pytest.approx(wilson(0, 200)[1]))
    all_found = basis(200).proportion(ratio(np.full(DATES, 5.0), np.full(DATES, 5.0)))
    assert (all_found.lower, all_found.upper) == (pytest.approx(wilson(200, 200)[0]), 1.0)


def test_a_share_keeps_the_wider_interval_of_time() -> None:
    above = np.where(np.arange(DATES) < DATES / 2, 0.0, 1000.0)
    below = np.full(DATES, 1000.0)
    over_time = basis(40_000).figure(ratio(above, below))
    assert basis(40_000).proportion(ratio(above, below)) == over_time


def test_pairing_takes_out_what_both_share() -> None:
    above, below = draws()
    same = basis().compared(ratio(above, below), ratio(above, below), np.divide)
    assert (same.value, same.lower, same.upper) == (1.0, 1.0, 1.0)
    shared = np.random.default_rng(8).gamma(1.0, 1.0, DATES)
    one, other = ratio(shared * 1.1, below), ratio(shared, below)
    paired = basis().compared(one, other, np.divide)
    assert paired.upper - paired.lower < 1e-9
    assert basis().figure(one).upper - basis().figure(one).lower > 0.01


def test_an_interval_is_widened_to_hold_its_value() -> None:
    assert basis().bounded(0.1, (0.2, 0.3)).lower == 0.1
    assert basis().bounded(0.4, (0.2, 0.3)).upper == 0.4
    assert basis().bounded(0.25, (0.2, 0.3)).lower == 0.2


def test_a_basis_for_a_part_changes_only_n() -> None:
    part = basis(100).counting(7)
    assert part.n == 7
    assert part.resampled is RESAMPLED


def test_any_function_of_sums_can_be_a_statistic() -> None:
    spread = Statistic(np.eye(DATES), lambda totals: totals.max(axis=-1))
    assert spread.value == 1.0
    assert np.array_equal(spread.replicates(RESAMPLED), RESAMPLED.weights.max(axis=1))
