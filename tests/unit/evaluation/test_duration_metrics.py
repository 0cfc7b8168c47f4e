from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from civic_ai.evaluation.duration_metrics import (
    METRICS_OF_DURATIONS,
    concordance,
    integrated_brier_score,
    known_weight,
    restricted_mean_ratio,
    restricted_mean_slope,
)
from civic_ai.evaluation.lists import Lists
from civic_ai.evaluation.metrics import METRICS
from civic_ai.models.survival import waits_until

from .waits import DAYS, TAU, draw_waits, restricted, waiting_lists


def rows_of(lists: Lists) -> list[dict[str, float]]:
    """Every case of the lists with its date, one dictionary each."""
    made = []
    for date, place in zip(*np.nonzero(lists.filled), strict=True):
        more = {name: values[date, place] for name, values in lists.more.items()}
        made.append(
            {"date": date, "score": lists.scores[date, place], "label": lists.labels[date, place], **more}
        )
    return made


def watched(rows: list[dict[str, float]], day: float) -> float:
    """Chance of no censoring before ``day``: Kaplan-Meier of the censorings, one at a time."""
    chance = 1.0
    lost = [row["label"] for row in rows if not row["ended"] and row["label"] < min(day, TAU)]
    for time in sorted(set(lost)):
        at_risk = sum(row["label"] >= time and not (row["ended"] and row["label"] == time) for row in rows)
        chance *= 1 - lost.count(time) / at_risk
    return chance


def brier_by_hand(rows: list[dict[str, float]], day: int) -> float:
    """Graf et al. 1999, equation 10, case by case."""
    total = 0.0
    for row in rows:
        said = row[f"open_after_{day}"]
        if row["ended"] and row["label"] <= day:
            total += said**2 / watched(rows, row["label"])
        elif row["label"] >= day:
            total += (1 - said) ** 2 / watched(rows, day)
    return total / len(rows)


def concordance_by_hand(rows: list[dict[str, float]]) -> float:
    """Uno et al. 2011 over all pairs of a date, days in whole numbers."""
    above = below = 0.0
    for one, other in itertools.permutations(rows, 2):
        if one["date"] != other["date"] or not one["ended"]:
            continue
        day, later = np.ceil(one["label"]), np.ceil(other["label"])
        if later > day or (later == day and not other["ended"]):
            weight = watched(rows, one["label"]) ** -2
            below += weight
            above += weight * (0.5 if one["score"] == other["score"] else one["score"] < other["score"])
    return above / below


@pytest.fixture(scope="module")
def small() -> Lists:
    return waiting_lists(draw_waits(dates=3, cases=9, lost=40))


@pytest.mark.parametrize("whole_days", [False, True])
def test_integrated_brier_score_is_grafs_case_by_case(whole_days: bool) -> None:
    """Also where cases end, and are lost, on the very days that are told of."""
    world = draw_waits(dates=3, cases=9, lost=40)
    world["label"] = np.ceil(world["label"]) if whole_days else world["label"]
    lists = waiting_lists(world)
    rows = rows_of(lists)
    daily = np.array([brier_by_hand(rows, int(day)) for day in DAYS])
    expected = np.trapezoid(daily, DAYS) / (DAYS[-1] - DAYS[0])
    assert integrated_brier_score(lists, "duration").value == pytest.approx(expected)


def test_concordance_is_unos_pair_by_pair(small: Lists) -> None:
    assert concordance(small, "duration").value == pytest.approx(concordance_by_hand(rows_of(small)))


def test_without_censoring_the_score_is_the_plain_mean_of_squares() -> None:
    world = draw_waits(dates=4, cases=8, lost=1.0)
    world["label"], world["ended"] = np.minimum(world["wait"], TAU), (world["wait"] <= TAU).astype(float)
    lists = waiting_lists(world)
    rows = rows_of(lists)
    daily = [
        np.mean([(row[f"open_after_{day}"] - (row["label"] > day or not row["ended"])) ** 2 for row in rows])
        for day in DAYS
    ]
    expected = np.trapezoid(daily, DAYS) / (DAYS[-1] - DAYS[0])
    assert integrated_brier_score(lists, "duration").value == pytest.approx(expected)


