from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.coverage import (
    bound_totals,
    coverage_verdict,
    coverages,
    lockbox_coverage,
    stretch,
)
from civic_ai.evaluation.uncertainty import wilson
from civic_ai.records.figure import Figure, missing

from .worlds import TYPES, World, make_cases, make_demand, make_durations, make_world


def by_name(made) -> dict:
    return {(one.candidate, one.split, one.group): one for one in made}


def hand(world: World, name: str, dates: slice, columns=slice(None)) -> tuple[float, float]:
    """Covered share and mean width, straight from the arrays."""
    lower, upper = (bound[dates, columns] for bound in world.bounds(world.scores[name]))
    label = world.labels[dates, columns]
    return ((lower <= label) & (label <= upper)).mean(), (upper - lower).mean()


def test_rows_of_counts_are_covered_as_the_arrays_say(looked) -> None:
    world = make_demand()
    made = by_name(coverages(looked(world)))
    for name in ("poisson_glm", "year_count"):
        for split, dates in (("all", slice(12, 48)), ("lockbox", slice(48, 60))):
            covered, width = hand(world, name, dates)
            one = made[name, split, None]
            assert one.covered.value == pytest.approx(covered)
            assert one.width.value == pytest.approx(width)
            assert one.covered.n == (dates.stop - dates.start) * 36
            assert one.measured_on == "row"
            assert one.level == 0.9


def test_each_type_and_each_stretch_has_its_own_coverage(looked) -> None:
    world = make_demand()
    made = by_name(coverages(looked(world)))
    kinds, steps = np.array(world.types), np.tile(np.arange(3), 12)
    groups = {
        **{kind: kinds == kind for kind in TYPES},
        **{"step_1": steps == 0, "step_2": steps == 1, "step_3": steps == 2},
    }
    assert {group for _, _, group in made} == {None, *groups}
    for group, columns in groups.items():
        covered, width = hand(world, "poisson_glm", slice(12, 48), columns)
        assert made["poisson_glm", "all", group].covered.value == pytest.approx(covered)
        assert made["poisson_glm", "all", group].width.value == pytest.approx(width)


def test_only_champion_and_best_baseline_are_told_of(looked) -> None:
    seen = looked(make_demand())
    names = {one.candidate for one in coverages(seen)}
    assert names == {seen.champion, seen.baseline} == {"poisson_glm", "year_count"}


def test_the_first_split_has_no_interval_and_its_dates_do_not_count(looked) -> None:
    one = by_name(coverages(looked(make_demand())))["poisson_glm", "all", None]
    assert one.covered.period.first == looked(make_demand()).tests.anyone.as_of[12].item()
    only = by_name(coverages(looked(make_demand(splits=1))))
    assert {split for _, split, _ in only} == {"lockbox"}


def test_a_share_of_few_rows_is_no_surer_than_wilson_says(looked) -> None:
    world = replace(make_demand(), bounds=lambda score: (0 * score, 1e9 + 0 * score))
    one = by_name(coverages(looked(world)))["poisson_glm", "lockbox", None]
    assert one.covered.value == 1.0
    assert one.covered.lower == pytest.approx(wilson(12 * 36, 12 * 36)[0])


def test_counts_without_intervals_have_no_coverage(looked, evaluated) -> None:
    world = make_demand(bounds=None)
    assert list(coverages(looked(world))) == []
    assert evaluated(world).coverage_verdict == "unknown"


def test_events_are_told_by_totals_of_areas(looked) -> None:
    world = make_world(model_noise=0.0, dates=104, lockbox=26)
    world.areas = [None if i == 59 else f"a{i % 5}" for i in range(60)]
    seen = looked(world)
    made = by_name(coverages(seen))
    one = made[seen.champion, "all", None]
    assert one.measured_on == "area_total"
    assert one.covered.n % 6 == 0, "five areas, and what lies in none"
    assert one.covered.value == pytest.approx(0.92, abs=0.06)
    rows = seen.rows(seen.tests, seen.champion)
    size = rows.groupby(["date", "area"], dropna=False, observed=True)["label"].sum().mean()
    assert 0 < one.width.value < 6 * size


