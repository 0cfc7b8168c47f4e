from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scope import NO_ROWS
from civic_ai.evaluation.scores import make_scope, objective_of, score_lists, terms_of
from civic_ai.evaluation.uncertainty import wilson
from civic_ai.records.policy import Policy

from .worlds import (
    draw,
    lists_of,
    make_cases,
    make_demand,
    make_durations,
    make_world,
    record_of,
    terms,
)


def test_terms_are_what_pilot_and_policy_declared(policy: Policy) -> None:
    world = make_world()
    made = terms_of(world.spec(), world.predictions("0" * 64), policy)
    assert made == terms(splits=("1", "2", "3", "4"))


@pytest.mark.parametrize(("horizon", "overlap"), [(1, 1), (7, 1), (8, 2), (14, 2), (28, 4)])
def test_labels_overlap_as_long_as_the_horizon_lasts(horizon: int, overlap: int, policy: Policy) -> None:
    world = make_world(spec_changes={"label": {"from": "requests", "horizon_days": horizon, "kind": "event"}})
    assert terms_of(world.spec(), world.predictions("0" * 64), policy).overlap == overlap


def test_steps_lengthen_the_overlap_and_cases_are_counted_once_but_waits_share_days(policy: Policy) -> None:
    for world, overlap in ((make_demand(), 3), (make_cases(), 1), (make_durations(), 2)):
        made = terms_of(world.spec(), world.predictions("0" * 64), policy)
        assert made.overlap == overlap, made.question


@pytest.mark.parametrize(
    ("kind", "candidate", "has_rates"),
    [
        ("event", "year_count", False),
        ("event", "arrival_order", False),
        ("event", "observer_rate", True),
        ("event", "group_rate", True),
        ("event", "lightgbm", True),
        ("count", "year_count", True),
        ("count", "lightgbm", True),
    ],
)
def test_a_rules_count_is_a_rate_of_counts_but_no_probability(kind, candidate, has_rates) -> None:
    measured = terms(kind=kind).metrics(record_of(candidate), lists_of([1], [0]))
    assert ("rate" in {metric.reads for metric in measured}) is has_rates


def test_a_figure_says_what_it_rests_on() -> None:
    rates, labels = draw()
    lists = lists_of(rates, labels, 6)
    scope = make_scope("all", lists, lists.split >= 0, terms())
    n = {
        metric.name: scope.figure(lists, metric, "event").n
        for metric in METRICS.values()
        if metric in terms().metrics(record_of("lightgbm"), lists)
    }
    assert n["recall_at_capacity"] == labels.sum()
    assert n["precision_at_capacity"] == 6 * len(labels)
    assert n["brier_score"] == labels.size
    figure = scope.figure(lists, METRICS["brier_score"], "event")
    assert figure.period == lists.period
    assert figure.level == 0.9


def test_all_candidates_of_a_scope_share_their_replicates() -> None:
    rates, labels = draw()
    one, other = lists_of(rates, labels), lists_of(rates**2, labels)
    scope = make_scope("all", one, one.split >= 0, terms())
    assert scope.basis(one, METRICS["brier_score"]).resampled is scope.resampled
    assert scope.basis(other, METRICS["brier_score"]).resampled is scope.resampled


def test_every_scope_has_every_metric_and_splits_add_up() -> None:
    rates, labels = draw()
    lists = lists_of(rates, labels, 6, np.repeat([0, 1], 24))
    scopes = [
        make_scope(name, lists, marked, terms())
        for name, marked in (("all", lists.split >= 0), ("1", lists.split == 0), ("2", lists.split == 1))
    ]
    scores = list(score_lists(record_of("lightgbm"), lists, scopes, terms()))
    measured = {(score.split, score.metric): score.figure for score in scores}
    assert len(measured) == len(scores) == 3 * len(terms().metrics(record_of("lightgbm"), lists))
    recall = {name: measured[name, "recall_at_capacity"] for name in ("all", "1", "2")}
    assert recall["all"].n == recall["1"].n + recall["2"].n
    found = sum(recall[name].value * recall[name].n for name in ("1", "2"))
    assert recall["all"].value * recall["all"].n == pytest.approx(found)
    assert recall["1"].period.last < recall["2"].period.first


def test_a_split_without_matured_rows_says_so() -> None:
    rates, labels = draw(dates=6)
    lists = lists_of(rates, labels)
    scope = make_scope("2", lists, lists.split == 1, terms())
    scores = list(score_lists(record_of("lightgbm"), lists, [scope], terms()))
    assert {score.figure.why_missing for score in scores} == {NO_ROWS}
    assert {score.figure.n for score in scores} == {0}


def test_a_few_events_all_found_leave_room_for_doubt() -> None:
    lists = lists_of(np.tile([3.0, 2, 1], (20, 1)), np.tile([1.0, 0, 0], (20, 1)), 1)
    scope = make_scope("all", lists, lists.split >= 0, terms())
    recall = scope.figure(lists, METRICS["recall_at_capacity"], "event")
    assert (recall.value, recall.upper) == (1.0, 1.0)
    assert recall.lower == pytest.approx(wilson(20, 20)[0])


def test_precision_of_counts_may_exceed_one() -> None:
    lists = lists_of(np.tile([3.0, 2, 1], (20, 1)), np.tile([5.0, 4, 0], (20, 1)), 1)
    scope = make_scope("all", lists, lists.split >= 0, terms(kind="count"))
    assert scope.figure(lists, METRICS["precision_at_capacity"], "count").value == 5.0


def test_the_objective_is_the_declared_metric() -> None:
    rates, labels = draw(kind="count")
    lists = lists_of(rates, labels)
    declared = terms(kind="count", objective=METRICS["mean_poisson_deviance"])
    assert (
        objective_of(lists, declared).value == METRICS["mean_poisson_deviance"].measure(lists, "count").value
    )
