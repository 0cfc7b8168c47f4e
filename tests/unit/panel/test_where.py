from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.core.errors import ConfigError
from civic_ai.panel.where import column_of, compile_where, number_of, satisfying
from civic_ai.pilot.where import parse_where

ROWS: list[dict[str, Any]] = [
    {"n": 0, "kind": "pothole", "size": 3, "share": 0.5, "is_open": True, "on": date(2020, 1, 5),
     "at": datetime(2020, 1, 5, 12)},
    {"n": 1, "kind": "light", "size": -1, "share": 2.5, "is_open": False, "on": date(2020, 2, 1),
     "at": datetime(2020, 2, 1, 0, 30)},
    {"n": 2, "kind": None, "size": None, "share": None, "is_open": None, "on": None, "at": None},
]  # fmt: skip
TABLE = ibis.memtable(
    ROWS,
    schema={"n": "int64", "kind": "string", "size": "int64", "share": "float64", "is_open": "boolean",
            "on": "date", "at": "timestamp(6)"},
)  # fmt: skip


def kept(where: str) -> set[int]:
    return set(satisfying(TABLE, where).n.to_pyarrow().to_pylist())


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("kind == 'pothole'", {0}),
        ("kind != 'pothole'", {1, 2}),
        ("kind in ['pothole', 'light']", {0, 1}),
        ("kind not in ['pothole']", {1, 2}),
        ("kind is None", {2}),
        ("kind is not None", {0, 1}),
        ("size >= 3", {0}),
        ("size < 0", {1}),
        ("size == -1", {1}),
        ("share > 0.5", {1}),
        ("share <= 1", {0}),
        ("is_open == True", {0}),
        ("on >= '2020-01-31'", {1}),
        ("at < '2020-01-06'", {0}),
        ("at < '2020-02-01T01:00'", {0, 1}),
        ("not size >= 3", {1, 2}),
        ("kind == 'pothole' or size == -1", {0, 1}),
        ("kind == 'pothole' and size == -1", set()),
        ("not (kind == 'pothole' or kind is None)", {1}),
    ],
)
def test_a_condition_keeps_the_rows_that_it_says(where: str, rows: set[int]) -> None:
    assert kept(where) == rows


def test_without_a_condition_every_row_is_kept() -> None:
    assert satisfying(TABLE, None).count().execute() == len(ROWS)


COMPARISONS = st.sampled_from(
    ["kind == 'pothole'", "kind != 'x'", "kind in ['light']", "size < 2", "size >= 2", "share > 1",
     "on is None", "is_open == False", "at <= '2020-01-05T12:00'", "kind not in ['light', 'pothole']"]
)  # fmt: skip


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from(["and", "or"]), inner)
    return inner.map("(not {})".format) | pair.map(lambda part: f"({' '.join(part)})")


CONDITIONS = st.recursive(COMPARISONS, combined, max_leaves=4)


@given(where=CONDITIONS)
@settings(max_examples=40, deadline=None)
def test_every_row_satisfies_a_condition_or_its_opposite_and_never_both(where: str) -> None:
    assert kept(where) | kept(f"not ({where})") == {0, 1, 2}
    assert not kept(where) & kept(f"not ({where})")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("colour == 'red'", "no column called colour"),
        ("size == '3'", "size is int64"),
        ("kind >= 3", "kind is string"),
        ("is_open == 'yes'", "is_open is boolean"),
        ("on == 'yesterday'", "on is date"),
        ("at == 20200101", "at is timestamp"),
        ("size == True", "size is int64"),
        ("size in [1, 'two']", "size is int64"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused_with_a_remedy(where: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as raised:
        compile_where(parse_where(where), TABLE)
    assert raised.value.mistakes[0].remedy is not None


def test_a_number_column_is_read_as_float_and_text_is_refused() -> None:
    assert TABLE.select(x=number_of(TABLE, "is_open")).x.to_pyarrow().to_pylist() == [1.0, 0.0, None]
    with pytest.raises(ConfigError, match="kind is string; a feature needs numbers"):
        number_of(TABLE, "kind")


def test_a_missing_column_names_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="Known: at, is_open, kind, n, on, share, size"):
        column_of(TABLE, "when", about="label")
