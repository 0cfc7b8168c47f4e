from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

from civic_ai.data.engine import open_scratch
from civic_ai.data.tables import TextTable, read_text_table
from civic_ai.data.typed import TypedTable, thousands_findings, type_table, typing_findings
from civic_ai.data.types import Reading
from civic_ai.records.contract import Contract
from civic_ai.records.snapshot import Finding
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract, texts, written


def look(
    content: str, promise: Contract, folder: Path
) -> tuple[TextTable, TypedTable, list[Any], list[Finding]]:
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        text = read_text_table(backend, [written(folder, content.encode())], promise, "t")
        typed = type_table(backend, text, promise, Reading(promise.file, "UTC", "UTC"))
        rows = backend.con.execute(f'SELECT "#row" FROM {typed.name} ORDER BY 1').fetchall()
        found = [
            *typing_findings(backend, typed, promise, "t"),
            *thousands_findings(backend, text, promise, "t"),
        ]
        return text, typed, [row[0] for row in rows], found


def test_exact_repeats_leave_one_row_each(tmp_path: Path) -> None:
    chance = random.Random(3)
    for _ in range(5):
        lines = [f"{chance.choice('ab')},{chance.choice(['', 'x', 'y'])}" for _ in range(40)]
        _, typed, kept, _ = look("a,b\n" + "\n".join(lines) + "\n", texts("a", "b"), tmp_path)
        assert typed.duplicates == sum(count - 1 for count in Counter(lines).values())
        assert kept == sorted({line: row for row, line in reversed(list(enumerate(lines)))}.values())
        assert typed.rows == len(kept)


def test_rows_that_differ_only_in_an_undecided_way_are_no_repeats(tmp_path: Path) -> None:
    promise = contract({"a": "number", "b": {"type": "text", "blank": "missing"}})
    assert look("a,b\n1,x\n1.0,x\n1,\n1,x \n", promise, tmp_path)[1].duplicates == 0


def test_what_was_changed_is_counted_by_column(tmp_path: Path) -> None:
    promise = contract(
        {
            "k": {"type": "text", "renamed": {"old": "new"}},
            "lat": {"type": "number", "blank": "missing", "distrust": ["0"]},
            "w": {"type": "text", "blank": "missing"},
        }
    )
    found = look('k,lat,w\nold,0,a\nnew,1, b\nnew,2,"c\nd"\nold,0.0,e\n', promise, tmp_path)[3]
    assert {(one.code, one.column, one.count, one.share) for one in found} == {
        ("renamed_categories", "k", 2, 0.5),
        ("distrusted_default", "lat", 2, 0.5),
        ("padded_text", "w", 1, 0.25),
        ("line_in_text", "w", 1, 0.25),
    }


def test_decimals_that_may_be_thousands_are_asked_about(tmp_path: Path) -> None:
    promise = contract({"i": "integer", "n": "number"})
    thousands = "".join(f"{i},{i % 9 + 1}.{i:03d}\n" for i in range(100, 140))
    assert [one.code for one in look("i,n\n" + thousands, promise, tmp_path)[3]] == ["maybe_thousands"]
    assert look("i,n\n" + thousands + "999,1.5\n", promise, tmp_path)[3] == []


def test_columns_that_are_dropped_are_not_looked_at(tmp_path: Path) -> None:
    promise = contract({"a": "text", "w": {"type": "text", "drop": True, "blank": "missing"}})
    assert look("a,w\nx, y\n", promise, tmp_path)[3] == []
