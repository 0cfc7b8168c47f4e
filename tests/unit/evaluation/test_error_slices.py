from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.error_rows import ErrorRows, Errors
from civic_ai.evaluation.error_slices import DEEPEST, find_slices

DATES, UNITS = 40, 60


def make(seed: int, wrong_by: float) -> tuple[Errors, pd.DataFrame]:
    """Poisson counts; where ``age`` is over 50, ``wrong_by`` times as much comes as was predicted."""
    random = np.random.default_rng(seed)
    date, unit = (side.ravel() for side in np.indices((DATES, UNITS)))
    age = random.uniform(0, 100, UNITS)[unit]
    predicted = random.gamma(4.0, 0.5, DATES * UNITS)
    came = random.poisson(predicted * np.where(age > 50, wrong_by, 1.0)).astype(float)
    days = np.datetime64("2020-01-06") + 7 * np.arange(DATES)
    rows = ErrorRows(
        unit, date, days[date], np.zeros_like(date), predicted, came, days, np.zeros(DATES, dtype=np.int64)
    )
    features = pd.DataFrame({"age": age, "noise": random.normal(size=len(age))})
    features.loc[random.uniform(size=len(age)) < 0.1, "noise"] = np.nan
    return Errors(rows, 1, 0.9, seed), features


def test_a_planted_slice_is_found_with_its_size() -> None:
    errors, features = make(1, wrong_by=2.0)
    slices = find_slices(errors, features, 1.25)
    worst = slices[0]
    assert "age > 5" in worst.where or "age > 4" in worst.where
    assert worst.verdict == "fail"
    assert worst.ratio.lower is not None
    assert worst.ratio.upper is not None
    assert worst.ratio.lower < 2.0 < worst.ratio.upper


def test_slices_part_the_judged_rows() -> None:
    errors, features = make(2, wrong_by=1.5)
    slices = find_slices(errors, features, 1.25)
    assert sum(one.rows for one in slices) == DATES * UNITS / 2
    assert all(one.where.count(" and ") < DEEPEST for one in slices)
    far = [abs(np.log(one.ratio.value or 1.0)) for one in slices]
    assert far == sorted(far, reverse=True)


@pytest.mark.parametrize("half", ["grown", "judged"])
def test_the_half_that_grows_the_tree_does_not_judge_it(half: str) -> None:
    """What comes in the first half can move the conditions, never the figures of given conditions."""
    errors, features = make(3, wrong_by=2.0)
    first = errors.rows.date < DATES // 2
    came = errors.rows.came.copy()
    came[first if half == "grown" else ~first] *= 3
    rows = ErrorRows(
        errors.rows.unit, errors.rows.date, errors.rows.as_of, errors.rows.step, errors.rows.predicted,
        came, errors.rows.dates, errors.rows.split_of_date,
    )  # fmt: skip
    total = [
        sum((one.ratio.value or 0) * one.rows for one in find_slices(Errors(r, 1, 0.9, 3), features, 1.25))
        for r in (errors.rows, rows)
    ]
    assert (total[1] > 2.5 * total[0]) == (half == "judged")


def test_where_nothing_is_wrong_seldom_anything_is_found() -> None:
    """Intervals hold for all slices at once: a family fails at most as often as a single one would."""
    excluded = 0
    for seed in range(60):
        slices = find_slices(*make(seed, wrong_by=1.0), 1.25)
        intervals = [(one.ratio.lower, one.ratio.upper) for one in slices]
        excluded += any(low is not None and up is not None and not low <= 1 <= up for low, up in intervals)
        assert not any(one.verdict == "fail" for one in slices)
    assert excluded <= 14, f"{excluded} of 60 families miss the truth; 90 % intervals should miss about 6"


def test_too_little_gives_no_slices() -> None:
    errors, features = make(4, wrong_by=2.0)
    few = errors.rows.date < 3
    rows = ErrorRows(
        errors.rows.unit[few], errors.rows.date[few], errors.rows.as_of[few], errors.rows.step[few],
        errors.rows.predicted[few], errors.rows.came[few],
        errors.rows.dates[:3], errors.rows.split_of_date[:3],
    )  # fmt: skip
    assert find_slices(Errors(rows, 1, 0.9, 4), features[few], 1.25) == ()
