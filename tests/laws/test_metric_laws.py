"""Laws that every metric obeys, tested on all metrics of the table at once. A new metric inherits them.

Lists of these laws hold everything that a metric may need: a capacity, intervals around the score, a scale
that each unit keeps, the day on which a case is due, and for durations (days) which cases ended and the
chance of being open after so many days.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from civic_ai.evaluation.lists import Floats, Lists, Setting, rank_lists
from civic_ai.evaluation.metrics import METRICS, Metric
from civic_ai.evaluation.statistic import Basis
from civic_ai.evaluation.uncertainty import resample_dates

EVERY = [
    pytest.param(metric, kind, id=f"{metric.name}-{kind}")
    for metric in METRICS.values()
    for kind in metric.kinds
]
ORDER = [param for param in EVERY if param.values[0].reads == "order"]
RATES = [param for param in EVERY if param.values[0].reads == "rate"]
OPTIMAL = [param for param in EVERY if param.values[0].optimum is not None]
ESTIMATED = {
    "calibration_slope",
    "calibration_intercept",
    "expected_calibration_error",
    "area_under_roc_overall",
    "integrated_brier_score",
    "concordance",
    "restricted_mean_slope",
}
"""In replicates: one Newton step, bins that keep their edges, one side of each pair that stays, weights of
censored cases that stay."""

SCORES = st.sampled_from([0.02, 0.1, 0.25, 0.25, 0.4, 0.6, 0.9])


@st.composite
def city(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Scores with ties (dates, units), labels fit for events and, doubled somewhere, for counts; capacity."""
    shape = draw(st.integers(1, 5)), draw(st.integers(3, 9))
    scores = draw(arrays(float, shape, elements=SCORES))
    labels = draw(arrays(float, shape, elements=st.sampled_from([0.0, 0.0, 1.0])))
    assume(0 < labels.sum() < labels.size)
    return scores, labels, draw(st.integers(1, shape[1]))


