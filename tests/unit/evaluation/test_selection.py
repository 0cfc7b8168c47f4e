from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.evaluation.selection import best_mean, best_recent, best_worst, play, selection_rules

from .worlds import make_demand, make_world


def told(made) -> dict:
    return {one.rule: one for one in made}


def turned(world, good: dict[str, list[bool]]):
    """A world in which each candidate sees the labels in the splits where it is good, and nothing else."""
    split = np.array([int(name) - 1 for name in world.split_names if name != "lockbox"])
    noise = np.random.default_rng(1).random(world.labels.shape)
    scores = {}
    for name, where in good.items():
        sees = np.concatenate([np.array(where)[split], np.zeros(world.lockbox, bool)])[:, None]
        scores[name] = np.where(sees, world.labels + 0.01 * noise, noise)
    return replace(world, scores=scores)


def test_rules_by_hand() -> None:
    past = np.array([[0.9, 0.1, 0.5], [0.5, 0.5, 0.4], [0.1, 0.3, 0.9]])
    assert best_mean(past) == pytest.approx([0.5, 1.4 / 3, 1.3 / 3])
    assert best_worst(past).tolist() == [0.1, 0.4, 0.1]
    weights = np.array([0.5, 0.5**0.5, 1.0])
    assert best_recent(past) == pytest.approx((past * weights).sum(axis=1) / weights.sum())


def test_each_rule_chooses_from_the_past_and_regrets_on_the_next_split(looked) -> None:
    world = turned(
        make_world(),
        {
            "year_count": [True, False, False, False],
            "lightgbm": [False, True, True, True],
        },
    )
    seen = looked(world)
    season = play(seen)
    names = [one.name for one in season.candidates]
    assert names == ["year_count", "lightgbm"]
    year, model = season.values
    for rule, made in told(selection_rules(seen)).items():
        assert set(made.chosen) == {"2", "3", "4"}
        assert made.chosen["2"] == "year_count", "after one split it is best, and the simplest"
        expected = [
            max(year[at], model[at]) - (year if made.chosen[str(at + 1)] == "year_count" else model)[at]
            for at in (1, 2, 3)
        ]
        assert made.regret.value == pytest.approx(np.mean(expected)), rule
        assert made.regret.n == 3
    made = told(selection_rules(seen))
    assert made["best_recent"].chosen["3"] == "lightgbm"
    assert made["best_mean"].chooses == made["best_recent"].chooses == "lightgbm"


def test_the_rule_that_decides_chooses_the_champion(looked) -> None:
    for world in (make_world(), make_world(model_noise=0.0), make_world(model_noise=2.0), make_demand()):
        seen = looked(world)
        assert told(selection_rules(seen))["simplest_near_best"].chooses == seen.champion


def test_who_is_always_best_is_never_regretted(looked) -> None:
    world = turned(make_world(), {"year_count": [False] * 4, "lightgbm": [True] * 4})
    made = told(selection_rules(looked(world)))
    assert {one.chooses for one in made.values()} == {"lightgbm"}
    assert made["best_mean"].regret.value == made["best_worst"].regret.value == 0.0
    assert made["best_mean"].regret.lower == 0.0


def test_for_errors_the_worst_split_is_the_one_with_most(looked) -> None:
    season = play(looked(make_demand()))
    assert (season.values < 0).all(), "turned: more is better"
    model = [one.name for one in season.candidates].index("poisson_glm")
    assert season.values[model].mean() == season.values.mean(axis=1).max()


def test_the_interval_of_the_regret_is_students_over_splits_and_never_below_zero(looked) -> None:
    world = turned(
        make_world(dates=72, splits=6), {"year_count": [True, False] * 3, "lightgbm": [False, True] * 3}
    )
    seen = looked(world)
    season, made = play(seen), told(selection_rules(seen))["best_recent"]
    names = [one.name for one in season.candidates]
    chosen = [names.index(made.chosen[str(at)]) for at in range(2, 7)]
    regrets = season.values[:, 1:].max(axis=0) - season.values[chosen, np.arange(1, 6)]
    half = 2.131847 * regrets.std(ddof=1) / np.sqrt(5)
    assert made.regret.upper == pytest.approx(regrets.mean() + half, rel=1e-6)
    assert made.regret.lower == pytest.approx(max(regrets.mean() - half, 0.0), abs=1e-6)


def test_three_splits_tell_two_regrets_without_interval_and_two_tell_nothing(looked) -> None:
    made = told(selection_rules(looked(make_world(splits=3))))
    assert {one.regret.n for one in made.values()} == {2}
    assert {one.regret.why_missing for one in made.values()} == {"too_few_periods_for_an_interval"}
    assert list(selection_rules(looked(make_world(splits=2)))) == []


def test_a_split_in_which_nothing_happened_is_left_out(looked) -> None:
    world = make_world()
    world.labels[12:24] = 0.0
    seen = looked(world)
    assert play(seen).splits.tolist() == [0, 2, 3]
    assert set(told(selection_rules(seen))["best_mean"].chosen) == {"3", "4"}
