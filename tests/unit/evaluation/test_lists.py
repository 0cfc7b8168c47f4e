from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.core.errors import DataError
from civic_ai.evaluation.lists import Setting, rank_lists, read_lists, running_total
from civic_ai.records.figure import Period

from .worlds import FIRST, lists_of, make_world


def _table(rows: list[tuple[str, int, str, float | None, float | None]]) -> pa.Table:
    """Rows of (candidate, day, split, score, label)."""
    candidate, day, split, score, label = zip(*rows, strict=True)
    return pa.table(
        {
            "candidate": pa.array(candidate),
            "as_of": pa.array(FIRST + np.array(day)),
            "split": pa.array(split),
            "score": pa.array(score, pa.float64()),
            "label": pa.array(label, pa.float64()),
        }
    )


def test_lists_fall_from_left_to_right_and_keep_label_with_score() -> None:
    lists = lists_of([[1, 3, 2], [5, 4, 6]], [[10, 30, 20], [50, 40, 60]])
    assert lists.scores.tolist() == [[3, 2, 1], [6, 5, 4]]
    assert lists.labels.tolist() == [[30, 20, 10], [60, 50, 40]]
    assert lists.events.tolist() == [60, 150]
    assert lists.cumulative.tolist() == [[0, 30, 50, 60], [0, 60, 110, 150]]


def test_dates_of_different_length_are_padded_and_the_padding_counts_for_nothing() -> None:
    day = FIRST + np.array([0, 0, 0, 7])
    lists = rank_lists(
        day, np.zeros(4, int), {"score": np.array([1.0, 2, 3, 4]), "label": np.ones(4)}, Setting((), 2)
    )
    assert lists.sizes.tolist() == [3, 1]
    assert lists.filled.tolist() == [[True, True, True], [True, False, False]]
    assert lists.events.tolist() == [3, 1]
    assert lists.visits.tolist() == [2, 1]


def test_the_same_date_in_two_splits_makes_two_lists_and_splits_stand_in_order() -> None:
    day = np.repeat(FIRST, 4)
    lists = rank_lists(
        day,
        np.array([1, 0, 1, 0]),
        {"score": np.arange(4.0), "label": np.array([0.0, 1, 0, 1])},
        Setting((), 1),
    )
    assert lists.split.tolist() == [0, 1]
    assert lists.events.tolist() == [2, 0]


def test_of_one_split_only_its_dates() -> None:
    lists = lists_of(np.arange(12).reshape(4, 3), np.eye(4, 3), splits=[0, 0, 1, 1])
    part = lists.where(lists.split == 1)
    assert part.as_of.tolist() == lists.as_of[2:].tolist()
    assert part.events.tolist() == [1, 0]
    assert part.floor == lists.floor
    assert lists.where(lists.split == 9).period is None


def test_period_is_first_and_last_as_of_date() -> None:
    lists = lists_of(np.zeros((3, 2)), np.zeros((3, 2)))
    assert lists.period == Period(first=date(2020, 1, 6), last=date(2020, 1, 20))


def test_zeros_become_half_of_the_smallest_count_that_a_rule_can_say() -> None:
    lists = lists_of([[0, 2, 0.5]], [[0, 0, 0]])
    assert lists.positive(np.array([0.0, 2.0])).tolist() == [0.25, 2.0]
    assert lists_of([[0, 0]], [[0, 1]]).positive(np.zeros(1)).tolist() == [1.0]


def test_rows_without_a_label_are_left_out() -> None:
    table = _table([("a", 0, "1", 9.0, None), ("a", 0, "1", 1.0, 1.0), ("a", 7, "1", 1.0, None)])
    lists = read_lists(table, Setting(("1",), 1))["a"]
    assert lists.sizes.tolist() == [1]
    assert lists.scores.tolist() == [[1.0]]


def test_a_candidate_without_any_matured_row_has_lists_without_dates() -> None:
    lists = read_lists(_table([("a", 0, "1", 9.0, None)]), Setting(("1",), 1))["a"]
    assert len(lists.sizes) == 0
    assert lists.period is None


def test_a_missing_score_is_refused_with_the_count() -> None:
    table = _table([("a", 0, "1", None, 1.0), ("a", 7, "1", float("nan"), 1.0), ("a", 9, "1", 1.0, 1.0)])
    with pytest.raises(DataError, match="a: 2 rows have no score"):
        read_lists(table, Setting(("1",), 1))


