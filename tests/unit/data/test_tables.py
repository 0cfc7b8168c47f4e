from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civic_ai.core.errors import DataError
from civic_ai.data.engine import open_scratch
from civic_ai.data.stream import RawFile
from civic_ai.data.tables import read_text_table
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract, read_rows, texts, written

ROWS = [
    ("1", 'x, "y"'),
    ("2", None),
    ("3", "line\r\nbreak"),
    ("4", " padded "),
    ("5", "NA"),
    ("6", "#no comment"),
]
CSV = b'a,b\n1,"x, ""y"""\n2,\n3,"line\r\nbreak"\n4," padded "\n5,NA\n6,#no comment\n'


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_cells_come_as_they_were_written(delimiter: str, tmp_path: Path) -> None:
    content = CSV.replace(b"a,b", f"a{delimiter}b".encode())
    for n in b"123456":
        content = content.replace(b"\n%c," % n, b"\n%c%s" % (n, delimiter.encode()))
    promise = texts("a", "b", file={"delimiter": delimiter})
    assert read_rows(written(tmp_path, content), promise, tmp_path) == ROWS


def test_a_table_with_tabs_needs_no_delimiter(tmp_path: Path) -> None:
    promise = texts("a", "b", file={"kind": "tsv"})
    assert read_rows(written(tmp_path, b"a\tb\n1\t2\n"), promise, tmp_path) == [("1", "2")]


def test_another_quote(tmp_path: Path) -> None:
    promise = texts("a", "b", file={"quote": "'"})
    assert read_rows(written(tmp_path, b"a,b\n'x,''y',5\"\n"), promise, tmp_path) == [("x,'y", '5"')]


def test_a_single_column_and_empty_quotes(tmp_path: Path) -> None:
    assert read_rows(written(tmp_path, b'a\nx\n""\ny\n'), texts("a"), tmp_path) == [("x",), (None,), ("y",)]


def test_long_rows_pass_up_to_the_limit(tmp_path: Path) -> None:
    content = b"a,b\n" + b"x" * 99_000 + b"," + b"y" * 99_000 + b"\n"
    assert [len(cell) for cell in read_rows(written(tmp_path, content), texts("a", "b"), tmp_path)[0]] == [
        99_000
    ] * 2


COLUMNS: dict[str, tuple[str, list[Any], list[str | None]]] = {
    "t": ("text", ["x", None, ""], ["x", None, ""]),
    "i": ("integer", [1, -2, None], ["1", "-2", None]),
    "n": ("number", [0.1, float("nan"), 1e300], ["0.1", None, "1e+300"]),
    "d": ("date", [date(2020, 2, 29), None, date(1999, 1, 1)], ["2020-02-29", None, "1999-01-01"]),
    "s": (
        "timestamp",
        [datetime(2020, 1, 1, 5), None, datetime(2020, 1, 1, 5, 0, 0, 7)],
        ["2020-01-01 05:00:00", None, "2020-01-01 05:00:00.000007"],
    ),
    "f": ("flag", [True, None, False], ["true", None, "false"]),
}


def parquet(folder: Path, table: pa.Table) -> RawFile:
    pq.write_table(table, folder / "t.parquet")
    return RawFile(folder / "t.parquet", "t.parquet")


def test_parquet_is_read_as_text_of_each_type(tmp_path: Path) -> None:
    raw = parquet(tmp_path, pa.table({name: values for name, (_, values, _) in COLUMNS.items()}))
    promise = contract({name: kind for name, (kind, _, _) in COLUMNS.items()}, file={"kind": "parquet"})
    rows = read_rows(raw, promise, tmp_path)
    assert [list(column) for column in zip(*rows, strict=True)] == [shown for _, _, shown in COLUMNS.values()]


def test_parquet_of_other_widths(tmp_path: Path) -> None:
    table = pa.table(
        {
            "i": pa.array([7], pa.uint8()),
            "n": pa.array([Decimal("1.50")]),
            "s": pa.array([datetime(2020, 1, 1)], pa.timestamp("ns", "UTC")),
        }
    )
    promise = contract({"i": "integer", "n": "number", "s": "timestamp"}, file={"kind": "parquet"})
    assert read_rows(parquet(tmp_path, table), promise, tmp_path) == [("7", "1.50", "2020-01-01 00:00:00+00")]


def test_parquet_must_keep_its_promise(tmp_path: Path) -> None:
    raw = parquet(tmp_path, pa.table({"i": ["1"], "more": [1]}))
    with pytest.raises(DataError) as caught:
        read_rows(raw, contract({"i": "integer", "t": "text"}, file={"kind": "parquet"}), tmp_path)
    assert [mistake.about for mistake in caught.value.mistakes] == ["more", "t", "i"]
    assert "is VARCHAR in the file, but integer in the contract" in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "words"), [({"rows": 2}, "3 rows; the limit is 2"), ({"bytes": 100}, "100 bytes")]
)
def test_parquet_within_limits(limits: dict[str, int], words: str, tmp_path: Path) -> None:
    raw = parquet(tmp_path, pa.table({"i": [1, 2, 3]}))
    with pytest.raises(DataError, match=words):
        read_rows(raw, contract({"i": "integer"}, file={"kind": "parquet"}, limits=limits), tmp_path)


@pytest.mark.parametrize("content", [b"PAR1" + b"x" * 50 + b"PAR1", b"a,b\n1,2\n"])
def test_what_only_looks_like_parquet_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no Parquet file that can be read"):
        read_rows(
            written(tmp_path, content, "t.parquet"),
            contract({"i": "integer"}, file={"kind": "parquet"}),
            tmp_path,
        )


def test_files_may_order_their_columns_each_in_its_way(tmp_path: Path) -> None:
    files = [written(tmp_path, b"a,b\n1,2\n3,4\n", "x.csv"), written(tmp_path, b"b,a\r\n6,5\r\n", "y.csv")]
    with open_scratch(Blobs(tmp_path / "blobs")) as (backend, _):
        table = read_text_table(backend, files, texts("a", "b"), "t")
        rows = backend.con.execute("SELECT a, b FROM text_t ORDER BY rowid").fetchall()
    assert rows == [("1", "2"), ("3", "4"), ("5", "6")]
    places = [(raw.shown, line) for raw, line in map(table.origin_of, range(3))]
    assert places == [("x.csv", 2), ("x.csv", 3), ("y.csv", 2)]
    assert not table.findings  # line ends may differ from file to file, not within one
    with pytest.raises(IndexError):
        table.origin_of(3)


def test_rows_of_parquet_files_are_named_by_their_number(tmp_path: Path) -> None:
    promise = contract({"i": "integer"}, file={"kind": "parquet"})
    files = []
    for name, values in (("x.parquet", [1, 2]), ("y.parquet", [3])):
        pq.write_table(pa.table({"i": values}), tmp_path / name)
        files.append(RawFile(tmp_path / name, name))
    with open_scratch(Blobs(tmp_path / "blobs")) as (backend, _):
        table = read_text_table(backend, files, promise, "t")
    assert [(raw.shown, row) for raw, row in map(table.origin_of, range(3))] == [
        ("x.parquet", 1),
        ("x.parquet", 2),
        ("y.parquet", 1),
    ]