def test_totals_learn_from_the_tests_for_the_lockbox_and_never_from_later(looked) -> None:
    world = make_world(model_noise=0.0, dates=104, lockbox=26)
    changed = replace(world, labels=world.labels.copy())
    changed.labels[90:] = 1 - changed.labels[90:]
    before, after = (
        by_name(coverages(looked(each)))["logistic_glm", "all", None] for each in (world, changed)
    )
    assert before == after, "labels of the lockbox do not reach back into the tests"
    late, upset = (
        by_name(coverages(looked(each)))["logistic_glm", "lockbox", None] for each in (world, changed)
    )
    assert upset.covered.value < late.covered.value


def test_the_first_split_only_teaches_totals_too(looked) -> None:
    seen = looked(make_world(model_noise=0.0, dates=104, lockbox=26))
    one = by_name(coverages(seen))[seen.champion, "all", None]
    second = seen.tests.anyone.as_of[seen.tests.anyone.split == 1].min()
    assert one.covered.period.first == second.item()


def test_a_total_is_learned_from_when_its_horizon_has_passed_and_not_before() -> None:
    world = make_world(dates=60)
    rng = np.random.default_rng(2)
    day = np.repeat(world.dates, 30).astype("datetime64[s]")
    frame = pd.DataFrame({"as_of": day, "type": None, "score": rng.gamma(4.0, 1.0, len(day))})
    frame["label"] = rng.poisson(frame["score"]).astype(float)
    upset = frame.assign(label=frame["label"].where(day != day[30 * 40], 99.0))
    predictions = world.predictions("0" * 64)

    def bounded(totals: pd.DataFrame) -> pd.DataFrame:
        parts = [totals.iloc[: 30 * 48], totals.iloc[30 * 48 :]]
        made = bound_totals("lightgbm", parts, predictions, horizon_days=14, level=0.9)
        return pd.concat(made)[["lower", "upper"]].reset_index(drop=True)

    differs = (bounded(frame) != bounded(upset)).any(axis=1) & bounded(frame)["lower"].notna()
    first = np.flatnonzero(differs)[0] // 30
    assert first == 42, "two weeks after the 40th date"


def test_the_totals_of_one_type_and_size_learn_nothing_from_the_others() -> None:
    """A city of two types forecasts each as if it stood alone, however wrong the other's forecasts are."""
    world = make_world(dates=60)
    rng = np.random.default_rng(5)
    day = np.repeat(world.dates, 36).astype("datetime64[s]")
    frame = pd.DataFrame({"as_of": day, "score": np.tile(np.repeat([1.0, 20.0, 400.0], 12), 60)})
    frame["type"] = np.where(np.arange(len(day)) % 2, "hole", "lamp")
    wrong = np.where(frame["type"] == "hole", np.tile(np.repeat([9.0, 5.0, 2.0], 12), 60), 1.0)
    frame["label"] = rng.poisson(frame["score"] * wrong).astype(float)

    def bounded(totals: pd.DataFrame) -> pd.DataFrame:
        made = bound_totals(
            "lightgbm", [totals, totals.iloc[:0]], world.predictions("0" * 64), horizon_days=14, level=0.9
        )
        return made[0].reset_index(drop=True)

    together = bounded(frame)
    for name in ("lamp", "hole"):
        for size in (1.0, 20.0, 400.0):
            own = (frame["type"] == name) & (frame["score"] == size)
            alone = bounded(frame[(frame["type"] == name)])
            mine = together[own.to_numpy()].reset_index(drop=True)
            mask = (alone["score"] == size).to_numpy()
            pd.testing.assert_frame_equal(mine, alone[mask].reset_index(drop=True))
    width = (together["upper"] - together["lower"]).groupby([frame["type"], frame["score"]]).median()
    assert width["lamp", 400.0] < 100 < width["hole", 400.0], "true forecasts keep their narrow intervals"


def test_events_by_type_where_units_have_types(looked) -> None:
    world = make_world(model_noise=0.0, dates=104, lockbox=26)
    world.types = [("lamp", "hole")[i % 2] for i in range(60)]
    made = by_name(coverages(looked(world)))
    name = next(iter(made))[0]
    total, lamp, hole = (made[name, "all", group] for group in (None, "lamp", "hole"))
    assert total.covered.n == lamp.covered.n + hole.covered.n
    mean = (lamp.covered.value * lamp.covered.n + hole.covered.value * hole.covered.n) / total.covered.n
    assert total.covered.value == pytest.approx(mean)


