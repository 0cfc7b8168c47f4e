from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.panel.cube import DailyCounts
from civic_ai.panel.gaps import silence_of_places, silence_of_types, types_selected
from civic_ai.panel.known import day_numbers
from civic_ai.pilot.spec import PilotSpec, Types
from civic_ai.pilot.where import parse_where
from tests.unit.panel.cities import FIRST, TYPED, spec_of

START = int(day_numbers([FIRST])[0])
TYPES = ("water", "pothole")
LOST = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 20), st.lists(st.sampled_from(TYPES), unique=True)),
    max_size=3,
)
SPANS = st.lists(st.tuples(st.integers(-10, 70), st.integers(0, 30)), min_size=1, max_size=5)

WINDOWS = SPANS.map(lambda spans: [(after, length + 1) for after, length in spans])


def spec_with(gaps: list[tuple[int, int, list[str]]], **parts: Any) -> PilotSpec:
    """Gaps as first day and further days, counted from ``FIRST``, and types."""
    written = spec_of(**parts)
    lost = [
        {
            "first": FIRST + timedelta(first),
            "last": FIRST + timedelta(first + more),
            "types": types,
            "why": "x",
        }
        for first, more, types in gaps
    ]
    written["sources"]["requests"]["gaps"] = lost
    return PilotSpec.model_validate(written)


def silent_days(gaps: list[tuple[int, int, list[str]]], span: tuple[int, int], kind: str) -> int:
    """The definition: days of (after, after + length] on which some gap concerns the type."""
    after, length = span
    return sum(
        any(first <= day <= first + more and (not types or kind in types) for first, more, types in gaps)
        for day in range(after + 1, after + length + 1)
    )


@given(gaps=LOST, spans=SPANS)
def test_silence_counts_the_days_that_were_not_handed_over(
    gaps: list[tuple[int, int, list[str]]], spans: list[tuple[int, int]]
) -> None:
    silence = silence_of_types(spec_with(gaps, unit=TYPED), "requests")
    after = np.array([start for start, _ in spans]) + START
    upto = after + np.array([length for _, length in spans])
    expected = [[silent_days(gaps, span, kind) for kind in TYPES] for span in spans]
    assert silence.between(after, upto).tolist() == expected
    type_of = np.array([1, 0, 1])
    since = silence.since(np.stack([after] * 3, axis=1), upto, type_of)
    assert since.tolist() == np.array(expected)[:, type_of].tolist()


@given(gaps=LOST.map(lambda gaps: [(first, more, []) for first, more, _ in gaps]), spans=SPANS)
def test_without_types_there_is_one_silence(
    gaps: list[tuple[int, int, list[str]]], spans: list[tuple[int, int]]
) -> None:
    silence = silence_of_types(spec_with(gaps), "requests")
    after = np.array([start for start, _ in spans]) + START
    upto = after + np.array([length for _, length in spans])
    assert silence.between(after, upto)[:, 0].tolist() == [silent_days(gaps, span, "x") for span in spans]


def test_a_source_without_gaps_is_never_silent() -> None:
    silence = silence_of_types(spec_with([(0, 9, [])]), "areas")
    assert silence.between(np.array([0, START]), np.array([10**6, START + 5])).tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("where", "selected"),
    [
        ("request_type == 'pothole'", {"pothole"}),
        ("request_type in ['flooding', 'hole']", {"pothole", "water"}),
        ("request_type == 'other'", set()),
        ("request_type == 'pothole' and lat > 3", {"pothole"}),
        ("request_type == 'pothole' and request_type == 'flooding'", set()),
        ("request_type == 'pothole' or request_type == 'flooding'", {"pothole", "water"}),
        ("request_type == 'pothole' or lat > 3", None),
        ("request_type != 'pothole'", None),
        ("not request_type == 'pothole'", None),
        ("lat > 3", None),
    ],
)
def test_what_a_condition_says_of_types(where: str, selected: set[str] | None) -> None:
    types = Types.model_validate(TYPED["types"])
    assert types_selected(parse_where(where), types) == selected


