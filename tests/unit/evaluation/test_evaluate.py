from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.core.errors import DataError
from civic_ai.evaluation.choose import BEST, SIMPLEST
from civic_ai.evaluation.evaluate import evaluate, lift_verdict
from civic_ai.evaluation.visits import IS_BASELINE, RANDOM
from civic_ai.models.fit import fit_candidates
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Figure, missing
from civic_ai.records.record import flatten

from ..models.simulated import make_pilot, simulate
from .worlds import blur, make_cases, make_demand, make_durations, make_world


def the_rule_wins(kind: str = "event"):
    """A city in which last year's count sees the need almost as it is, and the models hardly do."""
    world = make_world(kind=kind, model_noise=2.0)
    need = world.scores["year_count"].mean(axis=0)
    rule = np.tile(need, (len(world.labels), 1)) + 0.001
    return replace(world, scores={**world.scores, "year_count": rule})


def test_a_better_model_becomes_champion_and_the_lift_says_so(evaluated, looks) -> None:
    made = evaluated(make_world(model_noise=0.0))
    assert (made.champion, made.champion_is_baseline) == ("logistic_glm", False)
    assert (made.chosen_by, made.choice.best) == (BEST, "logistic_glm")
    assert made.lift_over_best_baseline.value > 1
    assert made.lift_over_best_baseline.lower > 1
    assert made.lift_verdict == "pass"
    assert looks == [["logistic_glm", made.best_baseline]]
    assert made.bundle == "b" * 64


def test_when_a_rule_wins_it_is_champion_and_says_so(evaluated, looks) -> None:
    made = evaluated(the_rule_wins())
    assert (made.champion, made.champion_is_baseline, made.best_baseline) == (
        "year_count",
        True,
        "year_count",
    )
    assert made.lift_over_best_baseline.upper < 1
    assert made.lift_verdict == "fail"
    assert made.lockbox_lift.why_missing == IS_BASELINE
    assert made.calibration.verdict == "unknown"
    assert made.calibration.slope.why_missing == "score_is_not_a_probability"
    assert made.calibration.bins == ()
    assert len(made.bundle) == 64
    assert looks == [["year_count"]], "one look, and only for champion and best baseline"


def test_a_model_within_one_standard_error_loses_to_the_rule(evaluated) -> None:
    world = make_world(model_noise=0.0)
    rule = blur(world.scores["logistic_glm"], 0.3, 6)
    made = evaluated(replace(world, scores={"recent_count": rule, "lightgbm": world.scores["lightgbm"]}))
    assert (made.champion, made.chosen_by) == ("recent_count", SIMPLEST)
    assert made.choice.best == "lightgbm"
    assert 0 < made.choice.behind_best <= made.choice.standard_error
    assert made.lift_verdict == "insufficient_evidence"


def test_for_counts_a_rule_can_be_judged_as_a_rate(evaluated) -> None:
    made = evaluated(the_rule_wins("count"))
    assert made.champion == "year_count"
    assert made.calibration.slope.value is not None
    assert len(made.calibration.bins) > 1
    assert made.score("recent_count", "mean_poisson_deviance").value > 0
    assert made.score("recent_count", "brier_score") is None


@pytest.mark.parametrize("objective", ["recall_at_capacity", "mean_poisson_deviance"])
def test_counts_by_each_objective(evaluated, objective: str) -> None:
    world = make_world(kind="count", model_noise=0.0, spec_changes={"objective": objective})
    made = evaluated(world)
    assert (made.objective, made.kind) == (objective, "count")
    ours, theirs = (made.score(name, objective).value for name in (made.best_candidate, made.best_baseline))
    better = theirs / ours if objective == "mean_poisson_deviance" else ours / theirs
    assert made.lift_over_best_baseline.value == pytest.approx(better)
    assert (made.lift_verdict == "pass") == (made.lift_over_best_baseline.lower > 1)


def test_best_means_best_over_the_test_splits_and_never_the_lockbox(evaluated) -> None:
    world = make_world(model_noise=0.0)
    spoiled = {name: scores.copy() for name, scores in world.scores.items()}
    spoiled["logistic_glm"][48:] = -spoiled["logistic_glm"][48:].clip(-0.9, 0.9) + 0.95
    before, after = evaluated(world), evaluated(replace(world, scores=spoiled))
    assert after.champion == before.champion
    assert after.scores == before.scores
    assert (before.lockbox_agrees, after.lockbox_agrees) == ("pass", "fail")
    assert after.lockbox_lift.value < 1 < before.lockbox_lift.value


def test_the_lockbox_holds_champion_and_best_baseline_only(evaluated, blobs) -> None:
    made = evaluated(make_world())
    names = {made.champion, made.best_baseline}
    assert {score.candidate for score in made.lockbox} == names
    assert set(blobs.table(made.lockbox_blob)["candidate"].to_pylist()) == names
    assert made.lockbox_expected.lower <= made.lockbox_expected.value <= made.lockbox_expected.upper


