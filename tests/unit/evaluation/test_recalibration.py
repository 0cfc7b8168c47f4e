from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from civic_ai.evaluation.recalibration import recalibration_intercept, recalibration_slope
from civic_ai.evaluation.uncertainty import resample_dates

from .worlds import draw, lists_of


def distorted(kind: str, slope: float, shift: float = 0.0, *, dates: int = 60, seed: int = 2):
    """Scores whose true recalibration line has ``slope`` and, at slope 1, ``shift``."""
    rng = np.random.default_rng(seed)
    if kind == "event":
        line = rng.normal(-1.5, 1.2, (dates, 50))
        labels = rng.random(line.shape) < expit(slope * line + shift)
        return expit(line), labels.astype(float)
    line = rng.normal(-0.5, 0.8, (dates, 50))
    return np.exp(line), rng.poisson(np.exp(slope * line + shift)).astype(float)


@pytest.mark.parametrize("kind", ["event", "count"])
@pytest.mark.parametrize("slope", [0.4, 1.0, 1.8])
def test_the_true_slope_is_found(kind: str, slope: float) -> None:
    scores, labels = distorted(kind, slope, dates=200)
    assert recalibration_slope(lists_of(scores, labels), kind).value == pytest.approx(slope, abs=0.1)


@pytest.mark.parametrize("kind", ["event", "count"])
@pytest.mark.parametrize("shift", [-0.7, 0.0, 0.5])
def test_the_true_shift_is_found(kind: str, shift: float) -> None:
    scores, labels = distorted(kind, 1.0, shift, dates=200)
    assert recalibration_intercept(lists_of(scores, labels), kind).value == pytest.approx(shift, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learn_finds_the_same_line_for_events(seed: int) -> None:
    scores, labels = distorted("event", 0.6, seed=seed)
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=500)
    model.fit(logit(scores).reshape(-1, 1), labels.ravel())
    slope = recalibration_slope(lists_of(scores, labels), "event").value
    assert slope == pytest.approx(model.coef_[0, 0], abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learn_finds_the_same_line_for_counts(seed: int) -> None:
    scores, labels = distorted("count", 1.4, seed=seed)
    model = PoissonRegressor(alpha=0, tol=1e-12, max_iter=1000, solver="newton-cholesky")
    model.fit(np.log(scores).reshape(-1, 1), labels.ravel())
    slope = recalibration_slope(lists_of(scores, labels), "count").value
    assert slope == pytest.approx(model.coef_[0], abs=1e-6)


def test_for_counts_the_shift_is_the_log_of_what_came_over_what_was_predicted() -> None:
    scores, labels = distorted("count", 1.0, 0.4)
    shift = recalibration_intercept(lists_of(scores, labels), "count").value
    assert shift == pytest.approx(np.log(labels.sum() / scores.sum()), abs=1e-9)


@pytest.mark.parametrize("kind", ["event", "count"])
@pytest.mark.parametrize("measure", [recalibration_slope, recalibration_intercept])
def test_one_newton_step_a_replicate_is_as_good_as_fitting_each_again(kind: str, measure) -> None:
    scores, labels = distorted(kind, 0.7)
    drawn = resample_dates(np.zeros(60, int), 3, seed=1, replicates=60)
    quick = measure(lists_of(scores, labels), kind).replicates(drawn)
    slow = []
    for weights in drawn.weights.astype(int):
        dates = np.repeat(np.arange(60), weights)
        slow.append(measure(lists_of(scores[dates], labels[dates]), kind).value)
    assert np.corrcoef(quick, slow)[0, 1] > 0.999
    assert quick.std() == pytest.approx(np.std(slow), rel=0.05)
    assert np.abs(quick - slow).max() < 0.3 * np.std(slow)


@pytest.mark.parametrize(
    ("scores", "labels"),
    [
        ([0.2, 0.4, 0.6], [0, 0, 0]),
        ([0.2, 0.4, 0.6], [1, 1, 1]),
        ([0.3, 0.3, 0.3], [0, 1, 0]),
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]),
    ],
)
def test_no_slope_where_none_can_be_estimated(scores, labels) -> None:
    assert np.isnan(recalibration_slope(lists_of(scores, labels), "event").value)


def test_certain_probabilities_and_zero_counts_do_not_break_the_line() -> None:
    rates, labels = draw()
    rates[:, 0], rates[:, 1] = 0.0, 1.0
    assert np.isfinite(recalibration_slope(lists_of(rates, labels), "event").value)
    assert np.isfinite(recalibration_slope(lists_of(np.floor(4 * rates), labels), "count").value)


def test_dates_of_different_length_do_not_mix() -> None:
    scores, labels = distorted("event", 0.8, dates=8)
    together = recalibration_slope(lists_of(scores, labels), "event")
    flat = recalibration_slope(lists_of(scores.ravel(), labels.ravel()), "event")
    assert together.value == pytest.approx(flat.value, abs=1e-9)
    assert together.sums.sum(axis=0) == pytest.approx(flat.sums.sum(axis=0), rel=1e-6, abs=1e-6)
