from __future__ import annotations

import pytest

from civic_ai.review.ledger_comparison import compare


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        ("abcdef", []),
        ("abXdef", [("altered", 2)]),
        ("XYcdef", [("altered", 0), ("altered", 1)]),
        ("abdef", [("removed", 2)]),
        ("bcdef", [("removed", 0)]),
        ("abcd", [("truncated", 4), ("truncated", 5)]),
        ("", [("truncated", number) for number in range(6)]),
        ("abdcef", [("reordered", 2), ("reordered", 3)]),
        ("fbcdea", [("reordered", 0), ("reordered", 5)]),
        ("abccdef", [("repeated", 2)]),
        ("abcdefa", [("repeated", 6)]),
        ("abaXdef", [("repeated", 2), ("added", 3)]),
        ("abadef", [("repeated", 2)]),
        ("abXcdef", [("added", 2)]),
        ("abcdefX", [("added", 6)]),
        ("abcdX", [("altered", 4), ("truncated", 5)]),
    ],
)
def test_each_difference_has_its_name_and_number(found: str, kinds: list[tuple[str, int]]) -> None:
    told = compare([letter.encode() for letter in "abcdef"], [letter.encode() for letter in found])
    assert [(one.kind, one.entry) for one in told] == kinds


def test_a_repeated_leaf_of_the_log_itself_is_no_alarm() -> None:
    assert compare([b"a", b"a"], [b"a", b"a"]) == ()
