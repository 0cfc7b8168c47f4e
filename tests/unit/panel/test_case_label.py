from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.panel.case_moments import NEVER
from civic_ai.panel.known import day_numbers
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import (
    DURATION,
    EVENT,
    at,
    case_spec,
    duration_spec,
    few_cases,
    made_cases,
    parts_of,
)
from tests.unit.panel.cities import FIRST, City

END = {"came_at": at(400)}
"""A last row, so that the extract goes on."""


def labels_of(city: City, blobs: Blobs) -> dict[str, float]:
    parts = parts_of(city, blobs)
    return dict(zip(parts.cases.columns["unit"].to_pylist(), parts.label.values, strict=True))


@pytest.mark.parametrize(
    ("while_open", "value"), [("left_out", np.nan), ("positive", 1.0), ("negative", 0.0)]
)
def test_an_outcome_counts_when_it_was_known_by_the_horizon(
    while_open: str, value: float, blobs: Blobs
) -> None:
    """The list is of day 7, the horizon is over at the end of day 21."""
    label = {**EVENT, "while_open": while_open}
    city = few_cases(
        {"came_at": at(5), "closed_at": at(21.99), "late": True},
        {"came_at": at(5), "closed_at": at(21.99), "late": False},
        {"came_at": at(5), "closed_at": at(22), "late": True},
        {"came_at": at(5), "closed_at": at(22), "late": False},
        {"came_at": at(5)},
        END,
        **case_spec(label=label),
    )
    found = labels_of(city, blobs)
    expected = {"c0": 1.0, "c1": 0.0, "c2": value, "c3": value, "c4": value}
    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)


def test_nothing_is_final_before_the_extract_reaches_the_horizon(blobs: Blobs) -> None:
    rows = {"came_at": at(5), "closed_at": at(9), "late": True}, {"came_at": at(5)}
    assert np.isnan(list(labels_of(few_cases(*rows, {"came_at": at(20.9)}), blobs).values())).all()
    assert labels_of(few_cases(*rows, {"came_at": at(21)}), blobs)["c0"] == 1.0


def test_what_rules_may_know_early_is_no_label_yet(blobs: Blobs) -> None:
    rows = {"came_at": at(5), "closed_at": at(9), "late": True}, {"came_at": at(5)}, {"came_at": at(20.9)}
    label = parts_of(few_cases(*rows), blobs).label
    assert np.isnan(label.values).all()
    assert label.known.tolist() == pytest.approx([1.0, np.nan, np.nan], nan_ok=True)
    assert label.known_on.tolist() == [day_numbers([FIRST])[0] + 9, NEVER, NEVER]


def _reference(city: City, kind: str) -> dict[str, tuple[float, bool | None]]:
    """Every case of the panel, one by one, from the words of the definition."""
    spec, table = city.spec, city.tables["cases"]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    moments = [row[name] for row in rows for name in ("came_at", "closed_at") if row[name] is not None]
    end = datetime.combine(max(moments).date() + timedelta(days=1), time())
    dates = [FIRST + timedelta(days=7 * week) for week in range(30)]
    made: dict[str, tuple[float, bool | None]] = {}
    for row in rows:
        lists = [day for day in dates if day - timedelta(days=7) < row["came_at"].date() <= day]
        closed = row["closed_at"]
        if not lists or (closed is not None and closed.date() <= lists[0]):
            continue
        begins = datetime.combine(lists[0] + timedelta(days=1), time())
        horizon = begins + timedelta(days=spec["label"]["horizon_days"])
        if kind == "event":
            in_time = closed is not None and closed < horizon
            value = float(row["late"] if in_time else True) if horizon <= end else np.nan
            made[row["case_id"]] = (value, None)
        else:
            seen = min(horizon, end)
            ended = closed is not None and closed <= seen
            days = ((closed if ended else seen) - begins).total_seconds() / 86_400
            made[row["case_id"]] = (days, ended) if seen > begins else (np.nan, False)
    return made


@pytest.mark.parametrize("kind", ["event", "duration"])
def test_every_label_of_a_city_is_what_the_definition_says(kind: str, blobs: Blobs) -> None:
    city = made_cases(11, per_day=3)
    city = city if kind == "event" else city.with_spec(**duration_spec())
    parts = parts_of(city, blobs)
    expected = _reference(city, kind)
    names = parts.cases.columns["unit"].to_pylist()
    assert sorted(names) == sorted(expected)
    assert len(names) > 300
    assert parts.label.values == pytest.approx([expected[name][0] for name in names], nan_ok=True)
    if parts.label.ended is not None:
        assert parts.label.ended.tolist() == [expected[name][1] for name in names]
        assert {True, False} == set(parts.label.ended.tolist())


def durations_of(blobs: Blobs, *rows: dict[str, Any], **label: Any) -> dict[str, tuple[float, bool]]:
    parts = parts_of(few_cases(*rows, **duration_spec(label={**DURATION, **label})), blobs)
    assert parts.label.ended is not None
    pairs = zip(parts.label.values.tolist(), parts.label.ended.tolist(), strict=True)
    return dict(zip(parts.cases.columns["unit"].to_pylist(), pairs, strict=True))


def test_a_duration_counts_from_the_end_of_the_day_of_the_list(blobs: Blobs) -> None:
    """The list is made at the end of day 7; the horizon is 21 days."""
    found = durations_of(
        blobs,
        {"came_at": at(5), "closed_at": at(8)},
        {"came_at": at(5), "closed_at": at(9.25)},
        {"came_at": at(5), "closed_at": at(29)},
        {"came_at": at(5), "closed_at": at(29.5)},
        {"came_at": at(5)},
        END,
    )
    assert [found[f"c{i}"] for i in range(5)] == [
        (0, True),
        (1.25, True),
        (21, True),
        (21, False),
        (21, False),
    ]


def test_the_end_of_the_extract_censors(blobs: Blobs) -> None:
    found = durations_of(blobs, {"came_at": at(5)}, {"came_at": at(12.5)})
    assert found["c0"] == (5, False)
    assert np.isnan(found["c1"][0])
    assert not found["c1"][1]


def test_a_day_without_a_time_is_over_at_its_end(blobs: Blobs) -> None:
    rows = (
        {"came_at": at(5), "due_on": FIRST + timedelta(days=9)},
        {"came_at": at(5), "due_on": date(2021, 1, 1)},
    )
    assert durations_of(blobs, *rows, END, ended_at="due_on")["c0"] == (2, True)


def test_it_is_told_when_an_outcome_was_known_or_its_time_was_up(blobs: Blobs) -> None:
    first = day_numbers([FIRST])[0]
    rows = (
        {"came_at": at(5), "closed_at": at(9.5), "late": True},
        {"came_at": at(5), "closed_at": at(50), "late": False},
        {"came_at": at(5)},
        END,
    )
    final = parts_of(few_cases(*rows), blobs).label.known_on - first
    assert final.tolist() == [9, 21, 21]
    left_out = case_spec(label={**EVENT, "while_open": "left_out"})
    assert (parts_of(few_cases(*rows, **left_out), blobs).label.known_on == NEVER).tolist() == [
        False,
        True,
        True,
    ]
    seen = parts_of(few_cases(*rows, **duration_spec()), blobs).label
    assert (seen.known_on - first).tolist() == [9, 28, 28]
    assert seen.events.tolist() == [True, False, False]
