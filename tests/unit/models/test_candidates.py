from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import get_args

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.models.candidates import CANDIDATES, chosen, names_for
from civic_ai.models.fanout import run_all
from civic_ai.models.rows import read_rows, training_of
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import CandidateName, SettingName
from civic_ai.records.predictions import CandidateRecord
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import KINDS, Fitted, fit_on
from tests.unit.models.simulated import (
    FAMILIES,
    HORIZON,
    Pilot,
    crossed,
    log_linear,
    make_pilot,
    mean_poisson_deviance,
    rule_scorer,
    simulate,
)


def test_the_table_has_every_candidate_that_a_spec_may_name() -> None:
    assert set(CANDIDATES) == set(get_args(CandidateName))
    assert all(name == candidate.name for name, candidate in CANDIDATES.items())


def test_linear_models_are_simpler_than_trees() -> None:
    assert CANDIDATES["poisson_glm"].simplicity < CANDIDATES["lightgbm"].simplicity
    assert CANDIDATES["logistic_glm"].simplicity < CANDIDATES["lightgbm"].simplicity


def test_every_kind_of_label_has_its_candidates() -> None:
    assert names_for("count") == ["poisson_glm", "lightgbm", "lightgbm_tweedie", "lightgbm_dask"]
    assert names_for("event") == ["logistic_glm", "lightgbm", "lightgbm_dask"]
    assert names_for("duration") == ["lightgbm_hazard"]


@pytest.mark.parametrize(("name", "kind"), [("logistic_glm", "count"), ("poisson_glm", "event")])
def test_a_likelihood_of_the_other_kind_is_refused_with_what_fits(name: str, kind: str, blobs: Blobs) -> None:
    pilot = make_pilot(blobs, simulate(kind=kind, units=10, dates=40), kind=kind)
    with pytest.raises(ConfigError) as refused:
        fit_on(pilot, name)
    assert f"{name} cannot predict a label of kind {kind}" in str(refused.value)
    assert "Use one of: " + ", ".join(names_for(kind)) in str(refused.value)


@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_the_record_tells_the_settings(name: str) -> None:
    record = CANDIDATES[name].record
    assert CandidateRecord.model_validate_json(record.to_json()) == record
    assert not record.is_baseline
    assert record.settings


@pytest.mark.parametrize("name", KINDS)
def test_the_model_says_what_made_it(name: str, fitted: Mapping[str, Fitted]) -> None:
    model = fitted[name].last.model
    assert model.candidate == name
    assert model.features == tuple(FAMILIES)
    assert (model.horizon_days, model.seed) == (HORIZON, 7)
    assert model.libraries == {library: version(library) for library in CANDIDATES[name].libraries}
    assert model.settings.items() >= CANDIDATES[name].settings.items()


def lockbox_deviance(pilot: Pilot, name: str) -> float:
    fit = fit_on(pilot, name)
    rows = fit.rows.frame.iloc[fit.rows.of(fit.trainings[-1].split)]
    return mean_poisson_deviance(rows["label"].to_numpy(), fit.last.score(rows))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_log_linear_world_the_linear_model_wins(seed: int, blobs: Blobs) -> None:
    pilot = make_pilot(blobs, simulate(log_linear, units=80, dates=90, seed=seed))
    linear, trees = (lockbox_deviance(pilot, name) for name in ("poisson_glm", "lightgbm"))
    assert linear < trees


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_features_act_together_trees_win(seed: int, blobs: Blobs) -> None:
    pilot = make_pilot(blobs, simulate(crossed, units=80, dates=90, seed=seed))
    linear, trees = (lockbox_deviance(pilot, name) for name in ("poisson_glm", "lightgbm"))
    assert trees < 0.6 * linear


def test_where_nothing_can_be_known_no_model_pretends_to(blobs: Blobs) -> None:
    """Pure noise around one level: scores stay near it, whatever the family."""
    frame = simulate(lambda made: np.zeros(len(made)), units=80, dates=90)
    for name in ("poisson_glm", "lightgbm"):
        fit = fit_on(make_pilot(blobs, frame), name)
        score = fit.last.score(fit.rows.frame)
        assert score.mean() == pytest.approx(1.0, abs=0.05)
        assert score.std() < 0.1


def test_a_world_that_is_its_own_year_count_is_won_by_the_rule(blobs: Blobs) -> None:
    """Nothing but the year's count matters: no model may beat the rule by more than noise."""
    frame = simulate(
        lambda made: np.log(made["baseline_year_count"].to_numpy() + 1e-9) - np.log(26), units=80, dates=90
    )
    pilot = make_pilot(blobs, frame)
    fit = fit_on(pilot, "lightgbm")
    rows = fit.rows.frame.iloc[fit.rows.of(fit.trainings[-1].split)]
    rule = np.maximum(rule_scorer("year_count", HORIZON).score(rows), 1e-9)
    assert mean_poisson_deviance(rows["label"].to_numpy(), rule) < lockbox_deviance(pilot, "lightgbm")


def test_a_pilot_tries_its_candidates_in_its_order_with_its_settings(blobs: Blobs) -> None:
    models = {
        "candidates": ["lightgbm", "poisson_glm"],
        "settings": {"lightgbm": {"num_leaves": 7, "learning_rate": 0.2}, "poisson_glm": {"prior_sd": 0.1}},
    }
    pilot = make_pilot(blobs, simulate(units=30, dates=60), models=models)
    trees, linear = chosen(pilot.spec)
    assert (trees.name, linear.name) == ("lightgbm", "poisson_glm")
    assert trees.settings == {**CANDIDATES["lightgbm"].settings, "num_leaves": 7, "learning_rate": 0.2}
    assert CANDIDATES["lightgbm"].settings["num_leaves"] == 31, "ours stay as they are"
    rows = read_rows(pilot.panel, blobs)
    [training] = [training_of(rows, split) for split in make_splits(pilot.spec)[:1]]
    [model] = run_all(trees.plan([training], trees.unfitted(rows, 7)))
    text = model.to_bytes().decode()
    assert "[num_leaves: 7]" in text
    assert "[learning_rate: 0.2]" in text
    assert max(int(count) for count in re.findall(r"num_leaves=(\d+)", text)) <= 7
    [tight] = run_all(linear.plan([training], linear.unfitted(rows, 7)))
    loose = fit_on(make_pilot(blobs, simulate(units=30, dates=60)), "poisson_glm").scorers[0]
    sizes = [np.abs([weight.weight for weight in each.coefficients]).sum() for each in (tight, loose)]  # type: ignore[attr-defined]
    assert sizes[0] < 0.95 * sizes[1], "a tighter prior draws the weights to 0"
    assert tight.model.settings["prior_sd"] == 0.1


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("poisson_glm", "num_leaves", 7.0),
        ("lightgbm", "prior_sd", 1.0),
        ("lightgbm", "num_leaves", 7.5),
        ("lightgbm", "num_leaves", 1.0),
        ("lightgbm", "bagging_fraction", 1.2),
    ],
)
def test_a_setting_that_a_family_does_not_have_or_cannot_take_is_refused(
    name: str, setting: str, value: float
) -> None:
    with pytest.raises(ConfigError, match=f"{name} cannot take {value} as {setting}"):
        CANDIDATES[name].tuned({setting: value})


@pytest.mark.parametrize("setting", get_args(SettingName))
def test_every_setting_that_a_spec_may_name_is_one_of_some_family(setting: str) -> None:
    assert any(setting in candidate.settings for candidate in CANDIDATES.values())
