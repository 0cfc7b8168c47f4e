from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.evaluation.chance import list_exposure, visit_chance


def by_all_orders(score: list[float], capacity: int) -> np.ndarray:
    """The share of all orders of the units, sorted stably by score, in which each is visited."""
    chosen = np.zeros(len(score))
    orders = list(permutations(range(len(score))))
    for order in orders:
        for unit in sorted(order, key=lambda at: -score[at])[:capacity]:
            chosen[unit] += 1
    return chosen / len(orders)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=6), st.integers(1, 7))
def test_the_mean_over_all_orders(score: list[float], capacity: int) -> None:
    made = visit_chance(np.zeros(len(score), dtype=np.int64), np.array(score), capacity)
    assert made == pytest.approx(by_all_orders(score, capacity))


def test_days_do_not_mix() -> None:
    day = np.array([1, 2, 1, 2])
    assert visit_chance(day, np.array([5.0, 1.0, 4.0, 0.0]), 1).tolist() == [1, 1, 0, 0]


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=6))
def test_exposure_is_the_mean_worth_of_the_rank_over_all_orders(score: list[float]) -> None:
    worth, orders = np.zeros(len(score)), list(permutations(range(len(score))))
    for order in orders:
        for rank, unit in enumerate(sorted(order, key=lambda at: -score[at]), start=1):
            worth[unit] += 1 / np.log2(1 + rank) / len(orders)
    made = list_exposure(np.zeros(len(score), dtype=np.int64), np.array(score))
    assert made == pytest.approx(worth)


def test_the_top_of_each_days_list_is_worth_one_and_third_place_half() -> None:
    made = list_exposure(np.array([7, 3, 7, 7]), np.array([2.0, 0.1, 9.0, 1.0]))
    assert made[[1, 2, 3]] == pytest.approx([1.0, 1.0, 0.5])
