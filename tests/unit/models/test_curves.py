from __future__ import annotations

import numpy as np
import pytest

from civic_ai.models.curves import Curves, from_hazards, grid_days, read_curves


def exponential(mean: float, days: np.ndarray) -> Curves:
    """An exponential curve: the chance of ending is the same on every day."""
    return Curves(days, np.exp(-days / mean)[None])


@pytest.mark.parametrize(
    ("horizon", "days"),
    [
        (1, (1,)),
        (4, (1, 2, 3, 4)),
        (21, (1, 2, 3, 5, 7, 10, 14, 21)),
        (30, (1, 2, 3, 5, 7, 10, 14, 21, 28, 30)),
        (84, (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84)),
        (180, (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 180)),
    ],
)
def test_the_grid_ends_with_the_horizon(horizon: int, days: tuple[int, ...]) -> None:
    assert grid_days(horizon) == days


def test_hazards_multiply_up_to_a_curve() -> None:
    curves = from_hazards(np.array([1, 2, 3]), np.array([[0.5, 0.0, 0.2], [0.0, 1.0, 0.3]]))
    np.testing.assert_allclose(curves.open_after, [[0.5, 0.5, 0.4], [1.0, 0.0, 0.0]])
    assert curves.tau == 3


def test_restricted_mean_counts_days_as_they_were_spent() -> None:
    curves = Curves(np.array([1, 4]), np.array([[0.5, 0.25]]))
    assert curves.restricted_mean(np.array([1.0, 3.0]))[0] == pytest.approx(1 + 0.5 * 3)
    assert curves.restricted_mean(np.array([0.5, 1.0]))[0] == pytest.approx(
        (0.5 + 0.5 * 0.5) + (0.25 * 3 + 0.25 * 1)
    )


def test_between_days_of_the_grid_every_day_is_alike() -> None:
    coarse, fine = (exponential(9.0, days) for days in (np.array(grid_days(60)), np.arange(1, 61)))
    every = np.arange(1, 61)
    np.testing.assert_allclose(coarse.at(every), fine.open_after)
    np.testing.assert_allclose(coarse.at(np.array([0.5, 9.25]))[0], np.exp(-np.array([0.5, 9.25]) / 9))


def test_each_case_is_read_at_its_own_day() -> None:
    curves = Curves(np.array([2, 10]), np.exp(-np.array([[2.0, 10], [4, 20], [1, 5]]) / 7))
    days = np.array([1.5, 3.0, 10.0])
    np.testing.assert_allclose(curves.at_own(days), np.diag(curves.at(days)))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.5, 0.81, 0.95, 0.999])
def test_a_quantile_is_the_first_day_by_which_it_is_done_with_that_chance(share: float) -> None:
    rng = np.random.default_rng(0)
    curves = from_hazards(np.array(grid_days(40)), rng.uniform(0.02, 0.5, (50, len(grid_days(40)))))
    daily = np.arange(1, 41)
    done = 1 - curves.at(daily) >= share - 1e-12
    expected = np.where(done.any(axis=1), daily[done.argmax(axis=1)], 40)
    np.testing.assert_array_equal(curves.quantile(share), expected)


def test_every_case_may_ask_for_a_quantile_of_its_own() -> None:
    curves = exponential(9.0, np.arange(1, 61)).take(np.zeros(3, dtype=int))
    shares = np.array([0.1, 0.5, 0.99])
    together = [curves.quantile(share)[0] for share in shares]
    assert curves.quantile(shares).tolist() == together
    assert together == [1.0, 7.0, 42.0]


def test_a_curve_that_reaches_nought_is_done_then() -> None:
    curves = Curves(np.array([1, 2, 6]), np.array([[1.0, 0.0, 0.0]]))
    assert curves.quantile(1.0)[0] == 2
    assert curves.at(np.array([1, 2, 5])).tolist() == [[1, 0, 0]]
    assert curves.restricted_mean(np.array([1.0, 1.0, 4.0]))[0] == 2


def test_columns_are_the_curve_on_the_grid_and_read_back() -> None:
    curves = exponential(30.0, np.arange(1, 46)).take(np.array([0, 0]))
    columns = curves.columns()
    assert list(columns) == [f"open_after_{day}" for day in grid_days(45)]
    assert columns["open_after_14"] == pytest.approx(np.exp(-14 / 30) * np.ones(2))
    back = read_curves({**columns, "lower": np.zeros(2), "score": np.ones(2)})
    assert back.days.tolist() == list(grid_days(45))
    np.testing.assert_array_equal(back.open_after, curves.at(back.days))
