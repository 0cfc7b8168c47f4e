from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_ai.data.checks import break_rules, broken_name, can_be_broken, keep_sound
from civic_ai.data.engine import open_scratch, rows_of
from civic_ai.data.tables import read_text_table
from civic_ai.data.typed import TypedTable, type_table
from civic_ai.data.types import Reading
from civic_ai.records.contract import Contract
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract, written

PROMISE = contract(
    {
        "case_id": {"type": "text", "unique": True},
        "kind": {"type": "text", "allowed": ["a", "b"]},
        "n": {"type": "integer", "min": "0", "max": "10", "blank": "missing"},
        "day": {"type": "date", "min": "2020-01-01"},
    },
    unique=[["kind", "day"]],
    quarantine_share=1,
)


@contextmanager
def typed_table(lines: list[str], promise: Contract, folder: Path) -> Iterator[tuple[Any, TypedTable]]:
    content = "\n".join([",".join(promise.columns), *lines]) + "\n"
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        text = read_text_table(backend, [written(folder, content.encode())], promise, "t")
        yield backend, type_table(backend, text, promise, Reading(promise.file, "UTC", "UTC"))


def broken(
    lines: list[str], promise: Contract, folder: Path
) -> tuple[dict[str, int], dict[int, list[str]], int]:
    """Rows by rule, rules by row, and how many rows were kept."""
    with typed_table(lines, promise, folder) as (backend, typed):
        counts = {
            f"{count.rule}:{count.column}": count.rows for count in break_rules(backend, typed, promise)
        }
        by_row: dict[int, list[str]] = {}
        for row, rule in rows_of(backend, f'SELECT "#row", rule FROM {broken_name(typed)} ORDER BY ALL'):
            by_row.setdefault(row, []).append(rule)
        sound = keep_sound(backend, typed, promise)
        return counts, by_row, len(rows_of(backend, f"FROM {sound}"))


def test_each_rule_finds_its_rows_and_no_others(tmp_path: Path) -> None:
    lines = [
        "1,a,0,2020-01-01",
        "2,c,5,2020-01-02",
        "3,a,-1,2020-01-03",
        "4,b,11,2020-01-04",
        "5,b,x,2020-01-05",
        ",a,1,2020-01-06",
        "7,a,,2020-01-07",
        "8,a,1,2019-12-31",
        "9,a,10,2020-01-09",
        "10,,1,32 May",
    ]
    counts, by_row, kept = broken(lines, PROMISE, tmp_path)
    assert counts == {
        "allowed:kind": 1,
        "min:n": 1,
        "max:n": 1,
        "type:n": 1,
        "blank:case_id": 1,
        "min:day": 1,
        "blank:kind": 1,
        "type:day": 1,
    }
    assert by_row == {
        1: ["allowed:kind"],
        2: ["min:n"],
        3: ["max:n"],
        4: ["type:n"],
        5: ["blank:case_id"],
        7: ["min:day"],
        9: ["blank:kind", "type:day"],
    }
    assert kept == 3


def test_rows_that_share_a_key_all_go_but_a_broken_row_harms_no_other(tmp_path: Path) -> None:
    lines = [
        "1,a,1,2020-01-01",
        "1,b,1,2020-01-02",
        "2,a,1,2020-01-03",
        "2,c,1,2020-01-04",
        "5,a,1,2020-01-05",
        "6,a,2,2020-01-05",
    ]
    counts, by_row, kept = broken(lines, PROMISE, tmp_path)
    assert counts == {"allowed:kind": 1, "unique:case_id": 2, "unique:kind+day": 2}
    assert sorted(by_row) == [0, 1, 3, 4, 5]
    assert kept == 1


def test_the_header_again_is_no_row(tmp_path: Path) -> None:
    promise = contract({"a": "text", "b": {"type": "text", "header": "b"}}, quarantine_share=1)
    counts, _, kept = broken(["x,y", "a,b", "a,z"], promise, tmp_path)
    assert (counts, kept) == ({"repeated_header:None": 1}, 2)


CELL = st.sampled_from(["a", "b", "c", ""])
ROW = st.tuples(
    st.sampled_from("123456"),
    CELL,
    st.sampled_from(["", "0", "5", "10", "11", "-1", "x"]),
    st.sampled_from(["2020-01-01", "2019-01-01", "2020-02-30", "2021-05-05"]),
)


@given(rows=st.lists(ROW, min_size=1, max_size=12, unique=True))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rules_are_those_of_a_plain_reading(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    def plainly(row: tuple[str, ...]) -> bool:
        case, kind, n, day = row
        return (
            bool(case)
            and kind in ("a", "b")
            and n in ("", "0", "5", "10")
            and day in ("2020-01-01", "2021-05-05")
        )

    held = [row for row in rows if plainly(row)]
    once = [row for row in held if sum(row[0] == other[0] for other in held) == 1]
    sound = [row for row in once if sum(row[1::2] == other[1::2] for other in once) == 1]
    _, by_row, kept = broken([",".join(row) for row in rows], PROMISE, tmp_path)
    assert kept == len(sound)
    assert len(by_row) == len(rows) - len(sound)


@pytest.mark.parametrize(
    "column",
    [
        {"type": "text"},
        {"type": "text", "blank": "missing", "allowed": ["a"]},
        {"type": "text", "blank": "missing", "unique": True},
        {"type": "integer", "blank": "missing"},
        {"type": "text", "blank": "missing"},
    ],
    ids=["blank refused", "allowed", "unique", "a number", "nothing"],
)
def test_a_contract_can_be_broken_exactly_where_some_rows_break_it(
    column: dict[str, Any], tmp_path: Path
) -> None:
    """Blanks, repeats and a word of no type: whatever could break a rule on one column."""
    promise = contract({"a": {"type": "text", "blank": "missing"}, "b": column})
    lines = ["1,dragon", "2,dragon", "3,", "4,7"]
    with typed_table(lines, promise, tmp_path) as (backend, typed):
        assert bool(break_rules(backend, typed, promise)) == can_be_broken(promise)
