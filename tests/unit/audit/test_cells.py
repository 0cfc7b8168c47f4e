"""The sums of the units, and who is visited when scores tie."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, mean_poisson_deviance

from civic_ai.audit.cells import CELLS, Scored, forecast_cells, list_cells
from civic_ai.evaluation.capacity import expected_found
from civic_ai.evaluation.chance import visit_chance
from civic_ai.evaluation.lists import Setting, rank_lists


def _by_all_orders(score: np.ndarray, capacity: int) -> np.ndarray:
    """How often each row is visited, over every order of the rows; higher scores always go first."""
    visited = np.zeros(len(score))
    orders = list(permutations(range(len(score))))
    for order in orders:
        ranked = sorted(order, key=lambda row: -score[row])
        visited[ranked[:capacity]] += 1
    return visited / len(orders)


@pytest.mark.parametrize("capacity", [1, 2, 3, 5, 6, 9])
@pytest.mark.parametrize(
    "score", [[3, 2, 2, 2, 1, 1], [1, 1, 1, 1, 1, 1], [6, 5, 4, 3, 2, 1], [2, 2, 1, 1, 0, 0]]
)
def test_the_chance_of_a_visit_is_the_mean_over_all_orders_of_equal_scores(score, capacity):
    score = np.array([float(digit) for digit in score])
    chance = visit_chance(np.zeros(6, dtype=np.int64), score, capacity)
    np.testing.assert_allclose(chance, _by_all_orders(score, capacity), atol=1e-12)


def test_each_day_has_its_own_list():
    day = np.array([5, 1, 5, 1, 5])
    chance = visit_chance(day, np.array([0.1, 0.2, 0.3, 0.9, 0.2]), 1)
    assert chance.tolist() == [0, 0, 1, 1, 0]


def test_found_events_are_those_of_the_evaluation_on_every_day():
    rng = np.random.default_rng(3)
    day = np.sort(rng.integers(0, 12, 400))
    score, label = rng.integers(0, 6, 400).astype(float), rng.poisson(0.7, 400).astype(float)
    chance = visit_chance(day, score, 9)
    lists = rank_lists(
        day.astype("datetime64[D]"),
        np.zeros(400, dtype=np.int64),
        {"score": score, "label": label},
        Setting((), 9),
    )
    ours = np.bincount(day, chance * label)
    np.testing.assert_allclose(ours, expected_found(lists, 9), atol=1e-12)


def test_sums_of_units_are_those_of_a_plain_group_by():
    rng = np.random.default_rng(4)
    unit, label, score = rng.integers(0, 7, 200), rng.poisson(0.5, 200).astype(float), rng.random(200)
    day, chance = np.zeros(200, dtype=np.int64), rng.random(200)
    cells = list_cells(Scored(unit, day, score, label), chance, 8)
    rows = pd.DataFrame({"unit": unit, "y": label, "s": score, "c": chance})
    plain = rows.assign(
        rows=1, positives=rows.y > 0, hits=rows.c * (rows.y > 0), found=rows.c * rows.y
    ).rename(columns={"y": "events", "c": "selected", "s": "predicted"})
    names = list(CELLS[:7])
    expected = plain.groupby("unit")[names].sum().reindex(range(8), fill_value=0)
    np.testing.assert_allclose(cells[:, :7], expected.to_numpy(dtype=float), atol=1e-12)
    assert not cells[:, 7:-1].any()
    assert cells[:, -1].sum() == pytest.approx((1 / np.log2(np.arange(2, 202))).sum())
    assert not cells[7].any()


def _forecast(label, score):
    label, score = np.array(label, dtype=float), np.array(score, dtype=float)
    rows = Scored(np.zeros(len(label), dtype=np.int64), np.zeros(len(label), dtype=np.int64), score, label)
    return dict(zip(CELLS, forecast_cells(rows, 1)[0], strict=True))


def test_deviance_of_a_forecast_is_that_of_scikit_learn():
    rng = np.random.default_rng(5)
    score = rng.gamma(2, 2, 300) + 0.01
    label = rng.poisson(score).astype(float)
    made = _forecast(label, score)
    assert made["deviance"] == pytest.approx(300 * mean_poisson_deviance(label, score))
    assert made["absolute_error"] == pytest.approx(300 * mean_absolute_error(label, score))
    assert (made["events"], made["predicted"]) == (label.sum(), pytest.approx(score.sum()))
    assert made["selected"] == made["hits"] == made["found"] == 0


def test_a_forecast_of_nothing_where_something_came_is_finite():
    made = _forecast([3, 0], [0, 0])
    assert np.isfinite(made["deviance"])
    assert made["deviance"] > 50


def test_the_shortfall_is_that_of_the_tenth_where_the_forecast_fell_shortest_for_its_size():
    """A busy row may miss by 30 and not be among the worst; a quiet one that misses by 9 is."""
    made = _forecast([1030, *[1] * 8, 10], [1000, *[1] * 8, 1])
    assert made["shortfall"] == 9
    assert _forecast([1, 2, 3], [5, 5, 5])["shortfall"] == 0