@pytest.mark.parametrize(
    ("where", "touched"),
    [
        (None, [True, True]),
        ("lat > 3", [True, True]),
        ("request_type == 'flooding'", [True, True]),
        ("request_type == 'hole'", [False, True]),
        ("request_type == 'other'", [False, True]),
    ],
)
def test_a_count_of_places_is_touched_by_gaps_of_the_types_that_it_may_count(
    where: str | None, touched: list[bool]
) -> None:
    spec = spec_with([(0, 0, ["water"]), (10, 0, [])], unit=TYPED)
    silence = silence_of_places(spec, "requests", where)
    after = START + np.array([-1, 9])
    assert (silence.between(after, after + 1)[:, 0] > 0).tolist() == touched


@given(gaps=LOST, spans=WINDOWS, seed=st.integers(0, 99))
def test_counts_are_scaled_up_to_the_days_of_the_window_or_not_known(
    gaps: list[tuple[int, int, list[str]]], spans: list[tuple[int, int]], seed: int
) -> None:
    silence = silence_of_types(spec_with(gaps, unit=TYPED), "requests")
    after = np.array([start for start, _ in spans]) + START
    upto = after + np.array([length for _, length in spans])
    type_of = np.array([1, 0, 1])
    counts = np.random.default_rng(seed).integers(0, 50, (len(spans), 3)).astype(np.int32)
    found = silence.scaled_up(counts, (after, upto), type_of)
    assert found.dtype == np.float32
    for line, span in enumerate(spans):
        for unit, kind in enumerate(type_of):
            lost, count = silent_days(gaps, span, TYPES[kind]), counts[line, unit]
            kept = span[1] - lost
            expected = count * span[1] / kept if kept >= lost else np.nan
            np.testing.assert_allclose(found[line, unit], expected, rtol=1e-6)


def test_half_of_the_days_are_enough_and_fewer_are_not() -> None:
    silence = silence_of_types(spec_with([(0, 6, [])]), "requests")
    after = START + np.array([-8, -7, -7, 6])
    upto = after + np.array([14, 14, 13, 14])
    counts = np.full((4, 1), 3, dtype=np.int32)
    scaled = silence.scaled_up(counts, (after, upto), np.zeros(1, dtype=np.int64))
    np.testing.assert_array_equal(scaled[:, 0], [6, 6, np.nan, 3])


def test_rows_on_silent_days_are_not_counted_for_the_types_that_are_silent() -> None:
    silence = silence_of_types(spec_with([(0, 1, ["water"]), (5, 0, [])], unit=TYPED), "requests")
    day = START + np.array([-1, 0, 1, 2, 5, 6] * 2 + [0])
    unit = np.repeat([0, 1, -1], [6, 6, 1])
    counts = DailyCounts(unit, day, np.arange(13))
    kept = silence.spared(counts, np.array([0, 1]))
    assert kept.n.tolist() == [0, 3, 5, 6, 7, 8, 9, 11]
    assert (kept.day - START).tolist() == [-1, 2, 6, -1, 0, 1, 2, 6]
    assert kept.unit.tolist() == [0] * 3 + [1] * 5


def test_gaps_are_days_of_the_calendar() -> None:
    """A year without rows has 366 silent days in 2020."""
    spec = spec_with([])
    gap = {"first": date(2020, 1, 1), "last": date(2020, 12, 31), "why": "x"}
    written = spec.model_dump(by_alias=True)
    written["sources"]["requests"]["gaps"] = [gap]
    silence = silence_of_types(PilotSpec.model_validate(written), "requests")
    edges = day_numbers([date(2019, 1, 1), date(2022, 1, 1)])
    assert silence.between(edges[:1], edges[1:]).tolist() == [[366]]
