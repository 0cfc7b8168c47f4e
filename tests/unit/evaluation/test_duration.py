from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from civic_ai.evaluation.duration import (
    NOT_WATCHED,
    done_by,
    duration_bins,
    durations_of,
    horizon_calibration,
    restricted_mean,
    restricted_means,
    told_days,
)
from civic_ai.evaluation.lists import Lists

from .waits import DAYS, TAU, draw_waits, restricted, waiting_lists, whole


def seen(lists: Lists) -> tuple[np.ndarray, np.ndarray]:
    """Days and ends of every case."""
    return lists.labels[lists.filled], lists.more["ended"][lists.filled] > 0


def frame_of(world: dict[str, np.ndarray], lists: Lists, types: np.ndarray) -> pd.DataFrame:
    """The world's rows as ``rows.read_rows`` would give them."""
    dates, cases = world["label"].shape
    return pd.DataFrame(
        {
            "date": np.repeat(np.arange(dates), cases),
            "label": world["label"].ravel(),
            "ended": world["ended"].ravel() > 0,
            "score": restricted(world["mean"]).ravel(),
            "type": pd.Categorical(types.ravel()),
        }
    )


def test_the_horizon_is_the_last_day_that_is_told_of() -> None:
    lists = waiting_lists(draw_waits())
    assert told_days(lists).tolist() == DAYS.tolist()
    assert durations_of(lists).waits.tau == TAU


def test_kaplan_meier_over_dates_is_that_of_all_cases() -> None:
    lists = waiting_lists(draw_waits())
    days, ended = seen(lists)
    theirs = SurvfuncRight(np.ceil(days), ended)
    durations = durations_of(lists)
    for day in (1, 7, 21):
        at = np.flatnonzero(theirs.surv_times <= day)[-1]
        assert durations.kaplan_meier(done_by(day)).value == pytest.approx(1 - theirs.surv_prob[at])


def test_a_replicate_has_the_curve_of_the_dates_that_it_drew() -> None:
    world = draw_waits(dates=3)
    statistic = durations_of(waiting_lists(world)).kaplan_meier(restricted_mean)
    twice = {name: values[[0, 0, 2]] for name, values in world.items()}
    alone = durations_of(waiting_lists(twice)).kaplan_meier(restricted_mean)
    drawn = statistic.of(np.array([2.0, 0, 1]) @ statistic.sums)
    assert drawn == pytest.approx(alone.value, rel=0.01)


def test_only_marked_cases_count() -> None:
    lists = waiting_lists(draw_waits())
    durations = durations_of(lists)
    mine = durations.score > 10
    days, ended = seen(lists)
    theirs = SurvfuncRight(np.ceil(days[mine]), ended[mine])
    at = np.flatnonzero(theirs.surv_times <= 14)[-1]
    assert durations.kaplan_meier(done_by(14), mine).value == pytest.approx(1 - theirs.surv_prob[at])


def test_horizons_of_true_chances_lie_in_their_intervals() -> None:
    lists = waiting_lists(draw_waits(dates=40, cases=60))
    told = list(horizon_calibration("model", lists, whole(lists)))
    assert [one.days for one in told] == DAYS.tolist()
    held = [one.observed.lower <= one.predicted <= one.observed.upper for one in told]  # type: ignore[operator]
    assert np.mean(held) > 0.8
    assert all(one.observed.n == 2400 and one.candidate == "model" for one in told)
    predicted = [one.predicted for one in told]
    assert predicted == sorted(predicted)


def test_horizons_of_wrong_chances_lie_outside() -> None:
    world = draw_waits(dates=40, cases=60)
    lists = waiting_lists(world, world["mean"] * 2)
    told = {one.days: one for one in horizon_calibration("model", lists, whole(lists))}
    assert told[7].predicted < told[7].observed.lower  # type: ignore[operator]


def test_a_horizon_beyond_what_was_watched_is_missing() -> None:
    world = draw_waits()
    world["ended"] = world["ended"] * (world["label"] <= 14)
    world["label"] = np.minimum(world["label"], 14)
    lists = waiting_lists(world)
    told = {one.days: one.observed for one in horizon_calibration("model", lists, whole(lists))}
    assert told[14].value is not None
    assert (told[21].value, told[21].why_missing) == (None, NOT_WATCHED)


def test_restricted_means_are_told_over_all_and_by_type() -> None:
    world = draw_waits(dates=40, cases=60)
    types = np.where(world["mean"] > 20, "slow", "quick").astype(object)
    lists = waiting_lists(world)
    told = {one.group: one for one in restricted_means(frame_of(world, lists, types), lists, whole(lists))}
    assert list(told) == [None, "quick", "slow"]
    for group, one in told.items():
        mine = np.ones_like(world["mean"], dtype=bool) if group is None else types == group
        assert one.observed.n == mine.sum()
        assert one.predicted == pytest.approx(restricted(world["mean"])[mine].mean())
        assert one.observed.value == pytest.approx(one.predicted, rel=0.05)
        assert one.observed.lower < one.observed.value < one.observed.upper  # type: ignore[operator]
        censored = (world["ended"] == 0) & (world["label"] < TAU) & mine
        assert one.censored_share == pytest.approx(censored.sum() / mine.sum())
        assert one.tau_days == TAU


def test_one_type_is_told_once() -> None:
    world = draw_waits()
    lists = waiting_lists(world)
    for types in (np.full((12, 30), "bees", dtype=object), np.full((12, 30), None, dtype=object)):
        told = list(restricted_means(frame_of(world, lists, types), lists, whole(lists)))
        assert [one.group for one in told] == [None]


def test_a_mean_that_nobody_was_watched_for_is_missing() -> None:
    world = draw_waits()
    world["ended"] = world["ended"] * (world["label"] <= 14)
    world["label"] = np.minimum(world["label"], 14)
    lists = waiting_lists(world)
    types = np.full((12, 30), "bees", dtype=object)
    told = next(restricted_means(frame_of(world, lists, types), lists, whole(lists)))
    assert (told.observed.value, told.observed.why_missing) == (None, NOT_WATCHED)
    assert told.censored_share is not None
    assert told.censored_share > 0.4


def test_bins_hold_cases_of_similar_predictions() -> None:
    lists = waiting_lists(draw_waits(dates=40, cases=60))
    bins = list(duration_bins(lists, whole(lists)))
    assert len(bins) == 3, "three different means are predicted"
    assert [one.predicted for one in bins] == pytest.approx(restricted(np.array([4.0, 12.0, 40.0])))
    assert sum(one.observed.n for one in bins) == 2400
    for one in bins:
        assert one.observed.value == pytest.approx(one.predicted, rel=0.07)
