"""What readers are told about groups: unknown, small, in few units. Never a count of people."""

from __future__ import annotations

import numpy as np

from civic_ai.audit.findings import find_about_groups
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import UNKNOWN, Grouping
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