def uncensored(world: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same world where nobody was lost sight of."""
    wait = world["wait"]
    return {**world, "label": np.minimum(wait, TAU), "ended": (wait <= TAU).astype(float)}


@pytest.mark.parametrize(
    "measure", [integrated_brier_score, concordance, restricted_mean_slope, restricted_mean_ratio]
)
def test_censoring_changes_the_noise_and_not_the_figure(measure) -> None:  # type: ignore[no-untyped-def]
    """Half of the cases are lost sight of; the weighted figure stays near that of the full world."""
    world = draw_waits(dates=60, cases=120, lost=50)
    assert 0.3 < 1 - world["ended"].mean() < 0.7
    said = world["mean"] * 1.3
    seen, full = (measure(waiting_lists(each, said), "duration").value for each in (world, uncensored(world)))
    assert seen == pytest.approx(full, rel=0.05)


def test_dropping_open_cases_would_have_told_another_figure() -> None:
    """What a plain score over the closed cases says is far from the truth; the weighted one is near."""
    world = draw_waits(dates=60, cases=120, lost=40)
    lists = waiting_lists(world)
    truth = integrated_brier_score(waiting_lists(uncensored(world)), "duration").value
    closed = [row for row in rows_of(lists) if row["ended"]]
    daily = [
        np.mean([(row[f"open_after_{day}"] - (row["label"] > day)) ** 2 for row in closed]) for day in DAYS
    ]
    naive = np.trapezoid(daily, DAYS) / (DAYS[-1] - DAYS[0])
    assert abs(naive / truth - 1) > 0.08
    assert integrated_brier_score(lists, "duration").value == pytest.approx(truth, rel=0.04)


def test_the_truth_has_the_best_score() -> None:
    world = draw_waits(dates=40, cases=80)
    scores = [
        integrated_brier_score(waiting_lists(world, mean), "duration").value
        for mean in (world["mean"], np.full_like(world["mean"], 15.0), world["mean"] * 3, world["mean"] / 3)
    ]
    assert min(scores) == scores[0]


def test_true_predictions_have_slope_and_ratio_of_one() -> None:
    lists = waiting_lists(draw_waits(dates=80, cases=150, lost=50))
    assert restricted_mean_slope(lists, "duration").value == pytest.approx(1, abs=0.05)
    assert restricted_mean_ratio(lists, "duration").value == pytest.approx(1, abs=0.03)


def test_exaggerated_predictions_have_a_slope_below_one() -> None:
    world = draw_waits(dates=80, cases=150)
    means = restricted(world["mean"])
    lists = waiting_lists(world)
    stretched = replace(lists, scores=means.mean() + 2 * (lists.scores - means.mean()))
    one, other = (restricted_mean_slope(each, "duration").value for each in (lists, stretched))
    assert other == pytest.approx(one / 2)


def test_equal_scores_say_nothing_about_order_or_slope() -> None:
    lists = waiting_lists(draw_waits(), np.full((12, 30), 9.0))
    assert concordance(lists, "duration").value == 0.5
    assert np.isnan(restricted_mean_slope(lists, "duration").value)


def test_pairs_are_compared_within_a_date_only() -> None:
    world = {
        "mean": np.array([[1.0, 2], [30, 40]]),
        "label": np.array([[20.0, 25], [1, 2]]),
        "ended": np.ones((2, 2)),
    }
    assert concordance(waiting_lists(world), "duration").value == 1


def test_days_that_nobody_was_watched_for_leave_the_score_unknown() -> None:
    world = draw_waits(dates=4, cases=20)
    world["ended"] = world["ended"] * (world["label"] < 9)
    world["label"] = np.minimum(world["label"], 9.0)
    lists = waiting_lists(world)
    for measure in (integrated_brier_score, restricted_mean_ratio):
        assert np.isnan(measure(lists, "duration").value)


def test_known_weights_stand_for_all_cases() -> None:
    world = draw_waits(dates=40, cases=100, lost=50)
    waits = waits_until(world["label"].ravel(), world["ended"].ravel() > 0, TAU)
    weight = known_weight(waits)
    assert weight.sum() == pytest.approx(len(weight), rel=0.02)
    assert (weight[~waits.ended & (waits.days < TAU)] == 0).all()
    assert (weight[waits.ended] >= 1).all()


def test_replicates_weigh_dates_and_the_sample_is_one_of_them() -> None:
    lists = waiting_lists(draw_waits())
    for metric in METRICS_OF_DURATIONS:
        statistic = metric.measure(lists, "duration")
        assert statistic.sums.shape[0] == 12
        assert statistic.of(statistic.sums.sum(axis=0)) == pytest.approx(statistic.value)


def test_they_stand_in_the_table_of_all_metrics() -> None:
    assert [metric.name for metric in METRICS_OF_DURATIONS] == [
        "integrated_brier_score",
        "concordance",
        "restricted_mean_ratio",
        "restricted_mean_slope",
    ]
    for metric in METRICS_OF_DURATIONS:
        assert METRICS[metric.name] is metric
        assert metric.kinds == ("duration",)
