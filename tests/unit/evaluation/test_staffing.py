from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.staffing import hours_lost, staffing
from civic_ai.evaluation.visits import IS_BASELINE

from .worlds import TYPES, make_demand, make_world

HOURS = {"lamp": 2.0, "hole": 2.0, "tree": 5.0}


def by_hand(world, name: str) -> dict[str, tuple[float, float]]:
    """Hours short and idle a period by type, summed over areas first, straight from the arrays."""
    shape = (48, 4, 3, 3)  # dates, areas, types, steps
    came, planned = (each[:48].reshape(shape).sum(axis=1) for each in (world.labels, world.scores[name]))
    return {
        kind: (
            HOURS[kind] * np.maximum(came - planned, 0)[:, at].mean(),
            HOURS[kind] * np.maximum(planned - came, 0)[:, at].mean(),
        )
        for at, kind in enumerate(TYPES)
    }


def test_hours_short_and_idle_are_those_of_the_arrays(looked) -> None:
    world = make_demand()
    made = {(one.candidate, one.type): one for one in staffing(looked(world))}
    assert set(made) == {(name, kind) for name in ("poisson_glm", "year_count") for kind in (None, *TYPES)}
    for name in ("poisson_glm", "year_count"):
        expected = by_hand(world, name)
        for kind in TYPES:
            assert made[name, kind].hours_short.value == pytest.approx(expected[kind][0])
            assert made[name, kind].hours_idle.value == pytest.approx(expected[kind][1])
        total = np.sum(list(expected.values()), axis=0)
        assert made[name, None].hours_short.value == pytest.approx(total[0])
        assert made[name, None].hours_idle.value == pytest.approx(total[1])


def test_the_difference_to_the_best_baseline_is_paired_and_negative_for_fewer_hours_lost(looked) -> None:
    world = make_demand(model_noise=0.0)
    made = {(one.candidate, one.type): one for one in staffing(looked(world))}
    for kind in (None, *TYPES):
        ours, rule = made["poisson_glm", kind], made["year_count", kind]
        lost = [one.hours_short.value + one.hours_idle.value for one in (ours, rule)]
        assert ours.cheaper_than_baseline.value == pytest.approx(lost[0] - lost[1])
        assert rule.cheaper_than_baseline.why_missing == IS_BASELINE
    fewer = made["poisson_glm", None].cheaper_than_baseline
    assert fewer.lower < fewer.value < fewer.upper < 0
    assert fewer.n == 48 * 3


def test_people_work_city_wide_so_areas_cancel_and_types_and_weeks_do_not() -> None:
    plan = pd.DataFrame(
        {
            "date": [0, 0, 1, 1],
            "step": [0, 0, 0, 0],
            "type": ["lamp", "tree", "lamp", "tree"],
            "came": [10.0, 3.0, 4.0, 3.0],
            "planned": [7.0, 5.0, 4.0, 9.0],
        }
    )
    every = hours_lost(plan, None)
    assert every["short"].tolist() == [3, 0]
    assert every["idle"].tolist() == [2, 6]
    assert hours_lost(plan, "tree")["idle"].tolist() == [2, 6]
    assert hours_lost(plan, "tree")["short"].tolist() == [0, 0]


def test_types_without_hours_are_left_out(looked) -> None:
    world = make_demand(spec_changes={"capacity": {"who": "one crew", "hours_by_type": {"tree": 5.0}}})
    made = {(one.candidate, one.type): one for one in staffing(looked(world))}
    assert {kind for _, kind in made} == {None}
    assert made["poisson_glm", None].hours_short.value == pytest.approx(
        by_hand(world, "poisson_glm")["tree"][0]
    )


def test_without_declared_hours_nothing_is_told(looked, evaluated) -> None:
    world = make_demand(spec_changes={"capacity": {"who": "one crew"}})
    assert list(staffing(looked(world))) == []
    assert evaluated(world).staffing == ()
    assert evaluated(make_world()).staffing == ()


def test_a_perfect_forecast_loses_no_hour(looked) -> None:
    world = make_demand()
    perfect = replace(world, scores={**world.scores, "poisson_glm": world.labels + 1e-9})
    made = {(one.candidate, one.type): one for one in staffing(looked(perfect))}
    assert made["poisson_glm", None].hours_short.value == 0
    assert made["poisson_glm", None].hours_idle.value == pytest.approx(0, abs=1e-6)
