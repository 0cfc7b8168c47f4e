from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.metric import mean_over_rows, mean_where_known
from civic_ai.evaluation.metrics import METRICS

from .worlds import FIRST, lists_of, rank


def test_gain_is_more_than_one_and_lead_above_zero_for_the_better() -> None:
    for metric in METRICS.values():
        if metric.direction == "closer":
            continue
        better, worse = (1.0, 2.0) if metric.direction == "lower" else (2.0, 1.0)
        assert metric.gain(np.array(better), np.array(worse)) == 2.0
        assert metric.ahead(better, worse) == 1.0
        assert metric.ahead(worse, better) == -1.0


def test_what_may_be_negative_names_the_metric_whose_ratio_is_told() -> None:
    for metric in METRICS.values():
        assert metric.is_signed == (metric.lift_on is not None)
        told = METRICS[metric.lift_on or metric.name]
        assert not told.is_signed
        assert told.kinds == metric.kinds
        assert told.needs == metric.needs


def test_the_mean_over_rows_leaves_the_padding_out() -> None:
    day = FIRST + np.array([0, 0, 0, 7])
    uneven = rank(day, score=[1.0, 2, 3, 4], label=[1.0, 0, 0, 2])
    assert mean_over_rows(uneven, lambda score, label: score + label).value == pytest.approx(13 / 4)


def test_the_mean_of_known_values_leaves_blanks_out() -> None:
    assert mean_where_known(np.array([[1.0, np.nan], [4.0, 4.0]])).value == 3.0
    assert np.isnan(mean_where_known(np.full((2, 2), np.nan)).value)
    assert lists_of([[1, 2]], [[0, 1]]).more == {}
