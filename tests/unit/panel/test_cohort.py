from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.panel.cohort import events_outside, find_cohort
from civic_ai.panel.known import day_numbers
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, TYPED, made_city, with_gaps
from tests.unit.panel.test_cube import counts_of
from tests.unit.panel.test_known import opened
from tests.unit.panel.test_units import units_of


def test_without_a_limit_every_unit_is_on_every_list(blobs: Blobs) -> None:
    city = made_city(1)
    cohort = find_cohort(opened(city, blobs), units_of(city, blobs), np.array([0, 7]))
    assert cohort.shape == (2, 9)
    assert cohort.all()


def test_with_a_limit_a_unit_is_listed_while_it_was_seen_lately(blobs: Blobs) -> None:
    city = made_city(1, per_area=10).with_spec(cohort={"seen_within_days": 20})
    dates = day_numbers([FIRST]) + np.arange(0, 200, 7)
    cohort = find_cohort(opened(city, blobs), units_of(city, blobs), dates)
    seen = [(row[3], day_numbers([row[2].date()])[0]) for row in city.tables["requests"].rows]
    for i, day in enumerate(dates):
        for unit in range(9):
            expected = any(area == f"a{unit:02d}" and day - 20 < known <= day for area, known in seen)
            assert cohort[i, unit] == expected
    assert 0 < cohort.mean() < 1


@given(
    rows=st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 60), st.integers(1, 3)), max_size=15),
    listed=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=5, max_size=5),
    every=st.integers(3, 12),
    horizon=st.integers(1, 15),
)
@settings(max_examples=150)
def test_events_that_no_row_counts_are_counted(
    rows: list[tuple[int, int, int]], listed: list[tuple[bool, bool, bool]], every: int, horizon: int
) -> None:
    dates = np.arange(5) * every
    missed = 0
    for unit, day, n in rows:
        windows = [i for i, date in enumerate(dates) if date < day <= date + horizon]
        counted = unit >= 0 and any(listed[i][unit] for i in windows)
        missed += n if windows and not counted else 0
    assert events_outside(counts_of(rows), np.array(listed), dates, horizon) == missed


def test_a_unit_whose_rows_were_not_handed_over_stays_on_the_list(blobs: Blobs) -> None:
    """Nobody knows that it was quiet."""
    city = made_city(1, per_area=10).with_spec(cohort={"seen_within_days": 20})
    silent = with_gaps(city, (30, 60, []))
    dates = day_numbers([FIRST]) + np.arange(0, 200, 7)
    before, after = (
        find_cohort(opened(each, blobs), units_of(each, blobs), dates) for each in (city, silent)
    )
    touched = (dates - dates[0] >= 30) & (dates - dates[0] - 20 < 60)
    assert after[touched].all()
    assert not before[touched].all()
    assert (after[~touched] == before[~touched]).all()


def test_with_types_a_unit_is_seen_by_its_own_type(blobs: Blobs) -> None:
    city = made_city(1, per_area=30).with_spec(cohort={"seen_within_days": 20}, unit=TYPED)
    dates = day_numbers([FIRST]) + np.arange(0, 200, 7)
    units = units_of(city, blobs)
    cohort = find_cohort(opened(city, blobs), units, dates)
    kinds = {"flooding": "water", "pothole": "pothole"}
    seen = [
        (f"{row[3]}/{kinds[row[1]]}", day_numbers([row[2].date()])[0]) for row in city.tables["requests"].rows
    ]
    for position, unit in enumerate(units.frame["unit"]):
        expected = [any(u == unit and day - 20 < known <= day for u, known in seen) for day in dates]
        assert cohort[:, position].tolist() == expected
