"""What readers are told about groups: unknown, small, in few units. Never a count of people."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from civic_ai.audit.findings import find_about_attributes, find_about_groups
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import UNKNOWN, Grouping
from civic_ai.records.figure import Period
from tests.unit.audit.made import POLICY, cells_of, one_hot


def _found(events, codes, groups=None):
    grouping = one_hot(np.array(codes), max(codes) + 1)
    if groups is not None:
        grouping = Grouping("part", groups, groups[0], grouping.shares, grouping.residents)
    cells = cells_of(rows=50.0, events=np.array(events, dtype=float))
    sums = sum_groups(cells, [grouping], seed=1)
    return {(item.code, item.column): item for item in find_about_groups(sums, POLICY)}


def test_large_groups_in_many_units_need_no_word():
    assert _found([20] * 20, [0, 1] * 10) == {}


def test_small_groups_and_groups_in_few_units_are_named():
    found = _found([20] * 10 + [2] * 10 + [90, 90], [0] * 10 + [1] * 10 + [2, 2])
    assert set(found) == {("audit_group_small", "g1"), ("audit_group_in_few_units", "g2")}
    assert found["audit_group_small", "g1"].values == {"attribute": "part", "group": "g1"}


def test_unknown_is_a_note_while_small_and_a_warning_when_not():
    small = _found([20] * 20 + [5], [0, 1] * 10 + [2], ("a", "b", UNKNOWN))
    large = _found([20] * 20 + [90], [0, 1] * 10 + [2], ("a", "b", UNKNOWN))
    assert [item.severity for item in small.values()] == ["note"]
    assert [item.severity for item in large.values()] == ["warning"]
    assert small["audit_group_unknown", UNKNOWN].share == 0.01


def test_no_finding_carries_a_count():
    found = _found([20] * 20 + [5], [0, 1] * 10 + [2], ("a", "b", UNKNOWN))
    assert all(item.count is None for item in found.values())


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2020-01-01", "2020-12-31", "audit_attribute_other_time"),
        ("2025-01-01", "2025-12-31", "audit_attribute_other_time"),
        ("2020-01-01", "2024-01-01", None),
        ("2024-06-30", "2025-12-31", None),
        (None, None, "audit_attribute_undated"),
    ],
)
def test_attributes_of_another_time_than_the_test_are_named(first, last, code):
    period = None if first is None else Period(first=first, last=last)
    spec = SimpleNamespace(audit=SimpleNamespace(attributes={"income": SimpleNamespace(source="census")}))
    snapshot = SimpleNamespace(source={"census": SimpleNamespace(period=period)}.__getitem__)
    tested = Period(first="2024-01-01", last="2024-06-30")
    found = list(find_about_attributes(spec, snapshot, tested))
    assert [(one.code, one.source, one.column) for one in found] == (
        [] if code is None else [(code, "census", "income")]
    )


@pytest.mark.parametrize(("events", "severity"), [(5, "note"), (6, "warning")])
def test_of_a_hundred_cases_more_than_five_in_an_unknown_group_are_a_warning(events, severity):
    known = (100 - events) / 20
    found = _found([known] * 20 + [events], [0, 1] * 10 + [2], ("a", "b", UNKNOWN))
    assert found["audit_group_unknown", UNKNOWN].severity == severity
