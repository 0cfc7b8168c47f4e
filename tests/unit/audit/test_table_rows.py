"""A scored table by kind of row: nothing lost, every way of choosing, and errors that say what to do."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.audit.cells import CELLS
from civic_ai.audit.table_rows import Choice, codes_of, read_rows
from civic_ai.core.errors import ConfigError, DataError

SCORES = pd.DataFrame({"s": [0.9, 0.5, 0.5, 0.1], "list": ["a", "a", "b", "b"], "d": [1, 0, 1, 0]})


@pytest.mark.parametrize(
    ("choice", "score", "chance"),
    [
        (Choice(capacity=1), "s", [1, 0, 0, 0]),
        (Choice(capacity=2), "s", [1, 0.5, 0.5, 0]),
        (Choice(capacity=1, by="list"), "s", [1, 0, 1, 0]),
        (Choice(threshold=0.5), "s", [1, 1, 1, 0]),
        (Choice(), "d", [1, 0, 1, 0]),
        (Choice(capacity=1), "d", [0.5, 0, 0.5, 0]),
    ],
)
def test_ways_of_choosing(choice, score, chance):
    assert choice.chance(SCORES, score).tolist() == chance


@pytest.mark.parametrize(
    ("choice", "about", "remedy"),
    [
        (Choice(), "s", "capacity"),
        (Choice(capacity=1, threshold=0.5), "capacity", "one of them"),
        (Choice(capacity=0), "capacity", "how many"),
        (Choice(threshold=0.5, by="list"), "by", "capacity"),
    ],
)
def test_ways_that_do_not_fit_are_refused_with_a_remedy(choice, about, remedy):
    with pytest.raises(ConfigError) as refused:
        choice.chance(SCORES, "s")
    (mistake,) = refused.value.mistakes
    assert mistake.about == about
    assert remedy in mistake.remedy.text()


tables = st.lists(
    st.tuples(
        st.sampled_from(["x", "y", None]), st.sampled_from([0, 1, 4]), st.booleans(), st.sampled_from("uv")
    ),
    min_size=3, max_size=40,
).filter(lambda rows: len({row[0] for row in rows}) > 1 and len({row[3] for row in rows}) > 1)  # fmt: skip


@settings(deadline=None)
@given(tables)
def test_kinds_add_up_to_the_rows(rows):
    frame = pd.DataFrame(rows, columns=["g", "y", "d", "h"]).astype({"d": float})
    made = read_rows(frame, label="y", groups=["g", "h"], chance=frame["d"].to_numpy())
    assert made.rows.sum() == len(frame)
    assert len(np.unique(made.kind)) == len(frame.fillna("-").drop_duplicates())
    grouping = made.grouping("g", None)
    sums = (grouping.shares * made.rows[:, None]).T @ made.cells
    named = frame.assign(g=frame["g"].fillna("unknown"), hit=frame["d"] * (frame["y"] > 0))
    for name, column in {"events": "y", "selected": "d", "hits": "hit"}.items():
        expected = named.groupby("g")[column].sum().reindex(grouping.groups)
        np.testing.assert_allclose(sums[:, CELLS.index(name)], expected)
    assert grouping.reference_group in named["g"].mode().tolist()


def test_the_order_of_a_categorical_is_kept():
    values = pd.Categorical(["low", "high", "mid"], categories=["low", "mid", "high", "never"], ordered=True)
    frame = pd.DataFrame({"g": values, "y": [1, 0, 1]})
    made = read_rows(frame, label="y", groups=["g"], chance=np.ones(3))
    assert made.names["g"] == ("low", "mid", "high")


def test_a_reference_that_does_not_occur_is_refused():
    made = read_rows(pd.DataFrame({"g": ["x", "y"], "y": [1, 0]}), label="y", groups=["g"], chance=np.ones(2))
    assert made.grouping("g", "y").reference_group == "y"
    with pytest.raises(ConfigError, match="does not occur"):
        made.grouping("g", "z")


def test_a_single_group_is_refused():
    with pytest.raises(DataError, match="nothing to compare"):
        read_rows(pd.DataFrame({"g": ["x", "x"], "y": [1, 0]}), label="y", groups=["g"], chance=np.ones(2))


def test_a_blank_is_a_value_of_its_own():
    assert len(set(codes_of(pd.DataFrame({"u": ["a", None, "a", None]}), "u"))) == 2


@pytest.mark.parametrize("kind", [int, bool, "Int64", "boolean", Decimal])
def test_labels_are_numbers_however_they_are_kept(kind):
    labels = (
        pd.Series([1, 0, 1], dtype=object).map(Decimal)
        if kind is Decimal
        else pd.Series([1, 0, 1], dtype=kind)
    )
    frame = pd.DataFrame({"g": ["x", "y", "y"], "y": labels})
    made = read_rows(frame, label="y", groups=["g"], chance=np.array([0.5, 1.0, 1.0]))
    assert (made.rows @ made.cells)[CELLS.index("found")] == 1.5


def test_what_says_unknown_and_what_is_blank_are_one_group():
    frame = pd.DataFrame({"late": [1.0] * 5, "part": ["unknown", None, " ", "a", "a"]})
    rows = read_rows(frame, label="late", groups=["part"], chance=np.ones(5))
    grouping = rows.grouping("part", "a")
    assert sorted(grouping.groups) == ["a", "unknown"]
    people = rows.rows @ grouping.shares
    assert dict(zip(grouping.groups, people, strict=True)) == {"a": 2, "unknown": 3}


def test_values_that_read_alike_are_one_group():
    frame = pd.DataFrame({"late": [1.0] * 4, "part": pd.Series([1, "1", 2, "2"], dtype=object)})
    assert read_rows(frame, label="late", groups=["part"], chance=np.ones(4)).names["part"] == ("1", "2")
