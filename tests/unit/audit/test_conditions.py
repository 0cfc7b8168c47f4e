"""Conditions and the search among them, against plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from civic_ai.audit.conditions import LEAST_SHARE, Where, make_conditions, worst_served


def _plain(conditions, residual, base):
    """Every slice, worst first, by loops."""
    made = []
    for i, j in itertools.combinations_with_replacement(range(len(conditions.words)), 2):
        inside = conditions.holds[:, i] & conditions.holds[:, j]
        squares = (residual[inside] ** 2).sum()
        if squares > 0 and base[inside].sum() >= LEAST_SHARE * base.sum():
            made.append((residual[inside].sum() / np.sqrt(squares), i, j))
    return sorted(made)


def test_a_feature_is_cut_at_its_quartiles_and_unknown_values_satisfy_nothing():
    made = make_conditions(
        {"age": np.array([1.0, 2.0, 3.0, 4.0, np.nan]), "flat": np.ones(5), "gone": np.full(5, np.nan)}
    )
    assert made.words == ("age <= 1.75", "age > 1.75", "age <= 2.5", "age > 2.5", "age <= 3.25", "age > 3.25")
    assert not made.holds[4].any()
    assert made.holds[:, 0].tolist() == [True, False, False, False, False]


def test_nothing_to_look_at_finds_nothing():
    assert worst_served(make_conditions({}), np.ones(3), np.ones(3), 5) == ()


def test_the_worst_slice_is_that_of_a_plain_search():
    rng = np.random.default_rng(1)
    conditions = make_conditions(
        {"a": rng.random(300), "b": rng.random(300), "c": rng.integers(0, 3, 300) * 1.0}
    )
    residual, base = rng.normal(0, 1, 300), rng.poisson(3, 300).astype(float)
    found = worst_served(conditions, residual, base, 3)
    plain = _plain(conditions, residual, base)
    assert found[0].z == pytest.approx(plain[0][0])
    assert [one.z for one in found] == sorted(one.z for one in found)
    assert all(one.z < 0 for one in found)
    flags = [one.holds(conditions) for one in found]
    for one, other in itertools.combinations(flags, 2):
        assert (one & other).sum() <= 0.5 * (one | other).sum()


def test_a_sliver_is_not_a_slice():
    base = np.ones(1000)
    rare = np.zeros(1000)
    rare[:10] = 1.0
    residual = np.where(rare > 0, -5.0, 0.05)
    conditions = make_conditions({"rare": rare, "other": np.arange(1000.0) % 7})
    assert all("rare > " not in one.said(conditions) for one in worst_served(conditions, residual, base, 5))


def test_where_nobody_is_served_worse_nothing_is_found():
    conditions = make_conditions({"a": np.arange(40.0)})
    assert worst_served(conditions, np.ones(40), np.ones(40), 5) == ()


def test_one_condition_is_said_once():
    conditions = make_conditions({"a": np.arange(40.0), "b": np.arange(40.0) % 4})
    assert Where(0, 0, -1.0).said(conditions) == conditions.words[0]
    assert Where(0, 7, -1.0).said(conditions) == f"{conditions.words[0]} and {conditions.words[7]}"


@pytest.mark.filterwarnings("error")  # numpy warns of what a division left out and nobody filled in
def test_where_nothing_is_left_over_nobody_is_served_worse():
    conditions = make_conditions({"a": np.arange(40.0), "b": np.arange(40.0) % 4})
    residual = np.where(np.arange(40) < 30, 0.0, -1.0)
    found = worst_served(conditions, residual, np.ones(40), 5)
    assert found
    assert all(residual[one.holds(conditions)].any() for one in found)
    assert worst_served(conditions, np.zeros(40), np.ones(40), 5) == ()
