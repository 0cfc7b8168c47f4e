from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.csv import harmless, written

PAYLOADS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "\u200b=1",
    "\ufeff=1",
    "＝1",
    "\n=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_formula_is_only_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", " ", "Ana", "3-1", "a=b", 12, -3, -0.5, None])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) == cell  # type: ignore[arg-type]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.lists(st.tuples(TEXT, st.integers()), max_size=5))
def test_a_reader_gets_every_cell_back(rows: list[tuple[str, int]]) -> None:
    content = written(("text", "number"), rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[1:] == [[str(harmless(text)), str(number)] for text, number in rows]


@given(TEXT)
def test_no_cell_is_live(text: str) -> None:
    cell = str(harmless(text))
    assert cell.lstrip(" \u00a0\u200b\u200c\u200d\u2060\ufeff\u00ad")[:1] not in {*"=+-@\t\r\n＝＋－＠"}
