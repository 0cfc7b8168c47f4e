from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.evaluation.error_rows import Errors, read_error_rows


def table() -> pa.Table:
    """Two candidates, two splits of two dates, two units; one label of the last date is not known."""
    days = [np.datetime64("2020-01-06") + 7 * week for week in range(4)]
    rows = [
        (
            unit,
            days[week],
            0,
            "1" if week < 2 else "2",
            name,
            score + week,
            None if (week, unit) == (3, "b") else 1.0,
        )
        for name, score in (("lightgbm", 1.0), ("year_count", 5.0))
        for week in range(4)
        for unit in ("a", "b")
    ]
    names = ("unit", "as_of", "step", "split", "candidate", "score", "label")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns["as_of"] = pa.array(np.array(columns["as_of"], dtype="datetime64[D]"), pa.date32())
    columns["split"] = pa.array(columns["split"]).dictionary_encode()
    return pa.table(columns)


UNITS = pa.table({"unit": ["a", "b"]})


def test_rows_of_one_candidate_with_a_label() -> None:
    rows = read_error_rows(table(), "lightgbm", UNITS)
    assert rows.predicted.tolist() == [1, 1, 2, 2, 3, 3, 4]
    assert rows.date.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert rows.split_of_date.tolist() == [0, 0, 1, 1]
    assert rows.unit.tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_only_what_is_wanted() -> None:
    rows = read_error_rows(
        table(), "lightgbm", UNITS, lambda part: pa.array([True] + [False] * (len(part) - 1))
    )
    assert rows.predicted.tolist() == [1]


def test_a_ratio_is_what_came_over_what_was_predicted() -> None:
    errors = Errors(read_error_rows(table(), "lightgbm", UNITS), 1, 0.9, 1)
    assert errors.ratio().value == pytest.approx(7 / 16)
    assert errors.ratio(errors.rows.unit == 1).value == pytest.approx(3 / 6)
    assert errors.figure(errors.ratio(), 7).n == 7


def test_the_residual_is_pearsons() -> None:
    rows = read_error_rows(table(), "year_count", UNITS)
    assert rows.residual[0] == pytest.approx((1 - 5) / np.sqrt(5.25))
