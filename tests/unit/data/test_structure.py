from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.data.quoting import Dialect, read_row
from civic_ai.data.structure import Lines, scan_block

TEXT = st.text(st.sampled_from('ab",\n\r\0é'), max_size=60)


def dialect(width: int) -> Dialect:
    return Dialect(b",", b'"', "utf-8", width, 1000, 1000, 10_000)


def slowly(data: bytes, width: int) -> tuple[list[bytes], list[tuple[int, str]], list[int]]:
    """The same sorting, one row after the other without any counting: the reference."""
    rows, broken, places = [], [], []
    at, line = 0, 1
    while at < len(data):
        row = read_row(data, at, dialect(width))
        rule = "quote_never_closed" if row.is_open else row.rule
        if rule is None:
            rows.append(data[at : row.end].removesuffix(b"\n").removesuffix(b"\r") + b"\n")
            places.append(line)
            line += data.count(b"\n", at, row.end)
            at = row.end
        else:
            broken.append((line, rule))
            at = data.index(b"\n", at) + 1
            line += 1
    return rows, broken, places


@given(TEXT, st.integers(1, 4))
@settings(max_examples=500)
def test_counting_gives_what_reading_byte_by_byte_gives(text: str, width: int) -> None:
    data = text.encode() + b"\n"
    block = scan_block(Lines(data, 1, dialect(width), is_last=True))
    rows, broken, places = slowly(data, width)
    assert b"".join(block.pieces) == b"".join(rows)
    assert [(line.line, line.rule) for line in block.broken] == broken
    assert block.rows == len(rows)
    assert block.used == len(data)
    jumps = dict(block.jumps)
    line = 0
    for row, place in enumerate(places):
        line = jumps.get(row, line + 1)
        assert line == place


def test_many_random_tables_with_quotes_in_all_places() -> None:
    chance = random.Random(5)
    cells = ["a", "", '"a"', '"a,b"', '"a""b"', 'a"b', '"a', '""', '"a\nb"', "\0", '"x" ']
    for _ in range(300):
        lines = [",".join(chance.choice(cells) for _ in range(chance.choice([3, 3, 3, 2]))) for _ in range(9)]
        data = (chance.choice(["\n", "\r\n"]).join(lines) + "\n").encode()
        block = scan_block(Lines(data, 1, dialect(3), is_last=True))
        rows, broken, _ = slowly(data, 3)
        assert (b"".join(block.pieces), [(b.line, b.rule) for b in block.broken]) == (b"".join(rows), broken)


def test_a_row_that_goes_on_waits_for_the_next_block() -> None:
    block = scan_block(Lines(b'1,2\n3,"open\nstill\n', 1, dialect(2), is_last=False))
    assert (block.rows, block.used, block.lines) == (1, 4, 1)
    assert block.broken == []


def test_reading_stops_when_too_much_is_broken() -> None:
    few = Dialect(b",", b'"', "utf-8", 2, 1000, 1000, broken_at_once=5)
    block = scan_block(Lines(b"x\n" * 1000, 1, few, is_last=True))
    assert (len(block.broken), block.used) == (5, 10)


QUOTED = st.lists(
    st.lists(st.sampled_from(["a", '"b"', '"c\nd"', '"e\r\nf"', '"g,""h"""', '""']), min_size=2, max_size=2),
    min_size=1,
    max_size=9,
)


@given(QUOTED, st.sampled_from(["\n", "\r\n"]), st.integers(0, 200))
@settings(max_examples=300)
def test_rows_over_lines_are_taken_as_far_as_the_block_holds_them(
    table: list[list[str]], end: str, cut: int
) -> None:
    whole = "".join(",".join(cells) + end for cells in table).encode()
    first = whole[: whole.find(b"\n", min(cut, len(whole) - 1)) + 1]
    rows, broken, places = slowly(whole, 2)
    one = scan_block(Lines(first, 1, dialect(2), is_last=False))
    two = (
        scan_block(Lines(whole[one.used :], 1 + one.lines, dialect(2), is_last=True))
        if whole[one.used :]
        else None
    )
    blocks = [one] if two is None else [one, two]
    assert b"".join(piece for block in blocks for piece in block.pieces) == b"".join(rows)
    assert [block.broken for block in blocks] == [broken for block in blocks] == [[] for block in blocks]
    assert sum(block.rows for block in blocks) == len(rows)
    assert sum(block.rows_over_lines for block in blocks) == sum(row.count(b"\n") > 1 for row in rows)
    jumps = dict(one.jumps)
    jumps |= {row + one.rows: line for row, line in two.jumps} if two else {}
    line = 0
    for row, place in enumerate(places):
        line = jumps.get(row, line + 1)
        assert line == place


def test_one_stray_quote_among_rows_over_lines_spoils_only_its_line() -> None:
    data = b'a,"b\nc"\n' * 5 + b'x"y,1\n' + b'a,"b\nc"\n' * 5
    block = scan_block(Lines(data, 1, dialect(2), is_last=True))
    assert [(line.line, line.rule) for line in block.broken] == [(11, "quote_inside_field")]
    assert (block.rows, block.rows_over_lines) == (10, 10)
