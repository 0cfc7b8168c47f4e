from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from civic_ai.core.errors import DataError
from civic_ai.data import stream
from civic_ai.data.stream import RawFile, check_size, read_blocks
from civic_ai.records.contract import Limits
from tests.unit.data.cities import written


def blocks(raw: RawFile, *, line_bytes: int = 1000, **limits: int) -> list[bytes]:
    return list(read_blocks(raw, Limits(**limits), line_bytes))


def test_blocks_end_with_their_lines_and_hold_all_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BLOCK_BYTES", 7)
    content = b"".join(b"line %d\r\n" % i for i in range(200)) + b"no end"
    made = blocks(written(tmp_path, content))
    assert b"".join(made) == content
    assert all(block.endswith(b"\n") for block in made[:-1])
    assert len(made) > 100


def test_gzip_gives_the_same_bytes(tmp_path: Path) -> None:
    content = os.urandom(50_000).replace(b"\n", b"").replace(b"\r", b"") + b"\n"
    packed = gzip.compress(content[:20_000], mtime=0) + gzip.compress(content[20_000:])
    assert b"".join(blocks(written(tmp_path, packed, "t.csv.gz"), line_bytes=100_000)) == content


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("t.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "is gzip, but its name says it is not"),
        ("t.csv.gz", b"a,b\n1,2\n", "is named .gz, but is not"),
        ("t.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-9], "is cut off or damaged"),
        ("t.csv.gz", gzip.compress(b"a,b\n", mtime=0)[:-5] + b"XXXXX", "is cut off or damaged"),
        ("t.csv", b"PK\x03\x04rest", "is a zip archive or an Excel file"),
        ("t.csv", b"\xff\xfea\0,\0", "is UTF-16 text"),
        ("t.csv", b"PAR1....", "is a Parquet file"),
        ("t.csv", b"\0" * 257 + b"ustar\0", "is a tar archive"),
        ("t.csv.gz", gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), "is packed twice"),
        ("t.csv", b"a,b\r1,2\r3,4\r", "ends its lines with CR alone"),
        ("t.csv", b"a,b\n" + b"x" * 1001, "has a line longer than 1000 bytes"),
    ],
)
def test_each_form_that_is_no_text_table_is_named(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words) as caught:
        blocks(written(tmp_path, content, name))
    assert caught.value.exit_code == 4
    assert name in str(caught.value)


def test_limits_on_bytes_hold_before_and_while_unpacking(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds more than 10 bytes"):
        blocks(written(tmp_path, b"x\n" * 10), bytes=10)
    with pytest.raises(DataError, match="holds more than 5000 bytes"):
        blocks(written(tmp_path, gzip.compress(b"x\n" * 9999, mtime=0), "t.csv.gz"), bytes=5000)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.csv", "is not there"), (tmp_path, "is not a plain file")):
        with pytest.raises(DataError, match=words):
            check_size(RawFile(path, path.name), Limits())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="is not a plain file"):
        check_size(RawFile(tmp_path / "pipe.csv", "pipe.csv"), Limits())
