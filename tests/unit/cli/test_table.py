from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cli.table import format_table

CELLS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_columns_stand_below_their_heads(rows: list[tuple[str, str]]) -> None:
    lines = format_table(("first", "second"), rows).splitlines()
    start = lines[0].index("second")
    assert len(lines) == len(rows) + 2
    for line, row in zip(lines[2:], rows, strict=True):
        assert line.startswith(row[0])
        assert line[start:] == row[1]


def test_a_title_stands_above() -> None:
    assert format_table(("a",), [("1",)], title="Gates").splitlines()[0] == "Gates"
