from __future__ import annotations

from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pytest
from numpy.typing import NDArray

from civic_ai.models import tree_parts as module
from civic_ai.models.tree_parts import FEWEST_ROWS, tree_parts

Floats = NDArray[np.float64]
ROWS = FEWEST_ROWS + 100


@pytest.fixture(scope="module")
def table() -> Floats:
    rng = np.random.default_rng(3)
    made = rng.normal(size=(ROWS, 5))
    made[rng.random(made.shape) < 0.05] = np.nan
    return made


@pytest.fixture(scope="module")
def booster(table: Floats) -> lgb.Booster:
    label = np.random.default_rng(4).poisson(np.exp(np.nan_to_num(table[:, 0]) * 0.5))
    settings = {"objective": "poisson", "num_leaves": 7, "num_threads": 1, "verbose": -1, "seed": 1}
    return lgb.train(settings, lgb.Dataset(table, label), 20)


def reference(booster: lgb.Booster, table: Floats) -> Floats:
    return np.asarray(booster.predict(table, pred_contrib=True, num_threads=1))


def shifted(booster: lgb.Booster, table: Floats) -> Floats:
    """Parts that add up, and are not those of their features."""
    made = reference(booster, table)
    return np.column_stack([np.roll(made[:, :-1], 1, axis=1), made[:, -1]])


def one_row_off(booster: lgb.Booster, table: Floats) -> Floats:
    """Right on the sample, wrong on one row that is not in it."""
    made = reference(booster, table)
    made[1, 0] += 1e-8
    return made


def no_number(booster: lgb.Booster, table: Floats) -> Floats:
    made = reference(booster, table)
    made[1, 0] = np.nan
    return made


@pytest.mark.parametrize("wrong", [shifted, one_row_off, no_number, lambda booster, table: None])
def test_what_does_not_agree_is_not_believed(
    wrong: Callable[..., Floats | None], booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        module, "pattern_parts", lambda booster, table: asked.append(len(table)) or wrong(booster, table)
    )
    assert np.array_equal(tree_parts(booster, table), reference(booster, table))
    assert asked == [ROWS]


def test_what_agrees_is_believed(
    booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly = reference(booster, table) + 1e-11
    monkeypatch.setattr(module, "pattern_parts", lambda booster, table: nearly)
    assert tree_parts(booster, table) is nearly


def test_few_rows_are_lightgbms(booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "pattern_parts", shifted)
    few = table[: FEWEST_ROWS - 1]
    assert np.array_equal(tree_parts(booster, few), reference(booster, few))


def test_many_rows_are_lightgbms_to_the_last_digits(booster: lgb.Booster, table: Floats) -> None:
    made = tree_parts(booster, table)
    assert np.allclose(made, reference(booster, table), rtol=0, atol=1e-12)
    assert np.allclose(made.sum(axis=1), booster.predict(table, raw_score=True), rtol=0, atol=1e-12)
    assert not np.array_equal(made, reference(booster, table)), "patterns were asked"
