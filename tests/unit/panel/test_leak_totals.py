from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.leak_totals import Trial, find_future_totals, scatter_about_curve, scatter_about_plane
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, FIRST, made_city

TESTS = (scatter_about_plane, scatter_about_curve)
Test = Callable[[Trial], tuple[float, float]]


def rates(random: np.random.Generator, places: int) -> np.ndarray:
    return random.gamma(3, 8, places)


def honest(seed: int, places: int = 60) -> Trial:
    """The column is the very rate; counts before and after scatter about it by chance."""
    random = np.random.default_rng(seed)
    rate = rates(random, places)
    before, after = random.poisson(rate).astype(float), random.poisson(rate).astype(float)
    return Trial("rate", rate, before, after)


@pytest.mark.parametrize("test", TESTS)
def test_the_best_honest_column_scatters_as_chance_does(test: Test) -> None:
    """Over 400 cities the ratio averages 1 and its lower tail is no heavier than it says."""
    found = np.array([test(honest(seed)) for seed in range(400)])
    assert found[:, 0].mean() == pytest.approx(1.0, abs=0.05)
    for level in (0.01, 0.05, 0.2):
        noise = 3 * np.sqrt(level * (1 - level) / 400)
        assert (found[:, 1] < level).mean() <= level + noise + 0.01


@pytest.mark.parametrize("test", TESTS)
def test_an_honest_column_that_explains_less_scatters_more(test: Test) -> None:
    random = np.random.default_rng(1)
    trial = honest(1)
    blurred = Trial("blurred", trial.values * random.gamma(4, 0.25, 60), np.zeros(60), trial.after)
    assert test(blurred)[0] > 1.5


@pytest.mark.parametrize("shape", [lambda y: y, lambda y: 0.3 * y + 7, np.sqrt, np.log1p, lambda y: -y])
def test_a_smooth_copy_of_what_came_after_does_not_scatter(shape: Callable[[np.ndarray], np.ndarray]) -> None:
    trial = honest(2)
    ratio, chance = scatter_about_curve(Trial("copy", shape(trial.after), trial.before, trial.after))
    assert ratio < 0.1
    assert chance < 1e-8


def test_a_total_of_before_and_after_lies_on_a_plane() -> None:
    trial = honest(3)
    ratio, chance = scatter_about_plane(
        Trial("total", 2.5 * (trial.before + trial.after), trial.before, trial.after)
    )
    assert ratio == pytest.approx(0.0, abs=1e-12)
    assert chance < 1e-12


@pytest.mark.parametrize("test", TESTS)
def test_events_that_come_evenly_lower_the_bar(test: Test) -> None:
    """On a schedule every place has its own number with little scatter; that is no leak."""
    random = np.random.default_rng(4)
    rate = np.round(rates(random, 60))
    after = rate + random.integers(-1, 2, 60)
    scheduled = Trial("rate", rate, rate, after.clip(0), evenness=0.05)
    assert test(scheduled)[1] > 0.001
    assert test(Trial("rate", rate, np.zeros(60), after.clip(0)))[1] < 0.001


@pytest.mark.parametrize("test", TESTS)
def test_with_few_places_nothing_can_be_said(test: Test) -> None:
    trial = honest(5, places=7)
    assert test(Trial("copy", trial.after, trial.before, trial.after)) == (1.0, 1.0)


@pytest.mark.parametrize("test", TESTS)
def test_blanks_are_left_out(test: Test) -> None:
    trial = honest(6)
    values, after = trial.values.copy(), trial.after.copy()
    values[::7] = np.nan
    after[::7] = 1e6
    kept = np.isfinite(values)
    whole = Trial("x", values[kept], trial.before[kept], after[kept])
    assert test(Trial("x", values, trial.before, after)) == pytest.approx(test(whole))


@pytest.mark.parametrize("test", TESTS)
def test_a_column_with_one_value_is_no_leak(test: Test) -> None:
    trial = honest(7)
    assert test(Trial("same", np.ones(60), np.zeros(60), trial.after))[1] > 0.5


@pytest.mark.parametrize("test", TESTS)
def test_the_order_of_places_does_not_matter(test: Test) -> None:
    trial, order = honest(8), np.random.default_rng(8).permutation(60)
    other = Trial("rate", trial.values[order], trial.before[order], trial.after[order])
    assert test(other) == pytest.approx(test(trial))


Counts = dict[str, int]


def city_trials(blobs: Blobs, column: Callable[[Counts, Counts], dict[str, float]]) -> list[str]:
    """Which columns are found when the areas get ``made``, out of counts up to and after the first date."""
    city = made_city(11, rows=6, columns=6, per_area=60)
    before: dict[str, int] = dict.fromkeys(city.tables["areas"].column("area_id"), 0)
    after = dict(before)
    for row in city.tables["requests"].rows:
        (before if row[2].date() <= FIRST else after)[row[3]] += row[1] == "pothole"
    made = column(before, after)
    areas = city.tables["areas"].with_column("made", "number", list(made.values()))
    features = [*EVERYTHING, {"from": "areas", "columns": ["made"]}]
    city = city.with_table("areas", areas).with_spec(features=features)
    leaks = find_future_totals(make_parts(*city.seal(blobs), blobs))
    return [str(leak.column) for leak in leaks]


def test_totals_of_the_past_are_honest_and_totals_of_the_whole_file_are_not(blobs: Blobs) -> None:
    assert city_trials(blobs, lambda before, after: {a: float(n) for a, n in before.items()}) == []
    assert city_trials(blobs, lambda before, after: {a: float(after[a]) for a in before}) == ["made"]
    both = city_trials(blobs, lambda before, after: {a: float(before[a] + after[a]) for a in before})
    assert both == ["made"]


def test_a_rate_blurred_as_much_as_chance_would_is_honest(blobs: Blobs) -> None:
    """A survey with as much chance in it as the counts themselves knows the rate and not the future."""
    random = np.random.default_rng(3)

    def surveyed(before: dict[str, int], after: dict[str, int]) -> dict[str, float]:
        return {area: float(random.poisson(after[area])) for area in before}

    assert city_trials(blobs, surveyed) == []


def test_a_total_of_one_test_period_is_found(blobs: Blobs) -> None:
    """Leaks need not span all of the file: here the counts of the lockbox alone."""
    city = made_city(12, rows=6, columns=6, per_area=200)
    parts = make_parts(*city.seal(blobs), blobs)
    lockbox = parts.scope.splits[-1]
    counts: dict[str, float] = dict.fromkeys(city.tables["areas"].column("area_id"), 0.0)
    for row in city.tables["requests"].rows:
        inside = lockbox.cutoff < row[2].date() <= lockbox.test_dates[-1]
        counts[row[3]] += row[1] == "pothole" and inside
    areas = city.tables["areas"].with_column("late", "number", list(counts.values()))
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": ["late"]}])
    leaks = find_future_totals(make_parts(*city.seal(blobs), blobs))
    assert [leak.column for leak in leaks] == ["late"]


def test_without_static_or_citywide_columns_there_is_nothing_to_test(blobs: Blobs) -> None:
    assert find_future_totals(make_parts(*made_city(1).seal(blobs), blobs)) == []
