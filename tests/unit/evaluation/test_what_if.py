from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.evaluation.capacity import expected_found
from civic_ai.evaluation.uncertainty import resample_dates
from civic_ai.evaluation.visits import IS_BASELINE
from civic_ai.evaluation.what_if import visits_saved, what_if

from .worlds import blur, draw, lists_of, make_demand, make_world

CAPACITY = {
    "units_per_period": 6,
    "who": "one crew",
    "what_if": [3, 6, 500],
    "hours_per_unit": 1.5,
    "cost_per_unit": 40.0,
    "currency": "USD",
}


def a_world(**changes):
    return make_world(model_noise=0.0, spec_changes={"capacity": {**CAPACITY, **changes}})


def test_what_each_capacity_finds_against_the_best_baseline(looked) -> None:
    seen = looked(a_world())
    made = {one.units: one for one in what_if(seen)}
    assert list(made) == [3, 6, 500]
    ours, theirs = (seen.tests.lists[name] for name in (seen.champion, seen.baseline))
    for units, one in made.items():
        found = expected_found(ours, units).mean()
        assert one.found_per_period.value == pytest.approx(found)
        assert one.more_than_best_baseline.value == pytest.approx(
            found - expected_found(theirs, units).mean()
        )
        assert one.found_per_period.n == 48
    assert made[3].found_per_period.value < made[6].found_per_period.value
    assert made[500].more_than_best_baseline.value == 0.0, "who visits all finds all"


def test_hours_and_cost_are_those_of_the_visits_made(looked) -> None:
    made = {one.units: one for one in what_if(looked(a_world()))}
    assert made[6].hours_per_period == 9.0
    assert made[6].cost_per_period == 240.0
    assert made[500].cost_per_period == 60 * 40.0, "there are sixty places"


def test_what_is_not_declared_is_not_told(looked) -> None:
    made = next(iter(what_if(looked(a_world(hours_per_unit=None, cost_per_unit=None, currency=None)))))
    assert (made.hours_per_period, made.cost_per_period, made.cost_saved) == (None, None, None)
    assert list(what_if(looked(a_world(what_if=[])))) == []


def test_the_saving_is_the_cost_of_the_visits_that_the_rule_needs_more(looked) -> None:
    seen = looked(a_world())
    one = {each.units: each for each in what_if(seen)}[6]
    ours, theirs = (seen.tests.lists[name] for name in (seen.champion, seen.baseline))
    target = expected_found(ours, 6).sum()
    found = [0.0, *(expected_found(theirs, units).sum() for units in range(1, 61))]
    least = next(units for units, each in enumerate(found) if each >= target)
    assert one.cost_saved.value == pytest.approx(
        40 * (least - 1 + (target - found[least - 1]) / (found[least] - found[least - 1]) - 6)
    )
    assert one.cost_saved.lower < one.cost_saved.value < one.cost_saved.upper


def test_a_rule_that_is_champion_saves_nothing_over_itself(looked) -> None:
    world = a_world()
    scores = {**world.scores, "year_count": world.scores["logistic_glm"], "logistic_glm": 1 - world.labels}
    one = next(iter(what_if(looked(replace(world, scores=scores)))))
    assert one.more_than_best_baseline.why_missing == IS_BASELINE
    assert one.cost_saved.why_missing == IS_BASELINE


def test_nothing_is_saved_over_a_list_that_is_as_good() -> None:
    rates, labels = draw()
    lists = lists_of(rates, labels)
    assert visits_saved(lists, lists, 7).value == pytest.approx(0.0, abs=1e-9)
    better = visits_saved(lists_of(labels, labels), lists, 3)
    worse = visits_saved(lists_of(-rates, labels), lists, 3)
    assert worse.value < 0 < better.value


def test_where_the_curve_is_flat_the_fewest_visits_count() -> None:
    champion = lists_of([[4, 3, 2, 1]], [[1, 1, 0, 0]])
    baseline = lists_of([[1, 4, 3, 2]], [[1, 1, 0, 0]])  # finds 1, 1, 1, 2
    assert visits_saved(champion, baseline, 1).value == 0.0
    assert visits_saved(champion, baseline, 2).value == 2.0


def test_dates_with_fewer_units_need_fewer_visits() -> None:
    labels = np.array([[1.0, 1, 0, 0], [1, 1, 0, 0]])
    good, bad = lists_of([[4, 3, 2, 1]] * 2, labels), lists_of([[1, 2, 3, 4]] * 2, labels)
    assert visits_saved(good, bad, 2).value == 2.0


def test_the_curve_of_a_long_list_is_read_as_closely_as_its_points_stand() -> None:
    """3,000 places, of which 1,001 points are kept: the curve is exact at every third place."""
    label = (np.arange(3000) < 600).astype(float)
    shuffled = np.random.default_rng(4).permutation(3000)
    baseline = lists_of([shuffled], [label])
    exact = np.flatnonzero(np.cumsum(label[np.argsort(-shuffled)]) == 300)[0] + 1
    saved = visits_saved(lists_of([np.arange(3000, 0, -1)], [label]), baseline, 300)
    assert saved.value == pytest.approx(exact - 300, abs=3)
    assert saved.sums.shape[1] == 3 + 2 * 1001


def test_replicates_equal_the_drawn_dates() -> None:
    rates, labels = draw(dates=24)
    seen = blur(rates, 0.8, 2)
    resampled = resample_dates(np.zeros(24, int), 2, seed=5, replicates=20)
    quick = visits_saved(lists_of(rates, labels), lists_of(seen, labels), 5).replicates(resampled)
    slow = [
        visits_saved(lists_of(rates[dates], labels[dates]), lists_of(seen[dates], labels[dates]), 5).value
        for dates in (np.repeat(np.arange(24), weights) for weights in resampled.weights.astype(int))
    ]
    assert quick == pytest.approx(np.array(slow))


def test_without_a_list_there_is_no_other_capacity(looked, evaluated) -> None:
    assert list(what_if(looked(make_demand()))) == []
    assert evaluated(make_demand()).what_if == ()
