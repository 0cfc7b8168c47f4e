from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.roc import area_interval
from civic_ai.evaluation.time_to_find import times_to_find

from .test_slots import by_every_order
from .worlds import make_cases, make_world


def by_name(made) -> dict:
    return {(one.candidate, one.split): one for one in made}


def test_every_candidate_on_the_tests_and_two_in_the_lockbox(looked) -> None:
    world = make_cases()
    made = by_name(times_to_find(looked(world)))
    assert set(made) == {
        *((name, "all") for name in world.scores),
        ("logistic_glm", "lockbox"),
        ("observer_rate", "lockbox"),
    }


def test_figures_equal_all_orders_written_out(looked) -> None:
    world = make_cases()
    few = slice(0, 6)
    labels = world.labels[:, few]
    small = replace(
        world,
        scores={name: np.round(scores[:, few], 1) for name, scores in world.scores.items()},
        labels=labels,
        observers=world.observers[few],
        areas=["a"] * 6,
        more={"due_in_days": world.more["due_in_days"][:, few]},
    )
    made = by_name(times_to_find(looked(small)))
    due = small.more["due_in_days"]
    for name in small.scores:
        turns = [by_every_order(s, d) for s, d in zip(small.scores[name][:48], due[:48], strict=True)]
        today = [by_every_order(-d, d) for d in due[:48]]
        events, n = labels[:48], labels[:48].sum()
        one = made[name, "all"]
        assert one.days_earlier.value == pytest.approx(
            (events * (due[:48] - np.array([day for day, _ in turns]))).sum() / n
        )
        assert one.first_half.value == pytest.approx((events * [early for _, early in turns]).sum() / n)
        assert one.first_half_today.value == pytest.approx((events * [early for _, early in today]).sum() / n)
        assert one.days_earlier.n == n


def test_within_observer_each_keeps_its_own_visits(looked) -> None:
    world = make_cases()
    made = by_name(times_to_find(looked(world)))
    observers, due = np.array(world.observers), world.more["due_in_days"]
    gained = 0.0
    for date in range(48):
        for observer in set(observers):
            own = observers == observer
            order = np.argsort(-world.scores["logistic_glm"][date, own])
            day = np.empty(own.sum())
            day[order] = np.sort(due[date, own])
            gained += (world.labels[date, own] * (due[date, own] - day)).sum()
    within = made["logistic_glm", "all"].within_observer
    assert within.value == pytest.approx(gained / world.labels[:48].sum())
    assert 0 < within.value < made["logistic_glm", "all"].days_earlier.value


def test_cases_whose_observer_is_unknown_keep_their_visits_among_themselves(looked) -> None:
    """As if the unknown were one more observer; what others gain is told all the same."""
    known = [f"o{number % 3}" for number in range(30)]
    some, named = (
        by_name(times_to_find(looked(make_cases(observers=[*known, *[rest] * 10]))))
        for rest in (None, "other")
    )
    within = some["logistic_glm", "all"].within_observer
    assert within is not None
    assert within == named["logistic_glm", "all"].within_observer


def test_where_only_the_observer_matters_nothing_is_gained_within(looked) -> None:
    world = make_cases()
    rate = world.scores["observer_rate"]
    labels = (np.random.default_rng(4).random(rate.shape) < rate).astype(float)
    noise = rate + 0.01 * np.random.default_rng(5).random(rate.shape)
    made = by_name(
        times_to_find(looked(replace(world, labels=labels, scores={**world.scores, "logistic_glm": noise})))
    )
    one = made["logistic_glm", "all"]
    assert one.days_earlier.lower > 0
    assert one.within_observer.lower < 0 < one.within_observer.upper


def test_a_rule_is_not_told_of_within_observers_nor_anyone_without_observers(looked) -> None:
    made = by_name(times_to_find(looked(make_cases())))
    assert made["observer_rate", "all"].within_observer is None
    unknown = by_name(times_to_find(looked(make_cases(observers=[None] * 40))))
    assert unknown["logistic_glm", "all"].within_observer is None


def test_the_order_of_due_days_is_as_things_are_done_today(looked) -> None:
    one = by_name(times_to_find(looked(make_cases())))["arrival_order", "all"]
    assert one.days_earlier.value == 0.0
    assert one.first_half == one.first_half_today


def test_cases_that_are_due_on_no_known_day_are_left_out(looked) -> None:
    world = make_cases()
    due = world.more["due_in_days"].copy()
    due[:, 20:] = np.nan
    some = replace(world, more={"due_in_days": due})
    one = by_name(times_to_find(looked(some)))["logistic_glm", "all"]
    assert one.days_earlier.n == world.labels[:48, :20].sum()


def test_of_one_long_list_the_events_are_drawn_as_in_the_published_test(looked) -> None:
    """One list of sixty days: the standard error is that of a mean over independent positives."""
    rng = np.random.default_rng(6)
    world = make_cases(dates=12, lockbox=1, splits=4, spec_changes={"seed": 5})
    cases = 1600
    chance = rng.beta(1.2, 6.0, (12, cases))
    wide = replace(
        world,
        scores={
            "arrival_order": -rng.random((12, cases)),
            "observer_rate": np.full((12, cases), 0.2),
            "logistic_glm": chance,
        },
        labels=(rng.random((12, cases)) < chance).astype(float),
        observers=["o"] * cases,
        areas=["a"] * cases,
        more={"due_in_days": rng.integers(1, 61, (12, cases)).astype(float)},
    )
    one = by_name(times_to_find(looked(wide)))["logistic_glm", "lockbox"].days_earlier
    due, label = wide.more["due_in_days"][11], wide.labels[11]
    day = np.empty(cases)
    day[np.argsort(-chance[11])] = np.sort(due)
    gains = (due - day)[label > 0]
    assert one.value == pytest.approx(gains.mean())
    independent = 1.645 * gains.std() / np.sqrt(len(gains))
    assert (one.upper - one.lower) / 2 == pytest.approx(independent, rel=0.1)
    area = by_name(times_to_find(looked(wide)))["logistic_glm", "lockbox"].area_under_roc
    assert (area.lower, area.upper) == area_interval(chance[11], label > 0, 0.9)
    assert area.value == pytest.approx(roc_auc_score(label, chance[11]))


def test_many_lists_are_resampled_by_dates(looked) -> None:
    seen = looked(make_cases())
    told = by_name(times_to_find(seen))["logistic_glm", "all"].days_earlier
    same = seen.tests.whole.figure(seen.tests.lists["logistic_glm"], seen.terms.objective, "event")
    assert told == same
    area = seen.tests.whole.figure(
        seen.tests.lists["logistic_glm"], METRICS["area_under_roc_overall"], "event"
    )
    assert by_name(times_to_find(seen))["logistic_glm", "all"].area_under_roc == area


def test_without_due_days_nothing_is_told(looked, evaluated) -> None:
    assert list(times_to_find(looked(make_world()))) == []
    assert evaluated(make_world()).time_to_find == ()


def test_a_lockbox_that_has_not_matured_has_no_time(looked) -> None:
    world = make_cases()
    world.labels[48:] = np.nan
    one = by_name(times_to_find(looked(world)))["logistic_glm", "lockbox"]
    assert (one.days_earlier.value, one.days_earlier.n) == (None, 0)
