from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.coherent import (
    Told,
    coherent_sums,
    lay_out,
    make_hierarchy,
    reconcile,
    reconcile_splits,
)

from .worlds import make_demand, make_world

UNITS = pd.DataFrame({"area": ["a", "a", "b", "b", "c"], "type": ["x", "y", "x", "y", "x"]})


def test_the_hierarchy_adds_units_to_types_areas_and_the_city() -> None:
    levels = {name: adds.toarray().tolist() for name, adds in make_hierarchy(UNITS).levels.items()}
    assert levels["city"] == [[1, 1, 1, 1, 1]]
    assert levels["type"] == [[1, 0, 1, 0, 1], [0, 1, 0, 1, 0]]
    assert levels["area"] == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]]
    assert make_hierarchy(UNITS).upper.shape == (6, 5)


def test_a_level_of_one_sum_or_of_single_units_is_none() -> None:
    one_type = UNITS.assign(type="x", area=list("abcde"))
    assert list(make_hierarchy(one_type).levels) == ["city"]
    unknown = UNITS.assign(type=None, area=["a", None, "b", "b", None])
    levels = make_hierarchy(unknown).levels
    assert list(levels) == ["city", "area"]
    assert levels["area"].toarray().tolist() == [[1, 0, 0, 0, 0], [0, 0, 1, 1, 0]]


@pytest.mark.parametrize("seed", range(5))
def test_reconciled_forecasts_are_those_of_the_published_formula(seed: int) -> None:
    """S (S' W^-1 S)^-1 S' W^-1 y, written out."""
    rng = np.random.default_rng(seed)
    adds = make_hierarchy(UNITS).upper
    single = rng.uniform(50, 60, (3, 5))
    upper = single @ adds.T + rng.normal(size=(3, 6))
    of_units, of_sums = rng.uniform(0.5, 2, 5), rng.uniform(0.5, 2, 6)
    every = np.vstack([adds.toarray(), np.eye(5)])
    inverse = np.diag(1 / np.concatenate([of_sums, of_units]))
    both = np.hstack([upper, single])
    expected = np.linalg.solve(every.T @ inverse @ every, every.T @ inverse @ both.T).T
    made = reconcile(single, upper, adds, (of_units, of_sums))
    assert made == pytest.approx(expected, rel=1e-6)


def test_forecasts_that_add_up_stay_as_they_are_and_none_falls_below_zero() -> None:
    adds, ones = make_hierarchy(UNITS).upper, (np.ones(5), np.ones(6))
    single = np.array([[1.0, 2, 3, 4, 5]])
    assert reconcile(single, single @ adds.T, adds, ones) == pytest.approx(single)
    assert reconcile(single, single @ adds.T - 30, adds, ones).min() == 0.0


def test_a_sum_that_was_never_wrong_is_believed() -> None:
    adds = make_hierarchy(UNITS).levels["city"]
    single = np.array([[10.0, 20, 30, 40, 50]])
    made = reconcile(single, np.array([[180.0]]), adds, (np.ones(5), np.zeros(1)))
    assert made.sum() == pytest.approx(180.0)
    assert made - single == pytest.approx(np.full((1, 5), 6.0))


def test_rows_are_laid_out_by_period_and_unit(looked) -> None:
    world = make_demand()
    seen = looked(world)
    told, units = lay_out(seen)
    # columns of the world: area, type, step
    came = world.labels[:48].reshape(48, 12, 3).transpose(0, 2, 1).reshape(144, 12)
    assert np.array_equal(told.came, came)
    assert told.forecasts["year_count"].shape == (144, 12)
    assert told.date.tolist() == np.repeat(np.arange(48), 3).tolist()
    assert told.split.tolist() == np.repeat([0, 1, 2, 3], 36).tolist()
    assert units["type"].tolist() == ["lamp", "hole", "tree"] * 4


