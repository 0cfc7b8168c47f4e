from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.core.errors import DataError

from .worlds import make_cases, make_world


def test_the_lockbox_is_opened_once_for_champion_and_best_baseline(looked, looks) -> None:
    made = looked(make_world(model_noise=0.0))
    assert looks == [[made.champion, made.baseline]]
    assert set(made.lockbox.lists) == {made.champion, made.baseline}
    assert set(made.tests.lists) == {one.name for one in made.predictions.candidates}


def test_nobody_is_shown_twice(looked) -> None:
    model = looked(make_world(model_noise=0.0))
    assert model.shown == ("logistic_glm", model.baseline)
    world = make_world(model_noise=2.0)
    rule = np.tile(world.labels.mean(axis=0), (60, 1))
    made = looked(replace(world, scores={**world.scores, "year_count": rule}))
    assert made.champion == made.baseline == "year_count"
    assert made.shown == ("year_count", made.chosen.best_candidate.name)


def test_rows_of_both_trials_have_their_observer(looked) -> None:
    made = looked(make_cases())
    for trial, dates in ((made.tests, 48), (made.lockbox, 12)):
        rows = made.rows(trial, made.champion)
        assert rows["observer"].notna().all()
        assert rows["date"].nunique() == dates


def test_candidates_on_different_rows_are_refused(looked) -> None:
    world = make_world()
    table = world.table

    def short(names, *, is_lockbox: bool):
        made = table(names, is_lockbox=is_lockbox)
        return made.slice(1) if not is_lockbox else made

    world.table = short
    with pytest.raises(DataError, match="not scored on the same units"):
        looked(world)
