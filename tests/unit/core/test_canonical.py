from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.canonical import canonical_json, digest_of, digest_of_bytes, digest_of_file

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_example_of_the_standard() -> None:
    """RFC 8785, section 3.2.2 and 3.2.3: numbers and the order of keys."""
    value = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27], "literals": [None, True, False]}
    assert canonical_json(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'
    )


@given(JSON)
def test_the_fast_way_and_the_reference_write_the_same_bytes(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


def test_every_letter_is_written_as_the_reference_writes_it() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    for value in (every, {every[:128]: every}, {every[:256]: 1, every[-5:]: 2}):
        assert canonical_json(value) == rfc8785.dumps(value)


@given(JSON)
def test_reading_it_back_gives_the_value(value: object) -> None:
    assert json.loads(canonical_json(value), parse_int=_number) == value


def _number(text: str) -> int | float:
    """As JavaScript reads it: a whole number beyond 2**53 is a double."""
    return int(text) if abs(int(text)) < 2**53 else float(text)


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert digest_of(turned) == digest_of(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {1: 2}, object(), "\ud800", {"a": ["\udfff"]}]
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(Exception, match=r".+"):
        canonical_json(value)


@given(st.binary(max_size=3000))
def test_a_file_and_its_bytes_have_one_digest(content: bytes) -> None:
    assert digest_of_bytes(content) == hashlib.sha256(content).hexdigest()


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000
    (tmp_path / "large").write_bytes(content)
    assert digest_of_file(tmp_path / "large") == digest_of_bytes(content)