def test_only_earlier_splits_say_what_is_weighed_how() -> None:
    rng = np.random.default_rng(1)
    came = rng.poisson(20.0, (30, 5)).astype(float)
    split = np.repeat([0, 1, 2], 10)
    forecasts = {"model": came + rng.normal(2, 1, came.shape), "rule": came + rng.normal(0, 4, came.shape)}
    told, levels = Told(forecasts, came, np.arange(30), split), make_hierarchy(UNITS)
    made = reconcile_splits(told, levels, "model")
    assert np.array_equal(made[:10], forecasts["model"][:10])
    later = came.copy()
    later[20:] = 0.0
    again = reconcile_splits(Told(forecasts, later, np.arange(30), split), levels, "model")
    assert again == pytest.approx(made)
    assert (made[10:] != forecasts["model"][10:]).any()


def test_a_candidate_that_was_worse_at_every_level_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    came = rng.poisson(20.0, (40, 5)).astype(float)
    tried = {"model": came + rng.normal(1, 1, came.shape), "rule": came + rng.normal(0, 1, came.shape)}
    split, levels = np.repeat([0, 1], 20), make_hierarchy(UNITS)
    without, with_worse = (
        reconcile_splits(Told(each, came, np.arange(40), split), levels, "model")
        for each in (tried, {**tried, "worse": came + 30})
    )
    assert np.array_equal(without, with_worse)
    assert (without[20:] != tried["model"][20:]).any()


def test_small_errors_that_lean_one_way_are_mended_at_the_top() -> None:
    rng = np.random.default_rng(2)
    came = rng.poisson(20.0, (60, 5)).astype(float)
    leaning = came + 2 + rng.normal(0, 1, came.shape)
    level = came + rng.normal(0, 3, came.shape)
    told = Told({"model": leaning, "rule": level}, came, np.arange(60), np.repeat([0, 1], 30))
    made = reconcile_splits(told, make_hierarchy(UNITS), "model")[30:]
    city = [abs((each - came[30:]).sum(axis=1)).mean() for each in (leaning[30:], made)]
    assert city[1] < 0.8 * city[0]
    assert np.sqrt(((made - came[30:]) ** 2).mean()) < np.sqrt(((leaning - came)[30:] ** 2).mean())


def test_errors_by_level_are_those_of_the_sums(looked) -> None:
    world = make_demand()
    made = {one.level: one for one in coherent_sums(looked(world))}
    assert list(made) == ["city", "type", "area", "unit"]
    apart = (world.scores["poisson_glm"] - world.labels)[12:48].reshape(36, 4, 3, 3)
    expected = {
        "city": apart.sum(axis=(1, 2)),
        "type": apart.sum(axis=1),
        "area": apart.sum(axis=2),
        "unit": apart,
    }
    for level, errors in expected.items():
        figure = made[level].bottom_up
        assert figure.value == pytest.approx(np.sqrt((errors**2).mean()))
        assert figure.n == errors.size
        assert figure.lower < figure.value < figure.upper
        assert made[level].reconciled.value > 0


def test_a_first_split_that_has_not_matured_teaches_nothing(looked) -> None:
    world = make_demand()
    world.labels[:12] = np.nan
    made = {one.level: one for one in coherent_sums(looked(world))}
    assert made["unit"].bottom_up.n == 24 * 36


def test_one_split_or_another_question_tells_nothing(looked, evaluated) -> None:
    assert list(coherent_sums(looked(make_demand(splits=1)))) == []
    assert evaluated(make_world()).coherent_sums == ()


def test_a_unit_that_is_not_known_in_a_period_counts_on_neither_side(looked) -> None:
    world = make_demand()
    world.labels[20, :3] = np.nan
    zeroed = replace(world, labels=world.labels.copy(), scores={k: v.copy() for k, v in world.scores.items()})
    zeroed.labels[20, :3] = 0.0
    for scores in zeroed.scores.values():
        scores[20, :3] = 0.0
    blank, nothing = (
        {one.level: one.bottom_up.value for one in coherent_sums(looked(each))} for each in (world, zeroed)
    )
    assert blank == pytest.approx(nothing)
