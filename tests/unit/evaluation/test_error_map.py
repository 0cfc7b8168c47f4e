from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.error_map import errors_by_place, moran_test, morans_i
from civic_ai.evaluation.error_rows import ErrorRows

SIDE = 12


def chain(size: int) -> tuple[np.ndarray, np.ndarray]:
    left = np.arange(size - 1)
    return np.concatenate([left, left + 1]), np.concatenate([left + 1, left])


def by_hand(values: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> float:
    weights = np.zeros((len(values), len(values)))
    weights[pairs] = 1
    z = values - values.mean()
    top = sum(weights[i, j] * z[i] * z[j] for i in range(len(z)) for j in range(len(z)))
    return float(len(z) / weights.sum() * top / (z**2).sum())


@pytest.mark.parametrize("seed", range(5))
def test_morans_i_is_the_sum_over_pairs(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=SIDE)
    assert morans_i(values, chain(SIDE)) == pytest.approx(by_hand(values, chain(SIDE)))


def test_a_chessboard_and_a_slope() -> None:
    assert morans_i(np.arange(SIDE) % 2 * 1.0, chain(SIDE)) == pytest.approx(-1.0)
    figure, p_value = moran_test(np.arange(60.0), chain(60), seed=1)
    assert figure.value is not None
    assert figure.value > 0.9
    assert p_value == pytest.approx(0.001)


def test_noise_is_not_alarming_more_often_than_it_should() -> None:
    random = np.random.default_rng(8)
    p = [moran_test(random.normal(size=60), chain(60), seed=at)[1] or 0.0 for at in range(100)]
    assert 2 <= sum(value < 0.1 for value in p) <= 20


@pytest.mark.parametrize(
    ("values", "pairs", "why"),
    [
        (np.arange(60.0), None, "nothing_says_who_is_next_to_whom"),
        (np.arange(5.0), chain(5), "too_few_places"),
        (np.ones(60), chain(60), "nothing_varies"),
    ],
)
def test_what_cannot_be_told_says_why(
    values: np.ndarray, pairs: tuple[np.ndarray, np.ndarray] | None, why: str
) -> None:
    figure, p_value = moran_test(values, pairs, seed=1)
    assert (figure.value, figure.why_missing, p_value) == (None, why, None)


def test_errors_are_added_up_by_place() -> None:
    unit = np.array([0, 1, 2, 0, 1, 2])
    zero, day = np.zeros(6, dtype=np.int64), np.array(["2020-01-01"] * 6, dtype="datetime64[D]")
    rows = ErrorRows(unit, zero, day, zero, np.arange(6.0), np.ones(6), day[:1], zero[:1])
    places = errors_by_place(rows, pd.Index(["x", "y", None], dtype=object))
    assert list(places.places) == ["x", "y"]
    assert places.predicted.tolist() == [0 + 3, 1 + 4]
    assert places.came.tolist() == [2, 2]
