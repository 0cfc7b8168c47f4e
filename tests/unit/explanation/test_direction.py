"""Directions as a reader would draw them, and copies that share their credit."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.explanation.contributions import Contributions
from civic_ai.explanation.direction import directions, family_direction, near_copies

RNG = np.random.default_rng(11)
X = RNG.normal(size=400)


def moved(values: list[np.ndarray], parts: list[np.ndarray]) -> Contributions:
    rows = len(values[0])
    return Contributions(
        features=tuple(f"f{i}" for i in range(len(values))),
        families=("history",) * len(values),
        link="log",
        values=np.column_stack(values),
        parts=np.column_stack(parts),
        base=0.0,
        raw=np.zeros(rows),
        said=np.ones(rows),
        judged=np.ones(rows),
    )


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        (2 * X, "raises"),
        (-0.1 * X, "lowers"),
        (np.exp(X), "raises"),
        (-np.exp(X), "lowers"),
        (X**2, "mixed"),
        (RNG.normal(size=400), "mixed"),
        (np.zeros(400), "none"),
        (np.full(400, 0.3), "mixed"),
    ],
)
def test_direction(part: np.ndarray, wanted: str) -> None:
    assert directions(moved([X], [part])) == [wanted]


def test_turning_the_feature_turns_the_direction() -> None:
    part = 2 * X + RNG.normal(size=400)
    assert directions(moved([X, -X], [part, part])) == ["raises", "lowers"]


def test_rows_where_a_feature_is_not_known_do_not_count() -> None:
    part = 2 * X
    value = X.copy()
    value[:300], part[:300] = np.nan, -np.arange(300.0)
    assert directions(moved([value], [part])) == ["raises"]
    assert directions(moved([np.full(400, np.nan)], [part])) == ["mixed"]


@pytest.mark.parametrize(
    ("features", "sizes", "wanted"),
    [
        (["raises"], [1.0], "raises"),
        (["raises", "lowers"], [3.0, 1.0], "raises"),
        (["raises", "lowers"], [1.0, 1.0], "mixed"),
        (["lowers", "mixed"], [1.0, 2.0], "mixed"),
        (["lowers", "none"], [1.0, 0.0], "lowers"),
        (["none"], [0.0], "none"),
    ],
)
def test_a_family_goes_where_its_large_features_go(
    features: list[str], sizes: list[float], wanted: str
) -> None:
    assert family_direction(features, np.array(sizes)) == wanted  # type: ignore[arg-type]


def test_near_copies_are_found_whatever_their_scale() -> None:
    other = RNG.normal(size=400)
    values = [X, np.exp(X), -X + 0.01 * other, other]
    assert list(near_copies(moved(values, [X, X, X, other]))) == [(0, 1), (0, 2), (1, 2)]


def test_a_copy_that_moves_nothing_takes_no_credit() -> None:
    assert list(near_copies(moved([X, X], [X, np.zeros(400)]))) == []
