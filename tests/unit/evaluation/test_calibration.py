from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.calibration import BINS, bin_rows, calibration_bins, calibration_of
from civic_ai.evaluation.statistic import Basis
from civic_ai.evaluation.uncertainty import resample_dates
from civic_ai.records.figure import Figure, missing

from .worlds import draw, lists_of


def basis(dates: int) -> Basis:
    resampled = resample_dates(np.zeros(dates, int), 2, seed=1)
    return Basis(resampled=resampled, level=0.9, n=0, period=None, when_undefined="no_rows")


def between(lower: float, upper: float) -> Figure:
    return Figure(value=(lower + upper) / 2, lower=lower, upper=upper, n=10)


def test_bins_hold_all_rows_in_about_equal_parts_in_rising_order() -> None:
    rates, labels = draw()
    bins = bin_rows(lists_of(rates, labels))
    rows = bins.rows.sum(axis=0)
    assert rows.sum() == rates.size
    assert len(rows) == BINS
    assert rows.max() - rows.min() <= 1
    assert bins.observed.sum() == labels.sum()
    means = bins.predicted.sum(axis=0) / rows
    assert (np.diff(means) > 0).all()
    assert bins.rows.sum(axis=1).tolist() == [rates.shape[1]] * len(rates)


def test_equal_scores_stay_in_one_bin() -> None:
    scores = np.array([[0.1] * 15 + [0.2] * 4 + [0.9]])
    bins = bin_rows(lists_of(scores, np.zeros((1, 20))))
    assert bins.rows.tolist() == [[15, 4, 1]]


def test_bins_of_true_rates_hold_what_was_predicted() -> None:
    rates, labels = draw(dates=80, units=120)
    for part in calibration_bins(lists_of(rates, labels), "event", basis(80)):
        assert part.observed.lower - 0.02 <= part.predicted <= part.observed.upper + 0.02
        assert 0 <= part.observed.lower <= part.observed.value <= part.observed.upper <= 1
        assert part.observed.n == pytest.approx(rates.size / BINS, abs=1)


def test_a_bin_in_which_nothing_came_is_not_certain_of_zero() -> None:
    scores = np.tile(np.linspace(0.05, 0.95, 10), (20, 1))
    labels = (scores > 0.5).astype(float)
    first, *_, last = calibration_bins(lists_of(scores, labels), "event", basis(20))
    assert first.observed.value == 0
    assert first.observed.upper > 0.05
    assert last.observed.lower < 0.95


def test_bins_of_counts_may_exceed_one() -> None:
    rates, labels = draw(kind="count")
    *_, last = calibration_bins(lists_of(8 * rates, 8 * labels), "count", basis(48))
    assert last.observed.value > 1


@pytest.mark.parametrize(
    ("slope", "bias", "verdict"),
    [
        (between(0.9, 1.1), between(0.95, 1.05), "pass"),
        (between(0.7, 1.1), between(0.95, 1.05), "insufficient_evidence"),
        (between(0.9, 1.1), between(0.7, 1.05), "insufficient_evidence"),
        (between(0.3, 0.6), between(0.95, 1.05), "fail"),
        (between(0.9, 1.1), between(1.4, 1.9), "fail"),
        (between(0.7, 1.1), between(1.4, 1.9), "fail"),
        (missing("not_estimable"), between(0.95, 1.05), "unknown"),
        (between(0.3, 0.6), missing("no_events"), "unknown"),
    ],
)
def test_the_verdict_is_the_worse_of_slope_and_bias(slope: Figure, bias: Figure, verdict: str) -> None:
    assert calibration_of(slope, bias, (), tolerance=1.25).verdict == verdict


def test_the_policy_sets_the_tolerance() -> None:
    slope, bias = between(0.75, 1.2), between(0.9, 1.1)
    assert calibration_of(slope, bias, (), tolerance=1.25).verdict == "insufficient_evidence"
    assert calibration_of(slope, bias, (), tolerance=1.4).verdict == "pass"