def test_unmatured_rows_are_counted_once_a_row_and_left_out(evaluated) -> None:
    world = make_world()
    full = evaluated(make_world())
    assert full.unmatured_rows == 0
    world.labels[47] = np.nan
    world.labels[58:] = np.nan
    made = evaluated(world)
    assert made.unmatured_rows == (1 + 2) * 60
    recall = made.champion, "recall_at_capacity", "lockbox"
    assert made.score(*recall).n == world.labels[48:58].sum() < full.score(*recall).n


def test_rows_in_a_gap_are_left_out_and_not_counted_as_too_early(evaluated) -> None:
    """Weeks that were not handed over, in the tests and in the lockbox; then the last date is too early."""
    world = make_demand(rows_in_gaps=3 * 36)
    world.labels[[20, 21, 50]] = np.nan
    assert evaluated(world).unmatured_rows == 0
    world.labels[59] = np.nan
    assert evaluated(world).unmatured_rows == 36


def test_a_doubtful_end_leaves_open_how_many_rows_are_unmatured(evaluated) -> None:
    world = make_world(end_is_doubtful=True)
    assert evaluated(world).unmatured_rows is None
    world.labels[58:] = np.nan
    assert evaluated(world).unmatured_rows == 2 * 60


def test_every_score_that_can_be_measured_stands_with_n_interval_and_period(evaluated) -> None:
    made = evaluated(make_world())
    for score in made.scores:
        assert score.figure.value is not None, (score.candidate, score.split, score.metric)
        assert score.figure.n > 0
        assert score.figure.period is not None
        assert score.figure.lower is not None
        assert score.figure.lower <= score.figure.value <= score.figure.upper
    assert {score.split for score in made.scores} == {"all", "1", "2", "3", "4"}


def test_ties_stand_for_every_candidate_and_hold_the_expected_value(evaluated) -> None:
    made = evaluated(make_world())
    assert {tie.candidate for tie in made.ties} == {score.candidate for score in made.scores}
    for tie in made.ties:
        assert tie.worst <= tie.expected <= tie.best
        recall = made.score(tie.candidate, "recall_at_capacity")
        assert tie.expected == pytest.approx(recall.value * recall.n)
    spread = {tie.candidate: tie.best - tie.worst for tie in made.ties}
    assert spread["recent_count"] > 0 == spread["logistic_glm"]


@pytest.mark.parametrize("make", [make_world, the_rule_wins])
def test_the_brief_finds_its_rows(evaluated, make) -> None:
    made = evaluated(make())
    shown = dict.fromkeys((made.champion, made.best_candidate, made.best_baseline, RANDOM))
    assert [row.candidate for row in made.per_100_visits] == list(shown)
    assert {point.candidate for point in made.capacity_curve} == set(shown)
    assert any(point.units == made.capacity for point in made.capacity_curve)


def test_the_record_keeps_and_comes_back_the_same(evaluated, blobs) -> None:
    made = evaluated(make_world())
    digest = blobs.put_record(made)
    assert blobs.record(Evaluation, digest) == made
    assert evaluated(make_world()).digest == made.digest


def test_facts_have_one_value_each(evaluated) -> None:
    made = evaluated(make_world())
    names = [name for name, _ in flatten(made, "evaluation")]
    assert len(names) == len(set(names))
    facts = dict(flatten(made, "evaluation"))
    assert facts["evaluation.per_100_visits.random.found.value"] > 0
    assert facts[f"evaluation.scores.{made.champion}.all.recall_at_capacity.figure.value"] > 0


def test_intervals_take_their_level_from_the_policy(evaluated) -> None:
    narrow, wide = (evaluated(make_world(), level).lift_over_best_baseline for level in (0.8, 0.99))
    assert (narrow.level, wide.level) == (0.8, 0.99)
    assert wide.lower < narrow.lower < narrow.value < narrow.upper < wide.upper


def test_the_champions_errors_are_looked_at_unless_it_predicts_no_chance(evaluated, whose_errors) -> None:
    assert evaluated(make_world(model_noise=0.0)).errors.candidate == "logistic_glm"
    rule = evaluated(the_rule_wins())
    assert rule.errors.candidate == rule.best_candidate != rule.champion
    assert evaluated(the_rule_wins("count")).errors.candidate == "year_count"
    assert len(whose_errors) == 3


def test_a_city_without_events_is_too_little_data(evaluated) -> None:
    world = make_world()
    world.labels[:] = 0.0
    with pytest.raises(DataError, match="hold no event"):
        evaluated(world)


def test_a_city_whose_tests_have_not_matured_is_too_little_data(evaluated) -> None:
    world = make_world()
    world.labels[:] = np.nan
    with pytest.raises(DataError, match="hold no event"):
        evaluated(world)


MADE = {
    "ranking": {"ties", "capacity_curve", "per_100_visits"},
    "demand": {"staffing", "coherent_sums"},
    "cases": {"ties", "capacity_curve", "per_100_visits", "time_to_find"},
    "durations": {"horizons", "restricted_means"},
}


