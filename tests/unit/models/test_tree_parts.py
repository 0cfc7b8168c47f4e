from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

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
    made[rng.random(made.shape) < 0.01] = np.nan
    return made


@pytest.fixture(scope="module")
def booster(table: Floats) -> lgb.Booster:
    label = np.random.default_rng(4).poisson(np.exp(np.nan_to_num(table[:, 0]) * 0.5))
    settings = {"objective": "poisson", "num_leaves": 7, "num_threads": 1, "verbose": -1, "seed": 1}
    return lgb.train(settings, lgb.Dataset(table, label), 20)


def reference(booster: lgb.Booster, table: Floats) -> Floats:
    return np.asarray(booster.predict(table, pred_contrib=True, num_threads=1))


def answering(parts: Callable[[lgb.Booster, Floats], Floats], asked: list[int]) -> SimpleNamespace:
    """A library whose explainer answers with ``parts``; ``asked`` counts the rows of each call."""

    class TreeExplainer:
        def __init__(self, booster: lgb.Booster, **settings: Any) -> None:
            self.booster, self.expected_value = booster, reference(booster, np.zeros((1, 5)))[0, -1]

        def shap_values(self, table: Floats, *, check_additivity: bool) -> Floats:
            asked.append(len(table))
            return parts(self.booster, table)

    return SimpleNamespace(TreeExplainer=TreeExplainer)


def shifted(booster: lgb.Booster, table: Floats) -> Floats:
    """Parts that add up, and are not those of their features."""
    return np.roll(reference(booster, table)[:, :-1], 1, axis=1)


def one_row_off(booster: lgb.Booster, table: Floats) -> Floats:
    """Right on the sample, wrong on one row that is not in it."""
    made = reference(booster, table)[:, :-1].copy()
    made[1, 0] += 1e-6
    return made


def broken(booster: lgb.Booster, table: Floats) -> Floats:
    raise ValueError("no such tree")


@pytest.mark.parametrize("wrong", [shifted, one_row_off, broken, lambda booster, table: table[:, :2]])
def test_what_does_not_agree_is_not_believed(
    wrong: Callable[..., Any], booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setitem(sys.modules, "fasttreeshap_fixed", answering(wrong, asked))
    assert np.array_equal(tree_parts(booster, table), reference(booster, table))
    assert len(asked) == 1


def test_rows_with_a_blank_are_never_asked_of_the_fast_method(
    booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    right = answering(lambda booster, table: reference(booster, table)[:, :-1] + 1e-11, asked)
    monkeypatch.setitem(sys.modules, "fasttreeshap_fixed", right)
    made, expected = tree_parts(booster, table), reference(booster, table)
    blank = np.isnan(table).any(axis=1)
    assert asked == [int((~blank).sum())]
    assert np.array_equal(made[blank], expected[blank])
    assert not np.array_equal(made[~blank], expected[~blank])  # it was believed
    assert np.allclose(made, expected, rtol=0, atol=1e-9)


def test_few_rows_are_lightgbms(booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setitem(sys.modules, "fasttreeshap_fixed", answering(shifted, asked))
    few = table[:FEWEST_ROWS]
    assert np.array_equal(tree_parts(booster, few), reference(booster, few))
    assert asked == []


def test_without_the_extra_lightgbm_answers(
    booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fasttreeshap_fixed", None)
    assert np.array_equal(tree_parts(booster, table), reference(booster, table))


@pytest.mark.skipif(find_spec("fasttreeshap_fixed") is None, reason="civic-ai[fast-shap] is not installed")
def test_the_fast_method_agrees_on_whole_rows(
    booster: lgb.Booster, table: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = table[~np.isnan(table).any(axis=1)]
    fast = module._by_fast_method(booster, whole)
    assert fast is not None
    assert np.allclose(fast, reference(booster, whole), rtol=0, atol=1e-12)
    assert np.allclose(tree_parts(booster, table), reference(booster, table), rtol=0, atol=1e-12)