def rows_of(scores: np.ndarray, labels: np.ndarray, spread: float = 0.5) -> dict[str, np.ndarray]:
    """Columns of rows; intervals are ``spread`` of the score wide to either side."""
    dates, units = scores.shape
    size = np.abs(scores)
    columns = {
        "date": np.repeat(np.arange(dates), units),
        "score": scores,
        "label": labels,
        "lower": scores - spread * size,
        "upper": scores + spread * size,
        "scale": np.tile(1.0 + np.arange(units) % 3, dates),
        "due_in_days": np.tile(1.0 + np.arange(units) * 5 // units, dates),
        "ended": (np.arange(units) % 4 < 3) | (labels > 3) | (spread == 0),
        **{f"open_after_{day}": scores > day for day in (7, 14, 21, 28)},
    }
    return {name: np.ravel(values).astype(float) for name, values in columns.items()}


def list_rows(rows: dict[str, np.ndarray], capacity: int) -> Lists:
    date = rows["date"].astype(int)
    values: dict[str, Floats] = {name: column for name, column in rows.items() if name != "date"}
    as_of = np.datetime64("2020-01-06") + 7 * date
    return rank_lists(as_of, np.zeros(len(date), int), values, Setting((), capacity, 0.9))


def lists_of(scores: np.ndarray, labels: np.ndarray, capacity: int, spread: float = 0.5) -> Lists:
    return list_rows(rows_of(scores, labels, spread), capacity)


def fit(scores: np.ndarray, labels: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores and labels as they are for events; for counts, every second unit counts double; for durations
    both become days of at most four weeks."""
    by_turns = labels * (1 + np.arange(labels.shape[1]) % 2)
    if kind == "duration":
        return 28 * scores, 3 + 9 * by_turns
    return scores, labels if kind == "event" else by_turns


def is_about_what_came(metric: Metric) -> bool:
    """A width is not: narrow intervals may be anywhere."""
    return metric.direction != "closer" and metric.name != "interval_width"


def same(one: float, other: float) -> bool:
    return (not np.isfinite(one) and not np.isfinite(other)) or one == pytest.approx(
        other, rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize(("metric", "kind"), EVERY)
@given(city(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(metric: Metric, kind: str, town, random) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    rows = rows_of(scores, labels)
    order = list(range(scores.size))
    random.shuffle(order)
    shuffled = list_rows({name: column[order] for name, column in rows.items()}, capacity)
    value = metric.measure(lists_of(scores, labels, capacity), kind).value
    assert same(metric.measure(shuffled, kind).value, value)


@pytest.mark.parametrize(("metric", "kind"), EVERY)
@given(city(), st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_the_same_dates_again_change_nothing(metric: Metric, kind: str, town, times: int) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    again = lists_of(np.tile(scores, (times, 1)), np.tile(labels, (times, 1)), capacity)
    value = metric.measure(lists_of(scores, labels, capacity), kind).value
    assert same(metric.measure(again, kind).value, value)


@pytest.mark.parametrize(("metric", "kind"), EVERY)
@given(city())
@settings(max_examples=20, deadline=None)
def test_twice_as_many_units_and_visits_change_nothing(metric: Metric, kind: str, town) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    rows = {name: np.repeat(column, 2) for name, column in rows_of(scores, labels).items()}
    doubled = list_rows(rows, 2 * capacity)
    value = metric.measure(lists_of(scores, labels, capacity), kind).value
    assert same(metric.measure(doubled, kind).value, value)


@pytest.mark.parametrize(("metric", "kind"), ORDER)
@given(city(), st.floats(0.3, 3), st.floats(-5, 5))
@settings(max_examples=20, deadline=None)
def test_metrics_of_order_see_only_the_order(metric: Metric, kind: str, town, power: float, shift) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    moved = lists_of(np.exp(3 * (scores / scores.max()) ** power) + shift, labels, capacity)
    value = metric.measure(lists_of(scores, labels, capacity), kind).value
    assert same(metric.measure(moved, kind).value, value)


@pytest.mark.parametrize(("metric", "kind"), RATES)
def test_metrics_of_rates_see_more_than_the_order(metric: Metric, kind: str) -> None:
    rng = np.random.default_rng(3)
    scores = rng.uniform(0.05, 0.6, (10, 20))
    scores, labels = fit(scores, (rng.random(scores.shape) < scores).astype(float), kind)
    value = metric.measure(lists_of(scores, labels, 5), kind).value
    assert abs(metric.measure(lists_of(scores**2, labels, 5), kind).value - value) > 1e-3


@pytest.mark.parametrize(("metric", "kind"), OPTIMAL)
@given(city())
@settings(max_examples=20, deadline=None)
def test_perfect_scores_reach_the_optimum_and_nothing_is_better(metric: Metric, kind: str, town) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    labels = labels + (kind == "count")
    assume((labels.min(axis=1) < labels.max(axis=1)).any())
    perfect = metric.measure(lists_of(labels, labels, capacity, spread=0.0), kind).value
    assert perfect == pytest.approx(metric.optimum, abs=1e-12)
    other = metric.measure(lists_of(scores, labels, capacity), kind).value
    if metric.direction != "closer":
        assert metric.ahead(perfect, other) >= -1e-12


@pytest.mark.parametrize("name", ["recall_at_capacity", "precision_at_capacity", "lift_over_random"])
@pytest.mark.parametrize("kind", ["event", "count"])
@given(town=city())
@settings(max_examples=20, deadline=None)
def test_no_list_finds_more_at_capacity_than_the_perfect_one(name: str, kind: str, town) -> None:
    scores, labels, capacity = town
    (scores, labels), metric = fit(scores, labels, kind), METRICS[name]
    most = np.sort(labels, axis=1)[:, ::-1][:, :capacity].sum()
    perfect = metric.measure(lists_of(labels, labels, capacity), kind)
    assert perfect.sums[:, 0].sum() == most
    assert metric.measure(lists_of(scores, labels, capacity), kind).value <= perfect.value + 1e-12


@pytest.mark.parametrize(("metric", "kind"), [p for p in EVERY if is_about_what_came(p.values[0])])
def test_more_noise_is_never_better_in_a_large_city(metric: Metric, kind: str) -> None:
    rng = np.random.default_rng(6)
    need = np.tile(np.clip(rng.gamma(0.8, 0.25, 300), 0.01, 0.9), (30, 1))
    came = {
        "event": rng.random(need.shape) < need,
        "count": rng.poisson(need),
        "duration": np.clip(np.ceil(rng.gamma(9, 28 * need / 9)), 1, 28),
    }
    noise, scale = rng.standard_normal(need.shape), 28 if kind == "duration" else 1
    values = []
    for size in (0.0, 0.5, 2.0):
        seen = np.clip(need * np.exp(size * noise), 0.001, 0.99)
        lists = lists_of(scale * seen, came[kind].astype(float), 30)
        values.append(metric.measure(lists, kind).value)
    assert metric.ahead(values[0], values[1]) > 0
    assert metric.ahead(values[1], values[2]) > 0


@pytest.mark.parametrize(("metric", "kind"), EVERY)
@given(city(), st.integers(0, 50))
@settings(max_examples=10, deadline=None)
def test_intervals_hold_their_value_and_the_same_seed_gives_the_same(metric, kind, town, seed) -> None:
    scores, labels, capacity = town
    scores, labels = fit(scores, labels, kind)
    lists = lists_of(np.tile(scores, (8, 1)), np.tile(labels, (8, 1)), capacity)

    def figure():
        resampled = resample_dates(lists.split, 1, seed=seed, replicates=50)
        return Basis(resampled, 0.9, 1, lists.period, "none").figure(metric.measure(lists, kind))

    one, other = figure(), figure()
    assert one == other
    if one.lower is not None:
        assert one.lower <= one.value <= one.upper


@pytest.mark.parametrize(("metric", "kind"), EVERY)
def test_replicates_equal_measuring_the_drawn_dates(metric: Metric, kind: str) -> None:
    rng = np.random.default_rng(1)
    scores = rng.uniform(0.05, 0.7, (24, 30))
    scores, labels = fit(scores, (rng.random(scores.shape) < scores).astype(float), kind)
    resampled = resample_dates(np.zeros(24, int), 2, seed=5, replicates=40)
    quick = metric.measure(lists_of(scores, labels, 6), kind).replicates(resampled)
    slow = []
    for weights in resampled.weights.astype(int):
        dates = np.repeat(np.arange(24), weights)
        slow.append(metric.measure(lists_of(scores[dates], labels[dates], 6), kind).value)
    exact = metric.name not in ESTIMATED
    assert quick == pytest.approx(np.array(slow), rel=1e-12 if exact else 0.2, abs=1e-12 if exact else 0.05)
