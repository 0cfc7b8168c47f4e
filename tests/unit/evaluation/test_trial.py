from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scope import NO_ROWS
from civic_ai.evaluation.scores import ALL
from civic_ai.evaluation.trial import NO_COMPARISON, open_lockbox, try_on_tests
from civic_ai.evaluation.visits import IS_BASELINE
from civic_ai.records.panel import PanelManifest

from .worlds import World, lists_of, make_demand, make_world, record_of, terms

FOUR = ("1", "2", "3", "4")


def manifest(**changes: Any) -> PanelManifest:
    """A panel's manifest; ``changes`` are its fields. Nothing of it but the gaps and its end is looked at."""
    told = dict.fromkeys(PanelManifest.model_fields) | changes
    return PanelManifest.model_construct(**told)


def trial_of(world: World, **changes):
    return try_on_tests(world.table(world.scores, is_lockbox=False), terms(splits=FOUR, **changes))


def test_the_tests_have_a_scope_over_all_and_one_for_each_split() -> None:
    trial = trial_of(make_world())
    assert [scope.name for scope in trial.scopes] == [ALL, *FOUR]
    assert trial.whole.dates.sum() == 48
    assert [int(scope.dates.sum()) for scope in trial.scopes[1:]] == [12, 12, 12, 12]


def test_the_lockbox_has_one_scope() -> None:
    trial = open_lockbox(make_world().table(["lightgbm"], is_lockbox=True), terms())
    assert [scope.name for scope in trial.scopes] == ["lockbox"]
    assert trial.whole.dates.all()
    scores = trial.scores([record_of("lightgbm")])
    assert {score.split for score in scores} == {"lockbox"}


def test_the_same_number_of_visits_is_made_in_the_lockbox() -> None:
    world = make_world()
    lockbox = open_lockbox(world.table(["lightgbm"], is_lockbox=True), terms())
    by_hand = lists_of(world.scores["lightgbm"][48:], world.labels[48:], 6)
    recall = METRICS["recall_at_capacity"].measure(by_hand, "event").value
    assert lockbox.objective("lightgbm").value == pytest.approx(recall)


def test_every_candidate_gets_its_scores() -> None:
    world = make_world()
    records = [record_of(name) for name in world.scores]
    scores = trial_of(world).scores(records)
    names = [(score.candidate, score.split, score.metric) for score in scores]
    assert len(names) == len(set(names))
    assert {name for name, _, _ in names} == set(world.scores)


def test_the_lift_is_the_ratio_of_the_objectives_and_more_than_one_is_better() -> None:
    world = make_world()
    trial = trial_of(world)
    lift = trial.lift("logistic_glm", "recent_count")
    ours, theirs = trial.objective("logistic_glm").value, trial.objective("recent_count").value
    assert lift.value == pytest.approx(ours / theirs)
    assert lift.lower < lift.value < lift.upper
    assert lift.n == world.labels[:48].sum()
    assert trial.lift("recent_count", "logistic_glm").value == pytest.approx(theirs / ours)


def test_for_deviance_the_baseline_stands_above_the_line() -> None:
    trial = trial_of(make_world(kind="count"), kind="count", objective=METRICS["mean_poisson_deviance"])
    ours, theirs = trial.objective("poisson_glm").value, trial.objective("recent_count").value
    assert trial.lift("poisson_glm", "recent_count").value == pytest.approx(theirs / ours)
    assert theirs > ours


def test_a_rule_is_not_compared_with_itself() -> None:
    assert trial_of(make_world()).lift("year_count", "year_count").why_missing == IS_BASELINE


def test_a_lift_over_nothing_found_has_no_value() -> None:
    world = make_world(capacity=1)
    labels = np.zeros_like(world.labels)
    labels[:, 0] = 1.0
    nothing, everything = np.zeros_like(labels), labels.copy()
    nothing[:, 1] = 1.0
    blind = World(scores={"year_count": nothing, "lightgbm": everything}, labels=labels)
    lift = trial_of(blind, capacity=1).lift("lightgbm", "year_count")
    assert (lift.value, lift.why_missing) == (None, NO_COMPARISON)


def test_unmatured_rows_are_counted_for_one_candidate_and_in_no_list() -> None:
    world = make_world()
    world.labels[44:48] = np.nan
    world.labels[57:, :10] = np.nan
    trial = trial_of(world)
    assert trial.unmatured("lightgbm", manifest()) == 4 * 60
    assert trial.whole.dates.sum() == 44
    lockbox = open_lockbox(world.table(["lightgbm"], is_lockbox=True), terms())
    assert lockbox.unmatured("lightgbm", manifest()) == 30
    assert lockbox.lists["lightgbm"].sizes.tolist() == [60] * 9 + [50] * 3


def test_rows_in_a_gap_are_not_unmatured() -> None:
    """Demand of 36 columns (12 of each of 3 steps of a week): a blank label is too early only where its week
    ends after the last day known. Here that is the end of step 1 of the last test date but one."""
    world = make_demand()
    world.labels[20:22] = np.nan
    world.labels[46:48] = np.nan
    trial = try_on_tests(world.table(world.scores, is_lockbox=False), terms(splits=FOUR, capacity=None))
    last = world.dates[46] + np.timedelta64(14, "D")
    told = manifest(rows_in_gaps=1, horizon_days=7, last_known_on=str(last))
    assert trial.unmatured("poisson_glm", told) == 12 + 24
    assert trial.unmatured("poisson_glm", told.model_copy(update={"rows_in_gaps": None})) == 4 * 36
    assert trial.unmatured("poisson_glm", told.model_copy(update={"rows_in_gaps": 0})) == 4 * 36


def test_a_lockbox_that_has_not_matured_says_so() -> None:
    world = make_world()
    world.labels[48:] = np.nan
    lockbox = open_lockbox(world.table(["lightgbm", "year_count"], is_lockbox=True), terms())
    assert lockbox.lift("lightgbm", "year_count").why_missing == NO_ROWS
    assert all(score.figure.why_missing == NO_ROWS for score in lockbox.scores([record_of("lightgbm")]))
