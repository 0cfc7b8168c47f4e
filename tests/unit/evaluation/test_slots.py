from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from civic_ai.evaluation.slots import Cases, cases_of, fill_slots

from .worlds import lists_of

SCORES = st.sampled_from([0.1, 0.5, 0.9])
DAYS = st.sampled_from([1.0, 2.0, 2.0, 5.0])


def by_every_order(score: np.ndarray, due: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean day, and chance of the first half, over all orders that respect the scores: the definition."""
    n, slots = len(score), np.sort(due)
    days, early, orders = np.zeros(n), np.zeros(n), 0
    for order in permutations(range(n)):
        if all(score[a] >= score[b] for a, b in pairwise(order)):
            orders += 1
            for place, case in enumerate(order):
                days[case] += slots[place]
                early[case] += 1 if place + 1 <= n / 2 else max(n / 2 - place, 0)
    return days / orders, early / orders


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(arrays(float, n, elements=SCORES), arrays(float, n, elements=DAYS))
    )
)
@settings(max_examples=150, deadline=None)
def test_one_list_equals_all_orders_written_out(city) -> None:
    score, due = city
    slots = fill_slots(np.zeros(len(score), int), score, due)
    day, early = by_every_order(score, due)
    assert slots.day == pytest.approx(day)
    assert slots.early == pytest.approx(early)


@given(st.integers(1, 4), arrays(float, 12, elements=SCORES), arrays(float, 12, elements=DAYS))
@settings(max_examples=60, deadline=None)
def test_each_list_keeps_its_own_slots(parts: int, score, due) -> None:
    lists = np.arange(12) % parts
    together = fill_slots(lists, score, due)
    for number in range(parts):
        mine = lists == number
        alone = fill_slots(np.zeros(mine.sum(), int), score[mine], due[mine])
        assert together.day[mine] == pytest.approx(alone.day)
        assert together.early[mine] == pytest.approx(alone.early)
        assert together.day[mine].sum() == pytest.approx(due[mine].sum()), "no visit is won or lost"
        assert together.early[mine].sum() == pytest.approx(mine.sum() / 2)


def test_as_things_are_done_today_each_case_keeps_its_day() -> None:
    due = np.array([3.0, 1.0, 2.0, 2.0, 5.0])
    cases = Cases(np.zeros(5, int), np.arange(5.0), due, np.ones(5))
    assert cases.today.day.tolist() == due.tolist()
    # two and a half visits are the first half: the first, and the two of day 2 share one and a half
    assert cases.today.early.tolist() == [0, 1, 0.75, 0.75, 0]


def test_the_highest_score_takes_the_first_slot() -> None:
    cases = Cases(np.zeros(3, int), np.array([0.1, 0.9, 0.5]), np.array([1.0, 2.0, 4.0]), np.ones(3))
    assert cases.by_list.day.tolist() == [4, 1, 2]
    assert cases.by_list.early.tolist() == [0, 1, 0.5]


def test_cases_without_a_due_day_and_the_padding_are_no_cases() -> None:
    lists = lists_of([[3, 2, 1], [6, 5, 4]], [[1, 0, 1], [0, 1, 0]], due_in_days=[[1, 2, np.nan], [2, 1, 4]])
    cases = cases_of(lists)
    assert cases.lists.tolist() == [0, 0, 1, 1, 1]
    assert cases.due.tolist() == [1, 2, 2, 1, 4]
    assert cases.event.tolist() == [1, 0, 0, 1, 0]
