"""Features taken away: in a linear model the score moves by exactly what they had contributed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from civic_ai.explanation import deletion
from civic_ai.explanation.contributions import contribute
from civic_ai.explanation.deletion import DELETED, delete

from .judged import Judged


def deleted(judged: Judged, seed: int = 1):
    cases = judged.cases
    moved = contribute(cases, np.arange(len(cases.frame)))
    return delete(cases.scorer, cases.frame, moved, seed), moved


@pytest.mark.parametrize("champion", ["poisson_glm", "lightgbm"])
def test_what_moved_a_score_most_matters_more_than_others(
    champions: Mapping[str, Judged], champion: str
) -> None:
    made, _ = deleted(champions[champion])
    assert made.most.mean() > 1.5 * made.others.mean()
    assert made.agreement > 0.8


def test_a_linear_score_moves_by_what_was_told(champions: Mapping[str, Judged]) -> None:
    """All rows have the same mean, so told and moved differ by one number a set of features at most."""
    made, moved = deleted(champions["poisson_glm"])
    number = min(DELETED, len(moved.features) // 2)
    top = np.argsort(-np.abs(moved.parts), axis=1, kind="stable")[:, :number]
    for chosen in np.unique(np.sort(top, axis=1), axis=0):
        rows = (np.sort(top, axis=1) == chosen).all(axis=1)
        apart = (made.told - made.moved)[rows]
        np.testing.assert_allclose(apart, apart[0], atol=1e-9)


def test_the_rows_are_not_changed(champions: Mapping[str, Judged]) -> None:
    judged = champions["lightgbm"]
    before = judged.cases.frame
    deleted(judged)
    assert judged.cases.frame.equals(before)


def test_others_are_drawn_by_the_seed(
    champions: Mapping[str, Judged], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "DELETED", 2)
    one, same, other = (deleted(champions["lightgbm"], seed)[0].others for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_rule_of_one_column_has_nothing_to_choose_from(champions: Mapping[str, Judged]) -> None:
    assert deleted(champions["year_count"])[0] is None
