from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.errors import DataError
from civic_ai.panel.case_rows import Reading, list_dates, read_cases
from civic_ai.panel.known import day_numbers
from civic_ai.pilot.spec import AsOf, PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import UNIT, at, dates_of, duration_spec, few_cases, made_cases, scope_of
from tests.unit.panel.cities import FIRST, City

DUE = {**UNIT, "due_on": "due_on"}


def reading_of(city: City, blobs: Blobs, most_repeated: float = 0.02) -> Reading:
    seen, scope = scope_of(city, blobs)
    return read_cases(PilotSpec.model_validate(city.spec), seen, scope.dates, most_repeated)


def listed(reading: Reading) -> dict[str, date]:
    days = reading.cases.as_of.astype("datetime64[D]").astype(date)
    return dict(zip(reading.cases.columns["unit"].to_pylist(), days, strict=True))


@given(st.integers(-400, 400), st.integers(1, 40))
def test_a_case_is_on_the_list_that_the_definition_names(day: int, every: int) -> None:
    as_of = AsOf(first=FIRST, last=FIRST + timedelta(days=300), every_days=every)
    first = day_numbers([FIRST])[0]
    known, due = (int(list_dates(np.array([first + day]), as_of, comes_up=up)[0]) for up in (False, True))
    assert (known - first) % every == (due - first) % every == 0
    assert known - every < first + day <= known
    assert due < first + day <= due + every


def test_what_came_in_is_on_the_next_list(blobs: Blobs) -> None:
    reading = reading_of(
        few_cases({"came_at": at(0.9)}, {"came_at": at(1.0)}, {"came_at": at(7.9)}, {"came_at": at(8)}), blobs
    )
    weeks = [FIRST + timedelta(days=7 * week) for week in (0, 1, 1, 2)]
    assert listed(reading) == dict(zip(["c0", "c1", "c2", "c3"], weeks, strict=True))


def test_what_comes_up_is_on_the_list_before(blobs: Blobs) -> None:
    days = [FIRST + timedelta(days=d) for d in (0, 1, 7, 8)]
    city = few_cases(*({"due_on": day, "came_at": at(300)} for day in days), unit=DUE)
    weeks = [FIRST + timedelta(days=7 * week) for week in (-1, 0, 0, 1)]
    assert listed(reading_of(city, blobs)) == dict(zip(["c0", "c1", "c2", "c3"], weeks, strict=True))


def test_what_was_over_before_the_list_is_on_none_and_counted(blobs: Blobs) -> None:
    city = few_cases(
        {"came_at": at(1), "closed_at": at(7.99), "late": True},
        {"came_at": at(1), "closed_at": at(8), "late": True},
        {"came_at": at(1), "closed_at": at(3), "late": False},
        {"came_at": at(-300), "closed_at": at(-299.9), "late": True},
    )
    reading = reading_of(city, blobs)
    assert listed(reading) == {"c1": FIRST + timedelta(days=7)}
    assert (reading.left_out, reading.missed) == ({"older": 1, "too_early": 2}, 1)


def test_older_cases_are_read_for_the_rules(blobs: Blobs) -> None:
    reading = reading_of(few_cases({"came_at": at(-100), "closed_at": at(-50)}), blobs)
    assert listed(reading) == {"c0": FIRST - timedelta(days=98)}


@pytest.mark.parametrize(
    ("rows", "left_out"),
    [
        ([{"came_at": at(1), "case_id": None}], {"unnamed": 1}),
        ([{"came_at": None}], {"undated": 1}),
        ([{"came_at": at(1), "closed_at": at(0.5)}], {"impossible": 1}),
        ([{"came_at": at(1.5), "closed_at": at(1.5)}], {"too_early": 1}),
    ],
)
def test_rows_on_no_list_are_counted_by_reason(
    rows: list[dict[str, Any]], left_out: dict[str, int], blobs: Blobs
) -> None:
    reading = reading_of(few_cases({"came_at": at(3)}, *rows), blobs)
    assert reading.left_out == left_out
    assert listed(reading) == {"c0": FIRST + timedelta(days=7)}
    assert reading.rows == 2


def test_cases_that_come_up_may_be_settled_before_the_row_was_written(blobs: Blobs) -> None:
    row = {"came_at": at(20), "due_on": FIRST + timedelta(days=9), "closed_at": at(9)}
    assert listed(reading_of(few_cases(row, unit=DUE), blobs)) == {"c0": FIRST + timedelta(days=7)}
    reading = reading_of(few_cases({**row, "due_on": None}, unit=DUE), blobs)
    assert reading.left_out == {"undated": 1}


def twins(first: dict[str, Any], second: dict[str, Any], others: int = 200) -> list[dict[str, Any]]:
    plain = [{"case_id": f"x{i}", "came_at": at(3)} for i in range(others)]
    return [{"case_id": "twin", **first}, {"case_id": "twin", **second}, *plain]


def test_of_cases_with_one_name_the_first_is_kept_whatever_the_order_of_the_file(blobs: Blobs) -> None:
    early, late = {"came_at": at(3), "size": 9.0}, {"came_at": at(10), "size": 1.0}
    for rows in (twins(early, late), twins(late, early)):
        reading = reading_of(few_cases(*rows), blobs)
        assert reading.left_out == {"repeated": 1}
        assert listed(reading)["twin"] == FIRST + timedelta(days=7)
    same = {"came_at": at(3)}
    for rows in (
        twins({**same, "size": 1.0}, {**same, "size": 2.0}),
        twins({**same, "size": 2.0}, {**same, "size": 1.0}),
    ):
        cases = reading_of(few_cases(*rows), blobs).cases
        kept = cases.columns["unit"].to_pylist().index("twin")
        assert cases.number("size")[kept] == 1.0


def test_names_that_name_no_case_are_refused(blobs: Blobs) -> None:
    rows = twins({"came_at": at(3)}, {"came_at": at(4)}, others=30)
    with pytest.raises(DataError, match="1 of 32 cases have a name that another case has"):
        reading_of(few_cases(*rows), blobs)


def test_cases_stand_in_order_and_in_no_other(blobs: Blobs) -> None:
    city = made_cases(3)
    shuffled = city.with_table("cases", city.tables["cases"].with_rows(city.tables["cases"].rows[::-1]))
    one, other = reading_of(city, blobs), reading_of(shuffled, blobs)
    assert one.cases.columns.equals(other.cases.columns)
    assert np.array_equal(one.cases.as_of, other.cases.as_of)
    names = one.cases.columns["unit"].to_pylist()
    assert list(zip(one.cases.as_of, names, strict=True)) == sorted(zip(one.cases.as_of, names, strict=True))
    assert replace(one, cases=other.cases) == replace(other, cases=other.cases)


def test_the_extract_ends_with_the_last_thing_known(blobs: Blobs) -> None:
    def last(*rows: dict[str, Any]) -> int:
        return int(reading_of(few_cases(*rows), blobs).last_day - day_numbers([FIRST])[0])

    assert last({"came_at": at(3), "closed_at": at(30.5)}, {"came_at": at(20)}) == 30
    assert last({"came_at": at(3), "closed_at": at(10)}, {"came_at": at(20)}) == 20


def test_open_cases_are_counted(blobs: Blobs) -> None:
    city = few_cases({"came_at": at(3)}, {"came_at": at(3), "closed_at": at(30)}, **duration_spec())
    assert reading_of(city, blobs).open == 1
    assert len(dates_of(city)) == 30
