from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.pilot.where import Combination, Comparison, WhereError, columns_of, parse_where


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a == 'x'", Comparison("a", "==", "x")),
        ("a >= -2.5", Comparison("a", ">=", -2.5)),
        ("a in ['x', 'y']", Comparison("a", "in", ("x", "y"))),
        ("a is not None", Comparison("a", "is not", None)),
        ("not a == 1", Combination("not", (Comparison("a", "==", 1),))),
        (
            "a == 1 and (b < 2 or b > 3)",
            Combination(
                "and",
                (
                    Comparison("a", "==", 1),
                    Combination("or", (Comparison("b", "<", 2), Comparison("b", ">", 3))),
                ),
            ),
        ),
    ],
)
def test_the_language(text: str, tree: object) -> None:
    assert parse_where(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a ==", "f(a) == 1", "a.b == 1", "a == b", "1 == a", "a == f(1)", "__import__('os')",
        "a < 1 < 2",
        "a in 'x'", "a == ['x']", "a == None", "a is 1", "lambda: 1", "a[0] == 1", "a == 1; b == 2",
        "a := 1",
        "a == {'x': 1}", "a == 1 if b else 2", "(" * 500, "a == -'x'", "a in [[1]]", "a in [None]", "a in []",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(WhereError):
        parse_where(text)


def test_the_columns_that_it_looks_at() -> None:
    assert columns_of(parse_where("a == 1 and not (b in [1] or c is None)")) == {"a", "b", "c"}


@given(st.text(max_size=80))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        columns = columns_of(parse_where(text))
    except WhereError as error:
        text = str(error)
        columns = frozenset({"x"})
    assert columns
