"""Typical cases: the right rows, and never few enough to point at someone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.explanation.contributions import contribute
from civic_ai.explanation.examples import like_cases, make_example

from .judged import Judged


@given(
    units=st.integers(3, 60),
    dates=st.integers(1, 5),
    capacity=st.integers(1, 40),
    seed=st.integers(0, 999),
)
@settings(max_examples=60, deadline=None)
def test_like_cases_are_the_ranks_that_they_say(units: int, dates: int, capacity: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"as_of": np.repeat(np.arange(dates), units), "judged": rng.permutation(dates * units) * 1.0}
    )
    like = like_cases(frame, capacity)
    for _, group in frame.groupby("as_of"):
        falling = group.sort_values("judged", ascending=False).index.to_numpy()
        here = {name: set(rows) & set(falling) for name, rows in like.items()}
        assert here["list"] == set(falling[:capacity])
        assert here["next"] == set(falling[capacity : 2 * capacity])
        assert here["middle"] <= set(falling[2 * capacity :])
        for row in here["middle"]:
            place = (list(falling).index(row) + 1) / units
            assert abs(place - 0.5) <= 0.05 + 1e-12


def test_an_example_is_the_mean_of_its_rows(champions: Mapping[str, Judged]) -> None:
    cases = champions["lightgbm"].cases
    rows = np.arange(0, 200)
    frame, moved = cases.frame.iloc[rows], contribute(cases, rows)
    example = make_example("list", frame, moved, 11)
    assert example is not None
    assert example.cases == frame["unit"].nunique()
    assert example.score == pytest.approx(frame["judged"].mean())
    means = {family: part.mean() for family, part in moved.by_family.items()}
    total = sum(abs(mean) for mean in means.values())
    assert example.families == pytest.approx({name: mean / total for name, mean in means.items()})
    assert sum(abs(share) for share in example.families.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(("units", "is_shown"), [(10, False), (11, True), (12, True)])
def test_fewer_units_than_the_policy_allows_make_no_example(
    champions: Mapping[str, Judged], units: int, is_shown: bool
) -> None:
    """Many rows of few units are still few units."""
    cases = champions["poisson_glm"].cases
    few = sorted(cases.frame["unit"].unique())[:units]
    rows = np.flatnonzero(cases.frame["unit"].isin(few))
    assert len(rows) > 11
    example = make_example("list", cases.frame.iloc[rows], contribute(cases, rows), 11)
    assert (example is not None) is is_shown


def test_where_nothing_moves_there_is_no_reason(champions: Mapping[str, Judged]) -> None:
    from dataclasses import replace

    cases = champions["year_count"].cases
    rows = np.arange(100)
    still = contribute(cases, rows)
    still = replace(still, parts=np.zeros_like(still.parts))
    example = make_example("list", cases.frame.iloc[rows], still, 11)
    assert example is not None
    assert (example.families, example.reasons) == ({"history": 0.0}, ())


def test_without_visits_the_highest_and_lowest_tenths_of_each_date_are_alike() -> None:
    frame = pd.DataFrame({"as_of": np.repeat([0, 1], 40), "judged": np.r_[0:40, 100:140] * 1.0})
    like = like_cases(frame, None)
    assert sorted(frame["judged"].to_numpy()[like["highest"]]) == [36, 37, 38, 39, 136, 137, 138, 139]
    assert sorted(frame["judged"].to_numpy()[like["lowest"]]) == [0, 1, 2, 3, 100, 101, 102, 103]
    assert all(17 <= value % 100 <= 22 for value in frame["judged"].to_numpy()[like["middle"]])
