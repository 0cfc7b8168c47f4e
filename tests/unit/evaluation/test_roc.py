from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from civic_ai.evaluation.roc import area_interval, placements


def draw(seed: int, rows: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    is_event = rng.random(rows) < 0.3
    return np.round(rng.normal(is_event, 1.0), 1), is_event


def test_placements_by_hand() -> None:
    score, is_event = np.array([3.0, 1, 2, 2]), np.array([True, True, False, False])
    assert placements(score, is_event).tolist() == [1.0, 0.0, 0.5, 0.5]
    tied = placements(np.ones(4), is_event)
    assert tied.tolist() == [0.5] * 4


@pytest.mark.parametrize("seed", range(5))
def test_either_side_has_the_area_as_its_mean(seed: int) -> None:
    score, is_event = draw(seed)
    placed, reference = placements(score, is_event), roc_auc_score(is_event, score)
    assert placed[is_event].mean() == pytest.approx(reference)
    assert placed[~is_event].mean() == pytest.approx(reference)


def test_the_interval_holds_the_true_area_about_as_often_as_it_says() -> None:
    true, held = 0.7602499, 0  # P(N(1, 1) > N(0, 1))
    for seed in range(300):
        rng = np.random.default_rng(seed)
        is_event = np.arange(150) < 40
        lower, upper = area_interval(rng.normal(is_event, 1.0), is_event, 0.9)
        held += lower <= true <= upper
    assert 0.85 <= held / 300 <= 0.95


def test_the_interval_of_four_rows_by_hand() -> None:
    """Both sides are placed at 0.5 and 1: area 0.75, variance 0.125 / 2 + 0.125 / 2."""
    half = 0.6744898 * 0.125**0.5
    made = area_interval(np.array([1.0, 3.0, 2.0, 4.0]), np.array([False, False, True, True]), 0.5)
    assert made == pytest.approx((0.75 - half, 0.75 + half))


def test_a_wider_level_is_wider_and_one_event_has_no_interval() -> None:
    score, is_event = draw(1)
    narrow, wide = (area_interval(score, is_event, level) for level in (0.8, 0.99))
    assert wide[0] < narrow[0] < roc_auc_score(is_event, score) < narrow[1] < wide[1]
    assert area_interval(score, np.arange(80) == 3, 0.9) is None
    assert area_interval(score, np.arange(80) != 3, 0.9) is None
    assert area_interval(np.arange(80.0), np.arange(80) > 40, 0.9) == (1.0, 1.0)
