"""The public sees no figure of a hidden group, no table by area, and no exact count."""

from __future__ import annotations

import pytest

from civic_ai.audit.reporting_suppression import mask_reporting_details
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import (
    AllProblems,
    ConditionComparison,
    ConditionResidual,
    LinkageLoss,
    LinkedReports,
    OtherSetting,
    RatioAtLife,
    ReportingBias,
    ReportingCondition,
    ReportingGroup,
    ReportingMap,
    ZeroInflation,
)
from tests.unit.audit.made import POLICY

RATIO = Figure(value=0.81234, lower=0.61234, upper=1.11234, n=123)


def made() -> ReportingBias:
    def setting(group, ratio=RATIO):
        return OtherSetting(setting="watch_30", attribute="a", group=group, ratio=ratio, verdict="pass")

    return ReportingBias(
        method="linkage", verdict="pass", of_groups="pass",
        groups=tuple(ReportingGroup(attribute="a", group=g, reference_group="g0", ratio=RATIO, duplicates=50,
                                    incidents=123, verdict="pass") for g in ("g1", "g2")),
        conditions=(ReportingCondition(name="n", state="holds", how="h", seen=RATIO, group="g1"),),
        settings=(setting("g1"), setting("g2"), setting("g2", RATIO.model_copy(update={"n": 7}))),
        losses=(LinkageLoss(percent=10, attribute="a", group="g1", ratio=RATIO),),
        losses_everywhere=(LinkageLoss(percent=10, attribute="a", group="g1", ratio=RATIO),),
        all_problems=AllProblems(spread=0.23456, lives=tuple(
            RatioAtLife(life_days=60, attribute="a", group=g, ratio=RATIO) for g in ("g1", "g2"))),
        linked=LinkedReports(metres=100, days=14, located=0.71934, by_chance=0.18123, largest=23,
                             settings_agree=True),
        inflation=ZeroInflation(never_again=0.77777, gain=12.34, groups=(setting("g1"),)),
        map=ReportingMap(blob="b" * 64, areas=88, spread=0.17777, together=1.0, alone=2.0, lowest=0.70901,
                         highest=2.40601),
        condition=ConditionComparison(
            source="s", column="c", areas=87, reports_follow=RATIO, rates_follow=RATIO, blob="c" * 64,
            groups=(ConditionResidual(attribute="a", group="g1", reference_group="g0", ratio=RATIO,
                                      verdict="pass"),),
        ),
    )  # fmt: skip


def figures(record: ReportingBias, group: str):
    parts = (
        *record.settings, *record.losses, *record.losses_everywhere, *record.all_problems.lives,
        *record.inflation.groups, *record.condition.groups,
    )  # fmt: skip
    return [part.ratio for part in parts if part.group == group]


def test_a_hidden_group_shows_no_figure_anywhere():
    seen = mask_reporting_details(made(), {("a", "g1")}, POLICY)
    assert {figure.value for figure in figures(seen, "g1")} == {None}
    assert seen.conditions[0].seen.value is None
    assert seen.settings[1].ratio.value == 0.81


def test_a_hidden_reference_group_hides_every_ratio():
    seen = mask_reporting_details(made(), {("a", "g0")}, POLICY)
    assert {figure.value for group in ("g1", "g2") for figure in figures(seen, group)} == {None}


def test_a_figure_on_few_incidents_is_hidden_whatever_its_group():
    seen = mask_reporting_details(made(), set(), POLICY)
    assert [part.ratio.value for part in seen.settings] == [0.81, 0.81, None]


def test_tables_by_area_are_not_named_and_counts_are_round():
    seen = mask_reporting_details(made(), set(), POLICY)
    assert (seen.map.blob, seen.condition.blob) == (None, None)
    assert (seen.linked.largest, seen.linked.located, seen.linked.by_chance) == (20, 0.72, 0.18)
    assert seen.settings[0].ratio.n == 120
    assert (seen.inflation.never_again, seen.inflation.gain) == (0.78, 12.0)
    assert (seen.map.lowest, seen.map.highest, seen.map.spread) == (0.71, 2.41, 0.18)
    assert seen.condition.reports_follow.value == 0.81
    assert seen.all_problems.spread == 0.23
    assert [part.ratio.lower for part in seen.all_problems.lives] == [0.61, 0.61]


@pytest.mark.parametrize("hidden", [set(), {("a", "g1")}, {("a", "g0")}])
def test_masking_twice_is_masking_once(hidden):
    once = mask_reporting_details(made(), hidden, POLICY)
    assert mask_reporting_details(once, hidden, POLICY) == once


def test_what_was_not_examined_stays_as_it_is():
    bare = ReportingBias(method="none", verdict="unknown", why_unknown="not_asked")
    assert mask_reporting_details(bare, set(), POLICY) == bare


def test_a_small_largest_problem_is_hidden():
    record = made()
    few = record.model_copy(update={"linked": record.linked.model_copy(update={"largest": 10})})
    assert mask_reporting_details(few, set(), POLICY).linked.largest is None


@pytest.mark.parametrize(
    ("hidden", "value"),
    [(set(), 0.81), ({("a", "g2")}, 0.81), ({("a", "g1"), ("a", "g2")}, None), ({("a", "g1")}, None)],
)
def test_what_a_condition_saw_is_hidden_with_its_group_alone(hidden, value):
    assert mask_reporting_details(made(), hidden, POLICY).conditions[0].seen.value == value