def test_an_order_of_arrival_forecasts_no_number(looked) -> None:
    world = make_cases(dates=104, lockbox=26)
    keep = ("arrival_order", "logistic_glm")
    seen = looked(replace(world, scores={name: world.scores[name] for name in keep}))
    assert seen.baseline == "arrival_order"
    assert {one.candidate for one in coverages(seen)} <= {"logistic_glm"}


def test_cases_that_were_lost_sight_of_are_stood_for_by_others(looked) -> None:
    """Long waits are lost sight of more often: leaving them out would find too many short ones."""

    def short(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0 * score, 0.6 * score

    world = make_durations(dates=120, lockbox=30, watched=15.0, bounds=short)
    seen = looked(world)
    one = by_name(coverages(seen))["lightgbm", "all", None]
    rows = seen.rows(seen.tests, "lightgbm")
    is_lost = (rows["ended"] == 0) & (rows["label"] < 28)
    known = rows[~is_lost & rows["lower"].notna()]
    left_out = known["label"].between(known["lower"], known["upper"]).mean()
    assert is_lost.mean() > 0.3
    assert one.covered.n == len(known)
    whole = make_durations(dates=120, lockbox=30, watched=1e9, bounds=short)
    true = by_name(coverages(looked(whole)))["lightgbm", "all", None].covered.value
    assert abs(one.covered.value - true) < 0.02
    assert left_out - true > 0.05


def test_durations_are_told_by_type_and_row(looked) -> None:
    made = by_name(coverages(looked(make_durations())))
    assert {group for _, _, group in made} == {None, "hole", "lamp"}
    assert {one.measured_on for one in made.values()} == {"row"}


def test_a_lockbox_that_has_not_matured_is_not_told_of(looked, evaluated) -> None:
    for world in (make_world(), make_demand()):
        world.labels[48:] = np.nan
        assert "lockbox" not in {one.split for one in coverages(looked(world))}
        assert evaluated(world).coverage_verdict == "unknown"


@pytest.mark.parametrize(
    ("covered", "verdict"),
    [
        (Figure(value=0.9, lower=0.87, upper=0.93, n=9), "pass"),
        (Figure(value=0.99, lower=0.98, upper=1.0, n=9), "pass"),
        (Figure(value=0.9, lower=0.86, upper=0.93, n=9), "insufficient_evidence"),
        (Figure(value=0.8, lower=0.75, upper=0.87, n=9), "insufficient_evidence"),
        (Figure(value=0.8, lower=0.75, upper=0.86, n=9), "fail"),
        (Figure(value=0.9, n=9), "unknown"),
        (missing("no_rows"), "unknown"),
    ],
)
def test_the_verdict(covered: Figure, verdict: str) -> None:
    assert coverage_verdict(covered, 0.9, 0.03) == verdict


def test_the_record_takes_the_champions_verdict_over_the_whole_lockbox(looked, evaluated) -> None:
    world = make_demand(dates=80, lockbox=32)
    made = evaluated(world)
    named = by_name(made.coverage)
    assert made.coverage_verdict == named[made.champion, "lockbox", None].verdict
    assert made.coverage_verdict == "pass"
    narrow = replace(world, bounds=lambda score: (np.floor(score), np.ceil(score)))
    assert evaluated(narrow).coverage_verdict == "fail"
    assert lockbox_coverage((), "poisson_glm", "lockbox") == "unknown"


def test_stretches_double_in_length() -> None:
    names = ["step_1", "step_2", "steps_3_4", "steps_3_4", *["steps_5_8"] * 4]
    assert stretch(np.arange(8), 8) == names
    assert stretch(np.arange(6), 6) == [*names[:4], "steps_5_6", "steps_5_6"]
    assert stretch(np.arange(26), 26)[-1] == "steps_17_26"
    assert pd.Series(stretch(np.arange(26), 26)).value_counts()["steps_9_16"] == 8
