"""Gains by the model, by the observer, and within observers: against plain counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.observer_gain import observer_gains
from civic_ai.records.evaluation import TimeToFind
from civic_ai.records.figure import Figure
from tests.unit.audit.test_observer import given, observed


def _beyond_chance(score: np.ndarray, world, chosen: np.ndarray, capacity: int) -> float:
    """Events among the first ``capacity`` of each list, less those of a random order, over all events."""
    found = by_chance = 0.0
    for one in np.unique(world.list[chosen]):
        rows = np.flatnonzero(chosen & (world.list == one))
        top = rows[np.argsort(-score[rows], kind="stable")[:capacity]]
        found += world.is_event[top].sum()
        by_chance += world.is_event[rows].sum() * capacity / len(rows)
    return (found - by_chance) / world.is_event[chosen].sum()


def test_recall_beyond_chance_is_that_of_a_plain_count() -> None:
    world, rng = observed(3, observer=0.5, place=1.0, knows=1.0), np.random.default_rng(1)
    tests, lockbox = observer_gains(given(), world, 0.9)
    for gain, chosen in ((tests, ~world.in_lockbox), (lockbox, world.in_lockbox)):
        assert gain.measure == "recall"
        assert gain.model.value == pytest.approx(_beyond_chance(world.score, world, chosen, 40), abs=1e-12)
        shuffled = [world.rate + 1e-9 * rng.random(len(world.rate)) for _ in range(50)]  # ties by lot
        by_rate = np.mean([_beyond_chance(score, world, chosen, 40) for score in shuffled])
        assert gain.observer.value == pytest.approx(by_rate, abs=0.01)
        assert gain.model.n == world.is_event[chosen].sum()
        assert gain.model.lower < gain.model.value < gain.model.upper
    assert (tests.split, lockbox.split) == ("all", "lockbox")


def test_within_observers_a_case_is_compared_with_those_of_its_own_observer() -> None:
    world = observed(4, observer=1.0, place=1.0, knows=1.0)
    rank = np.empty(len(world.score))
    for key in np.unique(world.list_and_observer):
        rows = np.flatnonzero(world.list_and_observer == key)
        rank[rows[np.argsort(world.score[rows])]] = (np.arange(len(rows)) + 0.5) / len(rows)
    rank += 1e-9 * np.arange(len(rank), 0, -1)
    gain = observer_gains(given(), world, 0.9)[0]
    assert gain.within.value == pytest.approx(_beyond_chance(rank, world, ~world.in_lockbox, 40), abs=0.01)


def test_what_only_the_observer_tells_gains_nothing_within() -> None:
    sure = [observer_gains(given(), observed(s, observer=1.0, place=0.0), 0.9)[0].within for s in range(40)]
    assert sum(one.lower > 0 for one in sure) <= 6
    assert abs(np.mean([one.value for one in sure])) < 0.01
    held = sum(one.lower <= 0 <= one.upper for one in sure)
    assert 32 <= held <= 39, "nine times in ten, as they say"


def test_without_a_lockbox_the_tests_are_judged() -> None:
    world = observed(5, observer=1.0, place=0.0)
    gains = observer_gains(given(), replace(world, in_lockbox=np.zeros(len(world.score), dtype=bool)), 0.9)
    assert [gain.split for gain in gains] == ["all"]


def test_a_period_without_an_event_has_no_gain() -> None:
    world = observed(6, observer=1.0, place=0.0)
    lockbox = observer_gains(given(), replace(world, is_event=world.is_event & ~world.in_lockbox), 0.9)[1]
    assert lockbox.model.why_missing == lockbox.within.why_missing == "no_events"


def _time(candidate: str, split: str, days: float, within: float | None) -> TimeToFind:
    figure = Figure(value=days, n=100)
    own = None if within is None else Figure(value=within, lower=within - 1, upper=within + 1, n=100)
    return TimeToFind(
        candidate=candidate, split=split, days_earlier=figure, first_half=figure, first_half_today=figure,
        within_observer=own,
    )  # fmt: skip


def test_where_cases_are_due_days_are_those_of_the_evaluation() -> None:
    times = (
        _time("observer_rate", "all", 10.0, None), _time("logistic_glm", "all", 11.0, 2.0),
        _time("lightgbm", "lockbox", 99.0, 9.0), _time("logistic_glm", "lockbox", 12.0, 1.5),
    )  # fmt: skip
    gains = observer_gains(given(times=times), observed(1, observer=1.0, place=0.0), 0.9)
    assert [(gain.split, gain.measure, gain.model.value) for gain in gains] == [
        ("all", "days_earlier", 11.0),
        ("lockbox", "days_earlier", 12.0),
    ]
    assert gains[0].observer.value == 10.0
    assert gains[1].observer is None
    assert [gain.within.value for gain in gains] == [2.0, 1.5]


def test_events_of_a_single_place_have_an_interval_though_some_draws_hold_none() -> None:
    world = observed(8, observer=1.0, place=0.0)
    alone = replace(world, is_event=world.is_event & (world.cluster == 3))
    figure = observer_gains(given(), alone, 0.9)[0].model
    assert figure.lower is not None
    assert np.isfinite([figure.lower, figure.upper]).all()
    assert figure.lower <= figure.value <= figure.upper


def test_where_all_can_be_visited_nothing_is_gained() -> None:
    """Lists of 30, a capacity of 40."""
    gain = observer_gains(given(), observed(9, observer=1.0, place=0.0, cases=30), 0.9)[0]
    assert gain.model.value == gain.observer.value == gain.within.value == 0.0
