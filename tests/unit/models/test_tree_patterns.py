from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial, prod
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from civic_ai.models import tree_patterns as module
from civic_ai.models.tree_patterns import Leaf, parts_of, pattern_parts

Floats = NDArray[np.float64]
ROWS, FEATURES = 700, 6


def table(blank: float, seed: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(ROWS, FEATURES)).round(1)
    made[rng.random(made.shape) < blank] = np.nan
    return made


def grow(matrix: Floats, rounds: int = 20, **asked: Any) -> lgb.Booster:
    signal = np.nan_to_num(matrix, nan=1.5)
    label = np.random.default_rng(4).poisson(np.exp(signal[:, 0] * 0.5 + 0.3 * signal[:, 1] * signal[:, 2]))
    told = {"objective": "poisson", "num_leaves": 15, "num_threads": 1, "verbose": -1, "seed": 1, **asked}
    told.setdefault("min_data_in_leaf", 5)
    return lgb.train(told, lgb.Dataset(matrix, label, params={"min_data_in_leaf": 5}), rounds)


def reference(booster: lgb.Booster, matrix: Floats) -> Floats:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1))


def same(booster: lgb.Booster, matrix: Floats) -> bool:
    made = pattern_parts(booster, matrix)
    assert made is not None
    return np.allclose(made, reference(booster, matrix), rtol=0, atol=1e-12)


@pytest.mark.parametrize("learned_blank", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("asked_blank", [0.0, 0.1, 0.6])
def test_parts_are_lightgbms_whatever_is_blank(learned_blank: float, asked_blank: float) -> None:
    assert same(grow(table(learned_blank)), table(asked_blank, seed=5))


@pytest.mark.parametrize(
    "asked",
    [
        {"num_leaves": 2},
        {"num_leaves": 63, "min_data_in_leaf": 1},
        {"max_depth": 2},
        {"objective": "binary"},
        {"objective": "tweedie"},
        {"bagging_fraction": 0.5, "bagging_freq": 1, "feature_fraction": 0.5},
    ],
)
def test_parts_are_lightgbms_for_every_shape_of_tree(asked: dict[str, Any]) -> None:
    matrix = table(0.1)
    if asked.get("objective") == "binary":
        booster = lgb.train(
            {"objective": "binary", "verbose": -1}, lgb.Dataset(matrix, np.nan_to_num(matrix[:, 0]) > 0), 9
        )
    else:
        booster = grow(matrix, **asked)
    assert same(booster, matrix)


@pytest.mark.parametrize("tabled", [0, 2, 4])
@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_parts_of_a_row_are_the_same_bytes_however_they_are_made(
    tabled: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = table(0.1)
    booster = grow(matrix, rounds=5)
    expected = pattern_parts(booster, matrix)
    assert expected is not None
    monkeypatch.setattr(module, "TABLED_FEATURES", tabled)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 100 * at_once)
    made = pattern_parts(booster, matrix)
    alone = pattern_parts(booster, matrix[5:6])
    assert made is not None
    assert alone is not None
    assert made.tobytes() == expected.tobytes()
    assert alone.tobytes() == expected[5:6].tobytes()


def test_many_trees_are_added_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = table(0.1)
    monkeypatch.setattr(module, "TREES_AT_ONCE", 3)
    assert same(grow(matrix, rounds=10), matrix)


def test_a_booster_without_splits_is_all_base() -> None:
    matrix = table(0.0)
    booster = grow(matrix, rounds=3, min_data_in_leaf=ROWS)
    made = pattern_parts(booster, matrix)
    assert made is not None
    assert not made[:, :-1].any()
    np.testing.assert_allclose(made[:, -1], booster.predict(matrix, raw_score=True), rtol=1e-12)


def test_what_it_cannot_read_it_does_not_answer() -> None:
    matrix = np.abs(table(0.0)).round()
    by_category = lgb.Dataset(matrix, matrix[:, 0] % 2, categorical_feature=[0], params={"verbose": -1})
    assert pattern_parts(lgb.train({"verbose": -1, "min_data_per_group": 1}, by_category, 3), matrix) is None
    classes = lgb.train(
        {"objective": "multiclass", "num_class": 3, "verbose": -1}, lgb.Dataset(matrix, matrix[:, 0] % 3), 3
    )
    assert pattern_parts(classes, matrix) is None
    zero = lgb.train({"zero_as_missing": True, "verbose": -1}, lgb.Dataset(matrix, matrix[:, 0]), 3)
    assert pattern_parts(zero, matrix) is None


def by_definition(leaf: Leaf, lets: Sequence[bool]) -> list[float]:
    """Shapley (1953) values of the leaf's game.

    Features in a coalition say themselves whether they let through; of the others the share of rows counts.
    """
    players = range(len(leaf.features))

    def worth(coalition: Sequence[int]) -> float:
        return leaf.value * prod(lets[i] if i in coalition else leaf.through[i] for i in players)

    def part(i: int) -> float:
        others = [j for j in players if j != i]
        n = len(leaf.features)
        return sum(
            factorial(size) * factorial(n - size - 1) / factorial(n) * (worth([*some, i]) - worth(some))
            for size in range(n)
            for some in combinations(others, size)
        )

    return [part(i) for i in players]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=7), st.floats(-5, 5))
def test_parts_of_a_leaf_are_the_shapley_values_of_its_game(through: list[float], value: float) -> None:
    leaf = Leaf(value, tuple(range(len(through))), tuple(through))
    patterns = np.arange(2 ** len(through))
    [made] = parts_of([leaf], patterns)
    for pattern in patterns:
        lets = [bool(pattern >> i & 1) for i in range(len(through))]
        np.testing.assert_allclose(made[:, pattern], by_definition(leaf, lets), rtol=0, atol=1e-12)
