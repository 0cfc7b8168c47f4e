from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.panel.case_baselines import PRIOR_CASES, group_numbers, rates_as_of
from civic_ai.panel.case_label import CaseLabel
from civic_ai.panel.case_moments import NEVER
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import UNIT, at, duration_spec, few_cases, made_cases, parts_of


def test_groups_are_numbered_as_they_appear() -> None:
    seen = pa.chunked_array([pa.array(["road", None, "light"]), pa.array(["road", "tree"])])
    assert group_numbers(seen).tolist() == [0, -1, 1, 0, 2]
    assert group_numbers(pa.chunked_array([pa.nulls(2, pa.string())])).tolist() == [-1, -1]


@pytest.mark.parametrize("seed", range(5))
def test_a_rate_counts_what_was_known_by_its_date_and_nothing_else(seed: int) -> None:
    """Against counting by hand: blanks are a group of their own, labels without end are in no rate."""
    random = np.random.default_rng(seed)
    group = random.integers(-1, 4, 300)
    as_of = random.integers(18_000, 18_100, 300) // 7 * 7
    values = np.where(random.random(300) < 0.1, np.nan, random.random(300) < 0.3)
    known_on = np.where(np.isnan(values), NEVER, as_of + random.integers(1, 30, 300))
    found = rates_as_of(group, as_of, CaseLabel(values, values, known_on))
    for i in range(300):
        known = known_on <= as_of[i]
        mine = known & (group == group[i])
        overall = values[known].mean() if known.any() else 0.0
        expected = (values[mine].sum() + PRIOR_CASES * overall) / (mine.sum() + PRIOR_CASES)
        assert found[i] == pytest.approx(expected)


def test_while_nothing_is_known_the_rate_is_nought() -> None:
    values = np.array([1.0, 0.0])
    nothing = CaseLabel(values, values, np.array([20, 21]))
    assert rates_as_of(np.array([0, 1]), np.array([10, 10]), nothing).tolist() == [0.0, 0.0]


def test_the_first_come_has_the_lowest_arrival(blobs: Blobs) -> None:
    parts = parts_of(few_cases({"came_at": at(7.25)}, {"came_at": at(2.5)}, {"came_at": at(400)}), blobs)
    assert parts.reserved["baseline_arrival"].tolist() == [-0.75, -5.5]
    assert "due_in_days" not in parts.reserved


def test_what_is_due_is_due_in_whole_days(blobs: Blobs) -> None:
    day = at(0).date()
    rows = [{"due_on": day.replace(day=day.day + days), "came_at": at(0)} for days in (1, 7)]
    parts = parts_of(few_cases(*rows, unit={**UNIT, "due_on": "due_on"}), blobs)
    assert parts.reserved["due_in_days"].tolist() == [1, 7]
    assert parts.reserved["baseline_arrival"].tolist() == [1, 7]


def test_rates_are_of_events_and_groups_of_durations(blobs: Blobs) -> None:
    city = made_cases(4, per_day=2)
    parts = parts_of(city, blobs)
    assert set(parts.reserved) == {"baseline_arrival", "baseline_group_rate", "baseline_observer_rate"}
    assert all(np.isfinite(values).all() for values in parts.reserved.values())
    longer = parts_of(city.with_spec(**duration_spec()), blobs)
    assert set(longer.reserved) == {"baseline_arrival", "baseline_group"}
    names = dict(zip(longer.reserved["baseline_group"], longer.cases.text("kind").to_pylist(), strict=True))
    assert sorted(names) == [0, 1, 2, 3]
    assert sorted(names.values()) == ["light", "road", "tree", "water"]


def test_older_cases_count_in_the_first_rate(blobs: Blobs) -> None:
    """Three trees were over before the first as-of date; one of two roads is not yet final."""
    older = [
        {"came_at": at(-100), "closed_at": at(-90), "late": late, "kind": kind}
        for kind, late in (("tree", True), ("tree", True), ("tree", False), ("road", False))
    ]
    rows: list[dict[str, Any]] = [
        *older,
        {"came_at": at(-6), "closed_at": at(5), "late": True, "kind": "road"},
    ]
    new: list[dict[str, Any]] = [
        {"came_at": at(0.5), "kind": "tree"},
        {"came_at": at(0.5), "kind": "road"},
        {"came_at": at(400)},
    ]
    parts = parts_of(few_cases(*rows, *new), blobs)
    rates = dict(
        zip(parts.cases.columns["unit"].to_pylist(), parts.reserved["baseline_group_rate"], strict=True)
    )
    assert rates["c5"] == pytest.approx((2 + 20 * 2 / 4) / (3 + 20))
    assert rates["c6"] == pytest.approx((0 + 20 * 2 / 4) / (1 + 20))
