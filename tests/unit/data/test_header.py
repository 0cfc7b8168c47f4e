from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from civic_ai.core.errors import DataError
from civic_ai.data.header import read_header
from civic_ai.data.quoting import Dialect
from civic_ai.data.stream import RawFile
from tests.unit.data.cities import contract, texts

RAW = RawFile(Path("t.csv"), "t.csv")


def read(data: bytes, promise=None, delimiter: bytes = b",") -> tuple[list[str], int]:  # type: ignore[no-untyped-def]
    dialect = Dialect(delimiter, b'"', "utf-8", 3, 1000, 10_000, 10)
    return read_header(RAW, data, dialect, promise or texts("case_id", "kind", "lat"))


@pytest.mark.parametrize("names", list(permutations(["case_id", "kind", "lat"])))
def test_the_order_of_columns_is_free(names: tuple[str, ...]) -> None:
    assert read(",".join(names).encode() + b"\n1,2,3\n") == (list(names), len(",".join(names)) + 1)


def test_a_header_may_be_quoted_and_have_its_own_words() -> None:
    promise = contract({"case_id": {"type": "text", "header": "CASE, NUMBER"}, "kind": "text"})
    data = b'kind,"CASE, NUMBER"\r\nx,y\n'
    assert read(data, promise) == (["kind", "case_id"], 21)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"case_id,kind\n", "lat: is promised by the contract, but no column has this name"),
        (b"case_id,kind,lat,more\n", "more: is a column that the contract does not know"),
        (b"case_id,kind,lat,lat\n", "lat: stands twice in the header"),
        (b"case_id,Kind,lat\n", "Did you mean kind"),
        (b"case_id,kind, lat\n", "' lat': is a column that the contract does not know"),
        (b"case_id,kind,lat,\n", "'': is a column that the contract does not know"),
        (b"case_id;kind;lat\n", "is divided by a semicolon, not as declared"),
        (b"case_id\tkind\tlat\n", "is divided by a tab"),
        (b"Report\n\ncase_id,kind,lat\n", "stands 2 lines below"),
        (b"1,pothole,3\n", "is promised"),
        (b'case_id,"kind,lat\n', "is promised|is broken"),
    ],
)
def test_a_wrong_header_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(data)
    assert all(mistake.place is not None and mistake.place.line == 1 for mistake in caught.value.mistakes)


def test_all_differences_are_said_at_once() -> None:
    with pytest.raises(DataError) as caught:
        read(b"case,kindd,lat\n")
    assert len(caught.value.mistakes) == 4


def test_too_many_columns_are_refused_by_number() -> None:
    with pytest.raises(DataError, match="has 600 columns; the limit is 500"):
        read(b",".join(b"c%d" % i for i in range(600)) + b"\n")
