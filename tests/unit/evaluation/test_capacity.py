from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import hypergeom

from civic_ai.evaluation.capacity import (
    capacity_grid,
    expected_curve,
    expected_found,
    found_range,
    random_found,
)
from civic_ai.evaluation.lists import Lists, Setting, rank_lists

from .worlds import FIRST, lists_of


@st.composite
def tied_lists(draw: st.DrawFn, most: int = 6) -> tuple[np.ndarray, np.ndarray, int]:
    """Scores with many ties, counts as labels (0/1 among them), and a number of visits."""
    units = draw(st.integers(1, most))
    scores = draw(arrays(float, units, elements=st.sampled_from([0.0, 0.5, 1.0])))
    labels = draw(arrays(float, units, elements=st.sampled_from([0.0, 1.0, 1.0, 4.0])))
    return scores, labels, draw(st.integers(1, units + 1))


def every_order(scores: np.ndarray, labels: np.ndarray, units: int) -> list[float]:
    """Found by every order of the units that respects the scores: the definition itself."""
    orders = permutations(range(len(scores)))
    return [
        float(labels[list(order[:units])].sum())
        for order in orders
        if all(scores[a] >= scores[b] for a, b in pairwise(order))
    ]


@given(tied_lists())
@settings(max_examples=150, deadline=None)
def test_expected_worst_and_best_equal_all_orders_written_out(city) -> None:
    scores, labels, units = city
    found = every_order(scores, labels, units)
    lists = lists_of(scores, labels)
    worst, best = found_range(lists, units)
    assert expected_found(lists, units)[0] == pytest.approx(np.mean(found), abs=1e-12)
    assert worst[0] == min(found)
    assert best[0] == max(found)


@given(tied_lists(9), st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_the_curve_holds_what_every_number_of_visits_finds(city, dates: int) -> None:
    scores, labels, _ = city
    lists = lists_of(np.tile(scores, (dates, 1)), np.tile(labels, (dates, 1)))
    curve = expected_curve(lists)
    assert curve[:, 0].tolist() == [0.0] * dates
    for units in range(1, len(scores) + 1):
        assert curve[:, units] == pytest.approx(expected_found(lists, units), abs=1e-12)


def test_a_shorter_date_finds_all_it_has_and_no_more() -> None:
    day = FIRST + np.array([0, 0, 0, 7])
    columns = {"score": np.array([2.0, 2, 1, 9]), "label": np.array([1.0, 0, 1, 3])}
    uneven = rank_lists(day, np.zeros(4, int), columns, Setting((), 1))
    assert expected_curve(uneven).tolist() == [[0, 0.5, 1, 2], [0, 3, 3, 3]]


def test_expected_value_is_the_mean_of_the_hypergeometric_distribution() -> None:
    # 3 units surely visited (2 events), 40 tied at the last score (7 events), 9 visits open among them
    scores = [3, 3, 3] + [2] * 40 + [1] * 10
    labels = [1, 1, 0] + [1] * 7 + [0] * 33 + [1] * 10
    lists = lists_of(scores, labels)
    assert expected_found(lists, 12)[0] == pytest.approx(2 + hypergeom(40, 7, 9).mean(), abs=1e-12)
    worst, best = found_range(lists, 12)
    assert (worst[0], best[0]) == (2, 9)


def test_expected_value_equals_drawing_lots() -> None:
    rng = np.random.default_rng(4)
    scores, labels = rng.integers(0, 4, 50).astype(float), rng.poisson(1.0, 50).astype(float)
    drawn = [labels[np.lexsort((rng.random(50), -scores))[:20]].sum() for _ in range(6000)]
    expected = expected_found(lists_of(scores, labels), 20)[0]
    assert expected == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / np.sqrt(6000))


def test_without_ties_all_three_agree() -> None:
    rng = np.random.default_rng(5)
    lists = lists_of(rng.random((5, 30)), rng.random((5, 30)) < 0.3)
    worst, best = found_range(lists, 7)
    assert worst == pytest.approx(expected_found(lists, 7))
    assert best == pytest.approx(expected_found(lists, 7))


@given(tied_lists(12), st.integers(2, 5))
@settings(deadline=None)
def test_each_date_is_resolved_for_itself(city, dates: int) -> None:
    scores, labels, units = city
    alone = lists_of(scores, labels)
    many = lists_of(np.tile(scores, (dates, 1)), np.tile(labels, (dates, 1)))
    assert expected_found(many, units) == pytest.approx(np.repeat(expected_found(alone, units), dates))


@given(tied_lists(12))
def test_more_visits_never_find_less_and_all_visits_find_all(city) -> None:
    scores, labels, _ = city
    lists = lists_of(scores, labels)
    found = [expected_found(lists, units)[0] for units in range(1, len(scores) + 1)]
    assert all(more >= less - 1e-12 for less, more in pairwise(found))
    assert found[-1] == labels.sum()


def test_visits_by_lot_find_their_share() -> None:
    lists = lists_of([[1, 2, 3, 4]], [[0, 1, 0, 1]])
    assert random_found(lists, 1).tolist() == [0.5]
    assert random_found(lists, 9).tolist() == [2.0]
    tied = lists_of([[7, 7, 7, 7]], [[0, 1, 0, 1]])
    assert expected_found(tied, 3) == pytest.approx(random_found(tied, 3))


def test_lots_are_drawn_among_the_units_of_each_date() -> None:
    day = FIRST + np.array([0, 0, 0, 0, 7, 7])
    labels = np.array([1.0, 1, 0, 0, 1, 0])
    uneven = rank_lists(day, np.zeros(6, int), {"score": np.zeros(6), "label": labels}, Setting((), 1))
    assert random_found(uneven, 1).tolist() == [0.5, 0.5]
    assert random_found(uneven, 1) == pytest.approx(expected_found(uneven, 1))
    assert random_found(uneven, 3).tolist() == [1.5, 1.0]


@pytest.mark.parametrize(
    ("capacity", "units", "grid"),
    [
        (100, 2000, (25, 50, 75, 100, 125, 150, 200, 300, 400)),
        (4, 10, (1, 2, 3, 4, 5, 6, 8, 10)),
        (1, 3, (1, 2, 3)),
        (50, 20, (12, 20)),
    ],
)
def test_the_grid_holds_the_capacity_and_stays_among_the_units(capacity, units, grid) -> None:
    lists: Lists = lists_of(np.zeros((1, units)), np.zeros((1, units)), capacity)
    assert capacity_grid(lists) == grid
