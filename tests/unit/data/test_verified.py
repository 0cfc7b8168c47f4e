from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from civic_ai.core.errors import DataError
from civic_ai.data import stream
from civic_ai.data.verified import BROKEN_LINES, Verified, write_verified
from civic_ai.records.contract import Contract
from tests.unit.data.cities import texts, written


def verify(content: bytes, promise: Contract, folder: Path) -> tuple[Verified, list[list[str]]]:
    target = folder / "copy.csv"
    verified = write_verified(written(folder, content), promise, target)
    return verified, list(csv.reader(io.StringIO(target.read_bytes().decode(), newline=""), strict=True))


AB = texts("a", "b")


def test_the_copy_holds_the_whole_rows_in_utf_8(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfb,a\r\n1,\xc3\xa9\r\n" + b'2,"x, ""y"""\r\n'
    verified, rows = verify(content, AB, tmp_path)
    assert verified.columns == ["b", "a"]
    assert rows == [["1", "é"], ["2", 'x, "y"']]
    assert (verified.rows, verified.broken, verified.mixes_line_ends, verified.ends_open) == (
        2,
        [],
        False,
        False,
    )


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252"])
def test_other_encodings_are_declared(encoding: str, tmp_path: Path) -> None:
    content = "a,b\nseñal,ção\n".encode(encoding)
    assert verify(content, texts("a", "b", file={"encoding": encoding}), tmp_path)[1] == [["señal", "ção"]]
    with pytest.raises(DataError, match="wrong_encoding"):
        verify(content, AB, tmp_path)


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252"])
def test_utf_8_that_is_declared_otherwise_is_refused(encoding: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is UTF-8, but the contract says|wrong_encoding"):
        verify("a,b\nseñal,ção\n".encode(), texts("a", "b", file={"encoding": encoding}), tmp_path)


@pytest.mark.parametrize(
    "text", ["caf\ufffd", "señal".encode().decode("latin-1"), "’s".encode().decode("cp1252")]
)
def test_damaged_letters_are_counted(text: str, tmp_path: Path) -> None:
    assert verify(f"a,b\n{text},1\nseñal ção árvore É,2\n".encode(), AB, tmp_path)[0].damaged == 1


def test_line_numbers_survive_broken_lines_and_rows_over_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(11)
    for block_bytes in (16, 64, 1 << 20):
        monkeypatch.setattr(stream, "BLOCK_BYTES", block_bytes)
        lines, expected, broken = ["a,b"], [], []
        for number in range(200):
            kind = chance.choice(["row", "row", "row", "long", "wide"])
            place = sum(line.count("\n") + 1 for line in lines) + 1
            (broken if kind == "wide" else expected).append(place)
            lines.append({"row": f"{number},x", "long": f'{number},"x\ny"', "wide": f"{number},x,y"}[kind])
        promise = texts("a", "b", quarantine_share=1)
        verified, rows = verify(("\n".join(lines) + "\n").encode(), promise, tmp_path)
        assert [verified.line_of(row) for row in range(verified.rows)] == expected
        assert [line.line for line in verified.broken] == broken
        assert len(rows) == len(expected)


def test_lines_above_the_header_must_be_declared(tmp_path: Path) -> None:
    content = b"Report of the city\n\na,b\n1,2\n3\n"
    with pytest.raises(DataError, match="stands 2 lines below"):
        verify(content, AB, tmp_path)
    promise = texts("a", "b", file={"skip_lines": 2}, quarantine_share=0.5)
    verified, rows = verify(content, promise, tmp_path)
    assert rows == [["1", "2"]]
    assert (verified.line_of(0), verified.broken[0].line) == (4, 5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n", "holds a header, but no row"),
        (b"a,b\n1,2\n\nc,d,e\n1,2,3\n", "wrong_width"),
        (b"a,b\n1,2\nTotal: 1\n", "1 lines are no whole rows"),
    ],
)
def test_too_much_that_is_no_row_stops_with_each_rule_and_its_line(
    content: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        verify(content, AB, tmp_path)
    assert all(mistake.place is not None for mistake in caught.value.mistakes)


def test_rows_over_the_limit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds more than 3 rows"):
        verify(b"a,b\n" + b"1,2\n" * 4, texts("a", "b", limits={"rows": 3}), tmp_path)


def test_mixed_line_ends_and_a_missing_last_one_are_noticed(tmp_path: Path) -> None:
    verified, _ = verify(b"a,b\n1,2\r\n3,4\n5,6", AB, tmp_path)
    assert verified.mixes_line_ends
    assert verified.ends_open


def test_every_rule_has_a_remedy(tmp_path: Path) -> None:
    lines = [b"1", b"", b'5" x,1', b'"a" ,1', b"a\0,1", b"\xff,1", b"a\rb,1", b"x" * 51 + b",1", b'"open,1']
    promise = texts("a", "b", quarantine_share=1, limits={"field_bytes": 50})
    verified, _ = verify(b"a,b\n" + b"\n".join(lines) + b"\n", promise, tmp_path)
    assert {line.rule for line in verified.broken} == set(BROKEN_LINES)


@pytest.mark.parametrize(("before", "is_refused"), [(100, True), (1000, False)])
def test_reading_stops_early_only_where_twice_the_share_is_broken_so_far(
    before: int, is_refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic_ai.data.verified._BROKEN_AT_ONCE", 50)
    content = b"a,b\n" + b"1,2\n" * before + b"x\n" * 60 + b"1,2\n" * 1000
    promise = texts("a", "b", quarantine_share=0.1)
    if is_refused:
        with pytest.raises(DataError, match="50 lines are no whole rows"):
            verify(content, promise, tmp_path)
    else:
        verified, copied = verify(content, promise, tmp_path)
        assert (len(copied), len(verified.broken)) == (before + 1000, 60)
        assert [verified.line_of(row) for row in (0, 999, 1000)] == [2, 1001, 1062]
