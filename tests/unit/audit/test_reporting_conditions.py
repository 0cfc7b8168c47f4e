"""Each condition is noticed when it is broken, holds when it does, and says so when nobody can know."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from civic_ai.audit.duplicates import Reported, Setting, find_cases
from civic_ai.audit.linkage import Located
from civic_ai.audit.reporting_conditions import (
    Change,
    Conditions,
    early_and_late,
    fit_cases,
    log_shares,
    nested_change,
    normal_bounds,
    without_chance,
)
from tests.unit.audit.made import POLICY, one_hot
from tests.unit.audit.simulated import simulate


def reported(seed=1, ratio=1.0, incidents=20_000, **changes) -> Reported:
    """A simulated city as reports with numbers; group 1 are the areas of odd number."""
    city = simulate(seed, ratio=ratio, incidents=incidents)
    code = city.reports.incident
    made = Reported(
        at=city.reports.at,
        ended=city.reports.ended,
        area=np.array([f"A{a:02d}" for a in city.area[code]]),
        kind=city.kind[code],
        incident=code,
        caller=np.full(len(code), -1),
        placed=None,
        located=None,
        extracted=city.extracted,
        start=0.0,
    )
    return replace(made, **changes)


def checks(reports: Reported):
    cases = find_cases(reports, Setting())
    grouping = one_hot(np.array([int(name[1:]) % 2 for name in cases.areas]), 2)
    conditions = Conditions(reports, cases, fit_cases(cases, grouping), grouping, POLICY)
    return {item.name: item for item in conditions.check()}


def test_what_holds_holds_and_what_nobody_knows_is_not_checked():
    made = checks(reported())
    assert {name: item.state for name, item in made.items()} == {
        "watch_ends_at_stopping_time": "holds",
        "incident_alive_while_watched": "not_checked",
        "constant_rate_while_watched": "holds",
        "duplicates_linked_equally_well": "holds",
        "repeat_callers_not_told_apart": "not_checked",
        "incidents_alike_within_type": "not_checked",
    }
    assert made["watch_ends_at_stopping_time"].seen.value == pytest.approx(1, abs=0.1)


def test_numbers_that_one_group_lacks_break_the_linkage():
    base = reported()
    rng = np.random.default_rng(1)
    odd = np.array([int(name[1:]) % 2 == 1 for name in base.area])
    lost = np.where(odd & (rng.random(len(odd)) < 0.4), -1, base.incident)
    made = checks(replace(base, incident=lost))["duplicates_linked_equally_well"]
    assert (made.state, made.group) == ("broken", "g1")
    assert made.seen.value == pytest.approx(0.6, abs=0.02)


def test_people_of_one_group_who_give_up_break_the_constant_rate():
    base = reported(incidents=40_000)
    first = np.full(base.incident.max() + 1, np.inf)
    np.minimum.at(first, base.incident, base.at)
    odd = np.array([int(name[1:]) % 2 == 1 for name in base.area])
    gave_up = np.random.default_rng(2).random(len(odd)) < 0.7
    kept = ~(odd & gave_up & (base.at - first[base.incident] > 6))
    parts = ("at", "ended", "area", "kind", "incident", "caller")
    made = checks(replace(base, **{name: getattr(base, name)[kept] for name in parts}))
    assert made["constant_rate_while_watched"].state == "broken"
    assert made["constant_rate_while_watched"].seen.value < 0.5


def test_few_repeat_reports_leave_it_open():
    made = checks(reported(incidents=300))["constant_rate_while_watched"]
    assert (made.state, made.how) == ("not_checked", "too_few")


def test_without_an_end_the_stopping_time_cannot_be_checked():
    base = reported(incidents=500)
    made = checks(replace(base, ended=np.full(len(base.at), np.nan)))["watch_ends_at_stopping_time"]
    assert (made.state, made.how) == ("not_checked", "no_end")


def test_problems_that_outlive_the_watch_of_one_group_only_break_the_stopping_time():
    """In group 1 nobody reports after 25 days, and cases stay open: longer watches dilute its rate."""
    base = reported(incidents=20_000)
    odd = np.array([int(name[1:]) % 2 == 1 for name in base.area])
    first = np.full(base.incident.max() + 1, np.inf)
    np.minimum.at(first, base.incident, base.at)
    kept = ~(odd & (base.at - first[base.incident] > 25))
    late = np.where(odd, first[base.incident] + 150.0, base.ended)
    parts = {name: getattr(base, name)[kept] for name in ("at", "area", "kind", "incident", "caller")}
    made = checks(replace(base, ended=late[kept], **parts))["watch_ends_at_stopping_time"]
    assert made.state == "broken"


def test_callers_are_left_out_and_it_is_seen_how_much_they_mattered():
    base = reported(incidents=3000)
    made = checks(replace(base, caller=base.incident % 50))["repeat_callers_not_told_apart"]
    assert (made.state, made.how) == ("holds", "callers_left_out")


def test_early_and_late_are_the_whole_watch():
    base = reported(incidents=2000)
    cases = find_cases(base, Setting())
    early, late = early_and_late(base, cases)
    assert early.incidents.repeats.sum() + late.incidents.repeats.sum() == pytest.approx(
        cases.incidents.repeats.sum(), abs=3
    )
    assert early.incidents.days.max() == pytest.approx(np.median(cases.incidents.days))


@pytest.mark.parametrize(("dense", "state"), [(0.0, "holds"), (0.92, "broken")])
def test_chance_links_in_one_group_are_noticed(dense, state):
    """Two towns far apart; in the second problems lie so close that neighbours are linked."""
    rng, many = np.random.default_rng(3), 8000
    group = np.arange(many) % 2
    side = np.where(group == 1, 40_000 * (1 - dense), 40_000)
    x, y = rng.uniform(0, 1, many) * side + group * 1e6, rng.uniform(0, 1, many) * side
    at = rng.uniform(0, 1500, many)
    again = np.arange(0, many, 4 - 1)
    index = np.r_[np.arange(many), again]
    located = Located(x[index], y[index], np.r_[at, at[again] + 3.0], np.zeros(len(index), dtype=np.int64),
                      np.full(len(index), 150.0), np.full(len(index), 14.0))  # fmt: skip
    base = Reported(
        at=located.at, ended=located.at + 20.0,
        area=np.array([f"A{i % 30 * 2 + group[i]:02d}" for i in index]),
        kind=located.kind, incident=np.full(len(index), -1), caller=np.full(len(index), -1),
        placed=np.ones(len(index), dtype=bool), located=located, extracted=1600.0, start=0.0,
    )  # fmt: skip
    assert checks(base)["links_are_repeats"].state == state


def test_taking_chance_away_multiplies_by_what_is_left():
    change = without_chance(np.array([100.0, 100.0]), np.array([10.0, 50.0]), 0)
    assert np.exp(change.log).tolist() == pytest.approx([1.0, 0.5 / 0.9])
    assert change.error[1] > 0


def test_shares_of_groups_and_their_error_are_those_of_the_textbook():
    shares = np.repeat(np.eye(2), [100, 50], axis=0)
    flags = np.r_[np.arange(100) < 80, np.arange(50) < 20]
    change = log_shares(shares, flags, 0)
    assert np.exp(change.log[1]) == pytest.approx(0.5)
    assert change.error[1] == pytest.approx(np.sqrt(1 / 20 - 1 / 50 + 1 / 80 - 1 / 100))


def test_a_family_has_wider_bounds_than_one():
    own, joint = normal_bounds((0.0, 0.1), POLICY, 4)
    assert own == pytest.approx((np.exp(-0.16449), np.exp(0.16449)), abs=1e-4)
    assert joint == pytest.approx((np.exp(-0.2241), np.exp(0.2241)), abs=1e-3)


def test_the_worst_change_is_the_one_furthest_from_none_whichever_way():
    base = reported(incidents=2000)
    cases = find_cases(base, Setting())
    grouping = one_hot(np.arange(len(cases.areas)) % 3, 3)
    conditions = Conditions(base, cases, fit_cases(cases, grouping), grouping, POLICY)
    moved, error = Change(np.array([0.0, -0.7, 0.2]), np.full(3, 0.1)), np.full(3, 0.1)
    unknown = Change(np.array([0.0, np.nan, -0.9]), np.array([0.1, 0.1, np.inf]))
    for changes in ([moved, Change(np.array([0.0, 0.1, 0.5]), error), unknown], [unknown, moved]):
        figure, group = conditions._worst(changes)
        assert (figure.value, group) == (pytest.approx(np.exp(-0.7)), "g1")
    assert conditions._worst([unknown]) == (None, None)


def test_the_error_of_taking_chance_away_is_the_spread_over_drawn_counts():
    rng, links, chance = np.random.default_rng(7), 400.0, 100.0
    drawn = rng.poisson(2 * chance, 20_000) / 2 / rng.poisson(links, 20_000)
    change = without_chance(np.array([links, links]), np.array([0.0, chance]), 0)
    assert change.error[1] == pytest.approx(np.log(1 - drawn).std(), rel=0.03)


def test_the_error_of_a_change_is_what_the_two_errors_do_not_share_whichever_is_larger():
    few, many = (
        SimpleNamespace(log_ratio=np.array([0.0, log]), covariance=np.diag([0.0, variance]))
        for log, variance in ((-0.3, 0.05), (-0.1, 0.01))
    )
    for whole, part, log in ((many, few, -0.2), (few, many, 0.2)):
        change = nested_change(whole, part)
        assert change.log[1] == pytest.approx(log)
        assert change.error.tolist() == pytest.approx([0.0, 0.2])
