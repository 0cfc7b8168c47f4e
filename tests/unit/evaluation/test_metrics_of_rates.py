from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.metrics_of_rates import (
    METRICS_OF_RATES,
    expected_calibration_error,
    root_mean_squared_scaled_error,
)

from .worlds import lists_of


def test_the_scaled_error_by_hand() -> None:
    lists = lists_of([[3.0, 1.0], [2.0, 5.0]], [[1.0, 1.0], [2.0, 1.0]], scale=[[2.0, 1.0], [2.0, 4.0]])
    # errors over scale: -1, 0, 0, -1
    assert root_mean_squared_scaled_error(lists, "count").value == pytest.approx(np.sqrt(2 / 4))


def test_the_naive_forecast_of_a_long_series_has_a_scaled_error_of_one() -> None:
    series = np.random.default_rng(3).poisson(6.0, 4001).astype(float)
    naive, came = series[:-1, None], series[1:, None]
    scale = np.full_like(came, np.sqrt(np.mean(np.diff(series) ** 2)))
    lists = lists_of(naive, came, scale=scale)
    assert root_mean_squared_scaled_error(lists, "count").value == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("blank", [0.0, np.nan])
def test_rows_that_never_changed_are_left_out(blank: float) -> None:
    lists = lists_of([[3.0, 90.0]], [[1.0, 1.0]], scale=[[2.0, blank]])
    assert root_mean_squared_scaled_error(lists, "count").value == 1.0
    assert np.isnan(root_mean_squared_scaled_error(lists_of([3], [1], scale=[blank]), "count").value)


def test_rates_need_no_capacity_and_are_read_as_rates() -> None:
    assert {metric.reads for metric in METRICS_OF_RATES} == {"rate"}
    assert not any("capacity" in metric.needs for metric in METRICS_OF_RATES)


def test_bins_that_promise_too_little_do_not_make_up_for_those_that_promise_too_much() -> None:
    lists = lists_of([[0.2] * 10 + [0.8] * 10], [[1.0] * 4 + [0.0] * 6 + [1.0] * 6 + [0.0] * 4])
    assert expected_calibration_error(lists, "event").value == pytest.approx(0.2)
