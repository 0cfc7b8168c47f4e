"""Incidents: when the watch begins and ends, and which reports count."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.incidents import Reports, build_incidents


def _incidents(rows, extracted=1000.0):
    incident, at, ended = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    made = build_incidents(Reports(incident.astype(np.int64), at, ended), extracted=extracted)
    return list(zip(made.days.tolist(), made.repeats.tolist(), strict=True))


OPEN = np.nan


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 10, 15)], [(5, 0)]),
        ([(0, 10, 15), (0, 12, 15), (0, 14, 15)], [(5, 2)]),
        ([(0, 10, 15), (0, 15, 15)], [(5, 1)]),
        ([(0, 10, 15), (0, 15.5, 15)], [(5, 0)]),
        ([(0, 10, 15), (0, 10, 15)], [(5, 0)]),
        ([(0, 10, 15), (0, 11, 13), (0, 14, OPEN)], [(3, 1)]),
        ([(0, 10, OPEN), (0, 80, OPEN), (0, 111, OPEN)], [(100, 1)]),
        ([(0, 980, OPEN), (0, 990, OPEN)], [(20, 1)]),
        ([(0, 10, 10.05)], []),
        ([(0, 10, 9)], []),
        ([(1, 30, 40), (0, 12, 15), (0, 10, 15), (1, 33, 40)], [(5, 1), (10, 1)]),
    ],
    ids=[
        "first report is not counted",
        "later reports are",
        "on the last moment",
        "after the end",
        "at the moment of the first",
        "the earliest end holds",
        "a hundred days at most",
        "the extract ends it",
        "too short to watch",
        "ended before it was reported",
        "any order of rows",
    ],
)
def test_watch(rows, expected):
    assert _incidents(rows) == expected


def test_the_first_report_is_named_by_its_position():
    made = build_incidents(
        Reports(np.array([1, 0, 1, 0]), np.array([5.0, 9, 2, 7]), np.array([20.0] * 4)), extracted=50
    )
    assert made.first.tolist() == [3, 2]


def test_no_reports_make_no_incidents():
    empty = np.empty(0)
    made = build_incidents(Reports(empty.astype(np.int64), empty, empty), extracted=0)
    assert len(made.days) == len(made.repeats) == 0
    assert made.repeats.dtype == made.first.dtype == np.int64