@pytest.mark.parametrize(
    "other",
    [
        [("b", 0, "1", 1.0, 1.0)],
        [("b", 0, "1", 1.0, 1.0), ("b", 14, "1", 2.0, 0.0)],
        [("b", 0, "1", 1.0, 1.0), ("b", 7, "2", 2.0, 0.0)],
        [("b", 0, "1", 1.0, 1.0), ("b", 7, "1", 2.0, 1.0)],
        [("b", 0, "1", 1.0, 1.0), ("b", 7, "1", 2.0, 0.0), ("b", 7, "1", 2.0, 0.0)],
    ],
)
def test_candidates_on_different_rows_cannot_be_compared(other) -> None:
    rows = [("a", 0, "1", 1.0, 1.0), ("a", 7, "1", 2.0, 0.0)]
    assert set(read_lists(_table([*rows, *[("b", *r[1:]) for r in rows]]), Setting(("1", "2"), 1))) == {
        "a",
        "b",
    }
    with pytest.raises(DataError, match="b: it was not scored on the same units and dates as a"):
        read_lists(_table([*rows, *other]), Setting(("1", "2"), 1))


def test_candidates_stand_in_order_of_their_names_whatever_the_order_of_rows() -> None:
    rows = [("b", 0, "1", 1.0, 1.0), ("a", 0, "1", 1.0, 1.0), ("c", 0, "1", 1.0, 1.0)]
    assert list(read_lists(_table(rows), Setting(("1",), 1))) == ["a", "b", "c"]


def test_rows_in_any_order_and_dictionary_columns_make_the_same_lists() -> None:
    table = make_world().table(["lightgbm"], is_lockbox=False)
    shuffled = table.take(np.random.default_rng(0).permutation(table.num_rows))
    coded = shuffled.set_column(
        3, "candidate", shuffled["candidate"].combine_chunks().dictionary_encode()
    ).set_column(2, "split", shuffled["split"].combine_chunks().dictionary_encode())
    splits = ("1", "2", "3", "4")
    one, other = (read_lists(each, Setting(splits, 6))["lightgbm"] for each in (table, coded))
    assert np.array_equal(one.scores, other.scores)
    assert np.array_equal(one.labels, other.labels)
    assert np.array_equal(one.as_of, other.as_of)


def test_running_total() -> None:
    assert running_total(np.array([[1.0, 2, 3]])).tolist() == [[0, 1, 3, 6]]


def test_every_other_number_follows_its_row_and_blanks_and_padding_are_no_number() -> None:
    table = pa.table(
        {
            "candidate": ["a"] * 4,
            "as_of": pa.array(FIRST + np.array([0, 0, 0, 7])),
            "split": ["1"] * 4,
            "unit": ["u", "v", "w", "u"],
            "score": [0.2, 0.9, 0.5, 0.3],
            "label": [1.0, 0, 1, 1],
            "lower": pa.array([None, 3.0, 2.0, 4.0]),
            "step": pa.array([0, 1, 2, 3], pa.int16()),
            "ended": pa.array([True, False, None, True]),
            "note": ["w", "x", "y", "z"],
        }
    )
    lists = read_lists(table, Setting(("1",)))["a"]
    assert set(lists.more) == {"lower", "step", "ended"}
    nan = np.nan
    assert np.array_equal(lists.more["lower"], [[3, 2, nan], [4, nan, nan]], equal_nan=True)
    assert np.array_equal(lists.more["step"], [[1, 2, 0], [3, nan, nan]], equal_nan=True)
    assert np.array_equal(lists.more["ended"], [[0, nan, 1], [1, nan, nan]], equal_nan=True)
    assert lists.where(np.array([False, True])).more["step"].shape == (1, 3)


def test_what_lists_hold_is_what_a_metric_may_ask_for() -> None:
    assert lists_of([1], [0], None).holds == set()
    assert lists_of([1], [0], 3, scale=[1]).holds == {"capacity", "scale"}
    assert lists_of([1], [0], None, lower=[0], upper=[1]).holds == {"interval", "lower", "upper"}


def test_ties_are_known_from_both_ends() -> None:
    lists = lists_of([[1, 2, 2, 3, 1], [5, 5, 5, 5, 5]], np.zeros((2, 5)))
    assert lists.tied_from.tolist() == [[0, 1, 1, 3, 3], [0, 0, 0, 0, 0]]
    assert lists.tied_until.tolist() == [[1, 3, 3, 5, 5], [5, 5, 5, 5, 5]]