@pytest.mark.parametrize(
    ("question", "make"),
    [("ranking", make_world), ("demand", make_demand), ("cases", make_cases), ("durations", make_durations)],
)
def test_each_question_is_told_what_it_asks_and_nothing_else(evaluated, question: str, make) -> None:
    made = evaluated(make())
    filled = {name for part in MADE.values() for name in part if getattr(made, name)}
    assert made.question == question
    assert filled == MADE[question]
    assert made.coverage != ()
    assert made.selection != ()
    assert (made.capacity is None) == (question in ("demand", "durations"))
    names = [name for name, _ in flatten(made, "evaluation")]
    assert len(names) == len(set(names)), "every fact has one name"
    assert evaluated(make()).digest == made.digest


def test_demand_is_not_told_of_visits(evaluated) -> None:
    made = evaluated(make_demand())
    measured = {score.metric for score in made.scores}
    assert not measured & {"recall_at_capacity", "precision_at_capacity", "lift_over_random"}
    assert {"root_mean_squared_scaled_error", "pinball_upper", "interval_coverage"} <= measured
    assert made.calibration.slope.value is not None
    assert made.lift_over_best_baseline.value > 1


def test_durations_are_told_by_kaplan_meier(evaluated) -> None:
    made = evaluated(make_durations())
    assert made.champion == "lightgbm"
    assert [one.days for one in made.horizons] == [7, 14, 28]
    for one in made.horizons:
        assert one.observed.lower - 0.03 < one.predicted < one.observed.upper + 0.03
    assert [one.group for one in made.restricted_means] == [None, "hole", "lamp"]
    slope, ratio = made.calibration.slope, made.calibration.bias_ratio
    assert slope == made.score("lightgbm", "restricted_mean_slope")
    assert ratio == made.score("lightgbm", "restricted_mean_ratio")
    assert made.calibration.verdict == "pass"
    assert len(made.calibration.bins) > 1


def test_a_rule_of_cases_that_tells_a_rate_can_be_judged_as_one(evaluated) -> None:
    made = evaluated(make_cases())
    assert made.score("observer_rate", "brier_score").value is not None
    assert made.score("arrival_order", "brier_score") is None
    assert made.score("arrival_order", "area_under_roc").value is not None


def test_one_split_evaluates_but_says_that_stability_cannot_be_told(evaluated) -> None:
    made = evaluated(make_world(splits=1))
    assert made.stability.verdict == "insufficient_evidence"
    assert made.stability.splits == 1


def test_a_few_dates_evaluate_but_nothing_passes(evaluated) -> None:
    made = evaluated(make_world(dates=8, lockbox=2, splits=3))
    assert made.lift_verdict == "unknown"
    assert made.lift_over_best_baseline.value is not None
    assert made.champion_is_baseline
    assert made.stability.verdict != "pass" or made.stability.splits >= 3


@pytest.mark.parametrize("kind", ["event", "count"])
def test_with_real_models_behind_it(kind: str, blobs, policy, whose_errors) -> None:
    validation = {"splits": 3, "test_days": 84, "lockbox_days": 56}
    pilot = make_pilot(blobs, simulate(kind=kind, dates=80), kind=kind, validation=validation)
    units = blobs.table(pilot.panel.units_blob)
    units = units.drop_columns("area")
    for name in ("area", "observer"):
        units = units.append_column(name, pa.nulls(len(units), pa.string()))
    panel = pilot.panel.model_copy(update={"units_blob": blobs.put_table(units)})
    blobs.put_record(panel)
    predictions = fit_candidates(pilot.spec, panel, policy, blobs)
    blobs.put_record(predictions)
    made = evaluate(pilot.spec, predictions, policy, blobs)
    assert made.champion == ("logistic_glm" if kind == "event" else "poisson_glm")
    assert made.lift_over_best_baseline.value > 1, "a GLM can learn the simulated need, a count cannot"
    assert len(made.bundle) == 64
    assert made.calibration.slope.lower < 1 < made.calibration.slope.upper
    table = blobs.table(made.lockbox_blob)
    assert set(table["split"].to_pylist()) == {"lockbox"}
    assert min(table["as_of"].to_pylist()) > max(blobs.table(predictions.blob)["as_of"].to_pylist())
    assert evaluate(pilot.spec, predictions, policy, blobs).digest == made.digest


@pytest.mark.parametrize(
    ("lift", "verdict"),
    [
        (Figure(value=1.2, lower=1.01, upper=1.4, n=9), "pass"),
        (Figure(value=1.2, lower=1.0, upper=1.4, n=9), "insufficient_evidence"),
        (Figure(value=1.0, lower=0.9, upper=1.1, n=9), "insufficient_evidence"),
        (Figure(value=0.9, lower=0.8, upper=0.99, n=9), "fail"),
        (Figure(value=1.0, lower=1.0, upper=1.0, n=9), "insufficient_evidence"),  # both find the same
        (Figure(value=1.2, n=9), "unknown"),
        (missing("nothing_to_compare_with"), "unknown"),
    ],
)
def test_the_verdict_on_the_lift(lift: Figure, verdict: str) -> None:
    assert lift_verdict(lift) == verdict
