from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from civic_ai.evaluation.error_lists import MOST_CROSSTABS, crosstabs, overlaps
from civic_ai.evaluation.error_rows import ErrorRows, Errors

DATES, UNITS = 12, 10


def errors() -> Errors:
    date, unit = (side.ravel() for side in np.indices((DATES, UNITS)))
    days = np.datetime64("2020-01-06") + 7 * np.arange(DATES)
    ones = np.ones(DATES * UNITS)
    split = np.zeros(DATES, dtype=np.int64)
    return Errors(ErrorRows(unit, date, days[date], split[date], ones, ones, days, split), 1, 0.9, 5)


def test_the_same_list_overlaps_wholly_the_reverse_not_at_all() -> None:
    made = errors()
    score = made.rows.unit.astype(float)
    scores = {"model": score, "same": 3 * score, "reverse": -score, "all_tie": np.zeros_like(score)}
    shares = {one.other: one.share.value for one in overlaps(made, "model", scores, 4)}
    assert shares == {"same": 1.0, "reverse": 0.0, "all_tie": pytest.approx(0.4)}


def test_an_overlap_is_between_0_and_1_and_has_its_interval() -> None:
    made = errors()
    random = np.random.default_rng(3)
    scores = {name: random.normal(size=DATES * UNITS) for name in ("model", "other")}
    share = next(iter(overlaps(made, "model", scores, 4))).share
    assert share.lower is not None
    assert share.upper is not None
    assert 0 <= share.lower <= (share.value or 0) <= share.upper <= 1
    assert share.n == 4 * DATES


def test_crosstabs_by_hand() -> None:
    features = pd.DataFrame({"flat": [1.0, 1.0, 1.0, 1.0], "age": [10.0, 20.0, np.nan, 40.0]})
    made = {one.feature: one for one in crosstabs(np.array([1.0, 0.5, 1.0, 0.0]), features)}
    assert made["flat"].standardised_difference is None
    assert made["age"].on_list == pytest.approx((10 + 0.5 * 20) / 1.5)
    assert made["age"].rest == pytest.approx((0.5 * 20 + 40) / 1.5)
    spread = np.std([10, 20, 40])
    assert made["age"].standardised_difference == pytest.approx((20 / 1.5 - 50 / 1.5) / spread)


def test_the_most_different_come_first_and_few_are_told() -> None:
    random = np.random.default_rng(2)
    chance = (random.uniform(size=200) < 0.3).astype(float)
    shifts = np.linspace(0, 3, 30)
    features = pd.DataFrame(
        {f"f{at:02d}": random.normal(size=200) + s * chance for at, s in enumerate(shifts)}
    )
    made = crosstabs(chance, features)
    sizes = [abs(one.standardised_difference or 0) for one in made]
    assert len(made) == MOST_CROSSTABS
    assert sizes == sorted(sizes, reverse=True)
    assert made[0].feature >= "f20"
    assert all(one.feature >= "f05" for one in made)
