from __future__ import annotations

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.data.quoting import Dialect, is_text, read_row


def dialect(width: int = 3, encoding: str = "utf-8", field_bytes: int = 1000) -> Dialect:
    return Dialect(b",", b'"', encoding, width, field_bytes, 10_000, 1000)


CELLS = st.lists(
    st.text(st.sampled_from(string.ascii_letters + '",\n; é'), max_size=8), min_size=1, max_size=6
)


@given(CELLS)
def test_what_the_csv_module_writes_is_read_back(cells: list[str]) -> None:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
    row = read_row(target.getvalue().encode(), 0, dialect(len(cells)))
    assert row.rule is None
    assert [field.decode() for field in row.fields] == cells
    assert row.end == len(target.getvalue().encode())


@given(st.text(st.sampled_from('ab",\n'), max_size=20))
def test_a_row_that_is_taken_is_one_that_the_strict_csv_module_takes_too(text: str) -> None:
    data = text.encode() + b"\n"
    row = read_row(data, 0, dialect(data.count(b",") + 1))
    if row.rule is None and not row.is_open:
        lines = data[: row.end].decode().splitlines(keepends=True)
        assert next(csv.reader(lines, strict=True)) == [field.decode() for field in row.fields]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"a,b,c\n", None),
        (b"a,b,c\r\n", None),
        (b'"a","b ""x""","c\nd"\n', None),
        (b",,\n", None),
        (b"a,b\n", "wrong_width"),
        (b"a,b,c,d\n", "wrong_width"),
        (b"\n", "blank_line"),
        (b"\r\n", "blank_line"),
        (b'a,5" pipe,c\n', "quote_inside_field"),
        (b'a,"b" ,c\n', "text_after_quote"),
        (b'a, "b",c\n', "quote_inside_field"),
        (b"a,b\0,c\n", "nul_byte"),
        (b"a,b\rx,c\n", "lone_cr"),
        (b"a,\xe9,c\n", "wrong_encoding"),
        (b"\xef\xbb\xbfa,b,c\n", "wrong_encoding"),
    ],
)
def test_each_way_to_be_no_row_has_its_name(line: bytes, rule: str | None) -> None:
    assert read_row(line + b"next,row,x\n", 0, dialect()).rule == rule


def test_a_quote_that_does_not_close_leaves_the_row_open() -> None:
    assert read_row(b'a,"b,c\nd,e,f\n', 0, dialect()).is_open


def test_a_field_over_the_limit_is_named() -> None:
    assert read_row(b"a,bbbbbb,c\n", 0, dialect(field_bytes=5)).rule == "field_too_long"


@pytest.mark.parametrize(
    ("row", "encoding", "good"),
    [
        (b"se\xc3\xb1al", "utf-8", True),
        (b"se\xf1al", "utf-8", False),
        (b"se\xf1al", "latin-1", True),
        (b"\x93quoted\x94", "latin-1", False),
        (b"\x93quoted\x94", "windows-1252", True),
        (b"\x81", "windows-1252", False),
    ],
)
def test_text_in_an_encoding(row: bytes, encoding: str, good: bool) -> None:
    assert is_text(row, encoding) is good
