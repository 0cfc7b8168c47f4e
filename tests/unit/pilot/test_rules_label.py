from __future__ import annotations

import pytest

from tests.unit.pilot.written import (
    CASES,
    DEMAND,
    DURATIONS,
    EVENT,
    TYPED,
    WHERE,
    assert_only,
    broken,
)


@pytest.mark.parametrize(
    ("label", "place", "says"),
    [
        ("kind: event, known_at: closed_at}", "label.known_at", "only a case has an outcome"),
        ("kind: event, while_open: positive}", "label.while_open", "only a case can be open"),
        ("kind: event, ended_at: closed_at}", "label.ended_at", "only a duration has an end"),
        ("kind: event, steps: 2}", "label.steps", "for counts of demand only"),
        ("kind: event, exposure: {from: areas, column: road_km}}", "label.exposure", "is for counts"),
    ],
)
def test_what_a_place_cannot_have(label: str, place: str, says: str) -> None:
    assert_only(broken({EVENT: label}), place, says)


def test_steps_are_for_demand_and_not_for_a_ranking_of_counts() -> None:
    ranking = {EVENT: "kind: count, steps: 2}", "[logistic_glm, lightgbm]": "[lightgbm]"}
    assert_only(broken(ranking), "label.steps", "for counts of demand only")


def test_a_place_takes_no_time() -> None:
    found = dict(broken(DURATIONS, {"case: [request_id], ": ""}))
    assert found == {"label.kind": "only a case takes a time"}


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        (f"{WHERE}, ", "", "label", "needs 'where'"),
        (", known_at: closed_at", "", "label", "needs 'known_at'"),
        ("label: {from: requests", "label: {from: areas", "label.from", "stands in its own row"),
        ("units_per_period: 50, ", "", "capacity", "cases are put in order for a list"),
    ],
)
def test_what_cases_need(old: str, new: str, place: str, says: str) -> None:
    found = broken(CASES, {old: new})
    assert any(where == place and says in sentence for where, sentence in found), found


def test_a_case_is_not_counted() -> None:
    found = dict(broken(CASES, {"kind: event": "kind: count", "[lightgbm]": "[poisson_glm]"}))
    assert found == {"label.kind": "a case turns out so or not: it cannot be counted"}


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        (", ended_at: closed_at", "", "label", "needs 'ended_at'"),
        ("ended_at: closed_at", "ended_at: closed_at, known_at: x", "label.known_at", "known by 'ended_at'"),
        (
            "ended_at: closed_at",
            "ended_at: closed_at, while_open: negative",
            "label.while_open",
            "known by 'ended_at'",
        ),
        ("{who: crews}", "{units_per_period: 9, who: crews}", "capacity.units_per_period", "is no list"),
        ("{who: crews}", "{who: crews, what_if: [9]}", "capacity.what_if", "need a capacity"),
    ],
)
def test_what_durations_need_and_cannot_have(old: str, new: str, place: str, says: str) -> None:
    assert_only(broken(DURATIONS, {old: new}), place, says)


@pytest.mark.parametrize("where", ["closed_at is not None", "kind == 'x' and closed_at < '2018-01-01'"])
def test_a_duration_of_closed_cases_only_is_refused_with_the_reason(where: str) -> None:
    found = broken(DURATIONS, {WHERE: f'where: "{where}"'})
    assert_only(found, "label.where", "leaves out those that still wait")


def test_a_condition_that_is_none_is_said_once() -> None:
    assert_only(broken(DURATIONS, {WHERE: 'where: "closed_at("'}), "label.where", "is not a condition")


def test_an_event_without_capacity_is_told_what_it_needs() -> None:
    found = broken({"units_per_period: 50, ": ""})
    assert_only(found, "capacity", "such a list needs 'units_per_period'")


def test_other_capacities_and_a_cost_are_whole() -> None:
    assert broken({"who: crews": "who: crews, what_if: [20, 90], cost_per_unit: 5, currency: USD"}) == []
    assert_only(
        broken(DEMAND, {"who: crews": "who: crews, what_if: [9]"}), "capacity.what_if", "need a capacity"
    )
    assert_only(
        broken({"who: crews": "who: crews, cost_per_unit: 5"}), "capacity.cost_per_unit", "'currency'"
    )


def test_hours_by_type_name_types_of_the_pilot() -> None:
    hours = {"who: crews": "who: crews, hours_by_type: {pothole: 2, flood: 1}"}
    assert_only(broken(TYPED, hours), "capacity.hours_by_type.flood", "no type called flood")
    assert [place for place, _ in broken(hours)] == [
        "capacity.hours_by_type.flood", "capacity.hours_by_type.pothole",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("last: 2018-11-26", "last: 2016-01-04", "as_of.last", "must come after 'first'"),
        ("splits: 3", "splits: 9", "validation", "days are needed, but as_of covers"),
        ("lockbox_days: 182", "lockbox_days: 3", "validation.lockbox_days", "shorter than one step"),
        ("America/Chicago", "Chicago", "time_zone", "is not a time zone"),
    ],
)
def test_dates_make_sense(old: str, new: str, place: str, says: str) -> None:
    assert_only(broken({old: new}), place, says)


def test_durations_need_no_horizon_before_the_cutoff() -> None:
    """Open cases are censored at the cutoff, so 730 days of horizon take no room of the training."""
    long = {"horizon_days: 28": "horizon_days: 730"}
    assert broken(DURATIONS, long) == []
    assert broken(long)[0][0] == "validation"
