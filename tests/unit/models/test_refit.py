"""The same candidate fitted again: other seeds, without a stretch of the past, on shuffled outcomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from joblib import parallel_config

from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.refit import Again
from civic_ai.models.rows import read_rows
from civic_ai.panel.split import make_splits
from civic_ai.records.predictions import LabelKind
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import log_linear, make_pilot, simulate
from tests.unit.models.waiting import make_waiting_pilot, simulate_waits


def again(folder: Path, name: str = "lightgbm", kind: LabelKind = "count") -> Again:
    pilot = make_pilot(Blobs(folder), simulate(log_linear, kind=kind), kind=kind)
    rows = read_rows(pilot.panel, pilot.blobs)
    return Again(CANDIDATES[name], rows, make_splits(pilot.spec)[-1], CANDIDATES[name].settings)


def trees_of(model: object) -> int:
    return int(model.booster.num_trees())  # type: ignore[attr-defined]


def scores(made: Again, model: object) -> np.ndarray:
    return np.asarray(model.score(made.rows.frame))  # type: ignore[attr-defined]


def test_seeds_change_trees_and_repeat(tmp_path: Path) -> None:
    made = again(tmp_path)
    one, same, other = (scores(made, model) for model in made.with_seeds([1, 1, 2]))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", ["lightgbm", "lightgbm_tweedie"])
def test_what_training_found_is_not_searched_again(tmp_path: Path, name: str) -> None:
    """With the settings of a trained model, the same rows and seed make the same bytes."""
    made = again(tmp_path, name)
    (found,) = made.with_seeds([1])
    held = replace(made, settings=found.model.settings)
    (same,) = held.with_seeds([1])
    assert same.to_bytes() == found.to_bytes()
    for model in [same, *held.with_seeds([2]), *held.without_stretches(2, seed=1)]:
        assert model.model.settings == found.model.settings
    fewer = replace(made, settings={**found.model.settings, "rounds": 3})
    assert [trees_of(model) for model in fewer.without_stretches(2, seed=1)] == [3, 3]


def test_shuffled_outcomes_find_their_own_rounds(tmp_path: Path) -> None:
    made = again(tmp_path)
    (found,) = made.with_seeds([1])
    held = replace(made, settings={**found.model.settings, "rounds": 777})
    shuffled = held.on_shuffled_outcomes(1)
    assert shuffled.model.settings["rounds"] == trees_of(shuffled) != 777


def test_rounds_of_durations_are_told_and_held(tmp_path: Path) -> None:
    pilot = make_waiting_pilot(Blobs(tmp_path), simulate_waits())
    rows = read_rows(pilot.panel, pilot.blobs)
    hazard = CANDIDATES["lightgbm_hazard"]
    made = Again(hazard, rows, make_splits(pilot.spec)[-1], hazard.settings)
    (found,) = made.with_seeds([1])
    assert found.model.settings["rounds"] == trees_of(found)
    (same,) = replace(made, settings=found.model.settings).with_seeds([1])
    assert same.to_bytes() == found.to_bytes()
    (fewer,) = replace(made, settings={**found.model.settings, "rounds": 2}).with_seeds([1])
    assert trees_of(fewer) == 2


@pytest.mark.parametrize("name", ["lightgbm", "lightgbm_tweedie", "logistic_glm", "poisson_glm"])
def test_by_chance_says_whether_another_seed_gives_another_model(tmp_path: Path, name: str) -> None:
    made = again(tmp_path, name, "event" if name == "logistic_glm" else "count")
    one, other = (model.to_bytes() for model in made.with_seeds([1, 2]))
    assert (one != other) == made.candidate.by_chance


def test_a_stretch_left_out_is_not_seen(tmp_path: Path) -> None:
    """A GLM without seeds: it is what it would be had the stretch never been handed over."""
    made = again(tmp_path, "poisson_glm")
    dates = np.array(made.split.training_dates, dtype="datetime64[D]")
    first = np.isin(made.rows.as_of, np.array_split(dates, 3)[0])
    models = made.without_stretches(3, seed=1)
    changed = made.rows.frame.copy()
    changed.loc[first, ["label", "requests_28d"]] = 99.0
    rows = type(made.rows)(changed, made.rows.panel, made.rows.blobs)
    poisoned = replace(made, rows=rows).without_stretches(3, seed=1)
    np.testing.assert_array_equal(scores(made, models[0]), scores(made, poisoned[0]))
    assert not np.array_equal(scores(made, models[1]), scores(made, poisoned[1]))
    assert len(models) == 3


def test_shuffled_outcomes_teach_nothing(tmp_path: Path) -> None:
    made = again(tmp_path, "poisson_glm")
    (real,) = made.with_seeds([1])
    shuffled = made.on_shuffled_outcomes(1)
    frame = made.rows.frame
    spread = [np.log(model.score(frame)).std() for model in (real, shuffled)]
    assert spread[1] < 0.3 * spread[0]
    assert shuffled.score(frame).mean() == pytest.approx(real.score(frame).mean(), rel=0.1)


def test_the_frame_is_not_changed(tmp_path: Path) -> None:
    made = again(tmp_path, "poisson_glm")
    before = made.rows.frame.copy()
    made.on_shuffled_outcomes(1)
    made.without_stretches(2, seed=1)
    assert made.rows.frame.equals(before)


def test_durations_are_shuffled_with_whether_they_ended(tmp_path: Path) -> None:
    pilot = make_waiting_pilot(Blobs(tmp_path), simulate_waits())
    rows = read_rows(pilot.panel, pilot.blobs)
    hazard = CANDIDATES["lightgbm_hazard"]
    made = Again(hazard, rows, make_splits(pilot.spec)[-1], hazard.settings)
    assert np.isfinite(made.on_shuffled_outcomes(3).score(rows.frame)).all()
    assert len(made.without_stretches(2, seed=1)) == 2


def test_another_engine_never_gets_changed_rows(tmp_path: Path) -> None:
    """Rows pickle as their address: sent elsewhere, the fit would see what was left out."""
    made = again(tmp_path, "poisson_glm")
    here = scores(made, made.without_stretches(3, seed=1)[0])
    with parallel_config("loky"):
        there = scores(made, made.without_stretches(3, seed=1)[0])
    np.testing.assert_array_equal(here, there)
