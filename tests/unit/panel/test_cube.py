from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from civic_ai.panel.cube import DailyCounts, build_cube, count_daily, days_since_last
from civic_ai.panel.known import known_rows
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import made_city
from tests.unit.panel.test_known import opened
from tests.unit.panel.test_units import units_of

ROWS = st.lists(st.tuples(st.integers(-1, 3), st.integers(-5, 60), st.integers(1, 4)), max_size=30)
WINDOWS = st.lists(st.tuples(st.integers(-10, 70), st.integers(0, 40)), min_size=1, max_size=8)


def counts_of(rows: list[tuple[int, int, int]]) -> DailyCounts:
    unit, day, n = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return DailyCounts(unit, day, n)


@given(rows=ROWS, windows=WINDOWS)
@settings(max_examples=200)
def test_a_window_holds_the_rows_after_its_start_up_to_its_end(
    rows: list[tuple[int, int, int]], windows: list[tuple[int, int]]
) -> None:
    after = np.array([start for start, _ in windows])
    upto = after + np.array([length for _, length in windows])
    cube = build_cube(counts_of(rows), (after, upto), 4)
    expected = [
        [sum(n for u, d, n in rows if u == unit and a < d <= b) for unit in range(4)]
        for a, b in zip(after, upto, strict=True)
    ]
    assert cube.between(after, upto).tolist() == expected
    assert cube.totals.dtype == np.int32


@given(rows=ROWS)
def test_neighbours_are_summed(rows: list[tuple[int, int, int]]) -> None:
    matrix = np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=np.int32)
    ends = np.array([-6, 30, 60])
    cube = build_cube(counts_of(rows), (ends,), 4)
    around = cube.around(sparse.csr_array(matrix))
    here = cube.between(ends[:-1], ends[1:])
    assert around.between(ends[:-1], ends[1:]).tolist() == (here @ matrix).tolist()


@given(rows=ROWS, days=st.lists(st.integers(0, 70), min_size=1, max_size=6).map(sorted))
def test_days_since_the_last_row_known(rows: list[tuple[int, int, int]], days: list[int]) -> None:
    rows = [(unit, max(day, 0), n) for unit, day, n in rows]
    found = days_since_last(counts_of(rows), np.array(days), 4)
    for line, day in zip(found, days, strict=True):
        for unit, value in enumerate(line):
            waits = [day - d for u, d, _ in rows if u == unit and d <= day]
            np.testing.assert_equal(value, min(waits) if waits else np.nan)


def test_the_cube_holds_no_more_than_was_asked() -> None:
    dates = np.arange(0, 7 * 100, 7)
    windows = [dates - days for days in (7, 28, 91, 364)]
    cube = build_cube(counts_of([(0, 3, 1)]), (dates, *windows), 2)
    assert len(cube.ends) == 100 + 364 // 7
    assert cube.totals.size <= 2 * 100 * (1 + len(windows))


def test_a_window_that_was_not_announced_is_an_error() -> None:
    cube = build_cube(counts_of([]), (np.array([0, 7]),), 1)
    with pytest.raises(AssertionError, match="not announced"):
        cube.between(np.array([0]), np.array([6]))


def test_rows_are_counted_by_unit_and_day_and_none_is_lost(blobs: Blobs) -> None:
    city = made_city(3)
    requests = city.tables["requests"]
    lost = [(*row[:3], None if i % 5 == 0 else "elsewhere" if i % 7 == 0 else row[3], *row[4:])
            for i, row in enumerate(requests.rows)]  # fmt: skip
    city = city.with_table("requests", requests.with_rows(lost))
    units = units_of(city, blobs)
    counts = count_daily(known_rows(opened(city, blobs), "requests"), units)
    assert counts.n.sum() == len(lost)
    nowhere = sum(row[3] in (None, "elsewhere") for row in lost)
    assert counts.n[counts.unit < 0].sum() == nowhere
    assert counts.placed().n.sum() == len(lost) - nowhere
