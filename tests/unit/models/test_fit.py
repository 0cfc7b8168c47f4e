from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.models.baselines import BY_QUESTION
from civic_ai.models.bundle import open_bundle
from civic_ai.models.fit import LockboxScores, fit_candidates, score_lockbox
from civic_ai.panel.split import make_splits
from civic_ai.records.policy import Limits, Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import fit_on
from tests.unit.models.simulated import HORIZON, Pilot, make_pilot, put_panel, simulate, steps_ahead

BASELINES = [baseline.name for baseline in BY_QUESTION["ranking"]]
COLUMNS = [
    *("unit", "as_of", "step", "split", "candidate", "score", "lower", "upper", "label"),
    "scale",
]


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    frame = simulate(units=25, dates=60)
    late = frame["as_of"] > max(frame["as_of"]) - timedelta(days=HORIZON)
    frame.loc[late, "label"] = np.nan
    return make_pilot(Blobs(tmp_path_factory.mktemp("fit")), frame)


@pytest.fixture(scope="module")
def predictions(pilot: Pilot, policy: Policy) -> Predictions:
    made = fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)
    pilot.blobs.put_record(made)
    return made


@pytest.fixture(scope="module")
def table(pilot: Pilot, predictions: Predictions) -> pa.Table:
    return pilot.blobs.table(predictions.blob)


@pytest.fixture(scope="module")
def lockbox(pilot: Pilot, predictions: Predictions) -> LockboxScores:
    names = ["lightgbm", "poisson_glm", "year_count"]
    return score_lockbox(pilot.spec, predictions, names, pilot.blobs)


def test_columns_and_types_are_those_that_evaluation_reads(table: pa.Table) -> None:
    assert table.column_names == COLUMNS
    assert table.schema.field("unit").type == pa.dictionary(pa.int32(), pa.string())
    assert table.schema.field("as_of").type == pa.date32()
    assert table.schema.field("split").type == table.schema.field("candidate").type == pa.string()
    assert table.schema.field("step").type == pa.int16()
    assert {table.schema.field(name).type for name in COLUMNS[5:]} == {pa.float64()}


def test_rows_stand_by_candidate_split_date_and_unit(table: pa.Table) -> None:
    keys = [(row["candidate"], row["split"], row["as_of"], row["unit"]) for row in table.to_pylist()]
    assert all(one < two for one, two in pairwise(keys))


def test_every_rule_and_candidate_scores_every_test_row_once(table: pa.Table, pilot: Pilot) -> None:
    frame = table.to_pandas()
    names = {*BASELINES, *pilot.spec.models.candidates}
    assert set(frame["candidate"]) == names
    per_split = frame.groupby(["candidate", "split"], observed=True).size()
    assert len(per_split) == 2 * len(names)
    assert set(per_split) == {25 * 10}
    assert np.isfinite(frame["score"]).all()
    assert (frame["score"] >= 0).all()


def test_rules_run_though_the_spec_names_none(blobs: Blobs, policy: Policy) -> None:
    models = {"baselines": [], "candidates": ["poisson_glm"]}
    pilot = make_pilot(blobs, simulate(units=10, dates=50), models=models)
    made = fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    assert [each.name for each in made.candidates] == [*BASELINES, "poisson_glm"]


def test_labels_come_from_the_panel(table: pa.Table, pilot: Pilot) -> None:
    panel = pilot.blobs.table(pilot.panel.blob).to_pandas().set_index(["unit", "as_of"])["label"]
    scored = table.to_pandas()
    expected = panel.loc[list(zip(scored["unit"], scored["as_of"], strict=True))].to_numpy()
    np.testing.assert_array_equal(scored["label"].to_numpy(), expected)


def test_scores_are_those_of_the_models_of_each_split(table: pa.Table, pilot: Pilot) -> None:
    for name in pilot.spec.models.candidates:
        fit = fit_on(pilot, name)
        for scorer, training in list(zip(fit.scorers, fit.trainings, strict=True))[:-1]:
            wanted = table.to_pandas().query("candidate == @name and split == @training.split.name")
            rows = fit.rows.frame.iloc[fit.rows.of(training.split)]
            assert wanted["score"].to_numpy().tobytes() == scorer.score(rows).tobytes()


def test_the_lockbox_is_described_but_not_scored(predictions: Predictions, table: pa.Table) -> None:
    assert [split.name for split in predictions.splits] == ["1", "2", "lockbox"]
    assert [split.is_lockbox for split in predictions.splits] == [False, False, True]
    assert set(table["split"].to_pylist()) == {"1", "2"}
    assert predictions.rows == table.num_rows
    assert table["as_of"].to_pandas().max() < predictions.splits[-1].test.first


def test_split_records_count_what_was_learned_from(predictions: Predictions, pilot: Pilot) -> None:
    panel = pilot.blobs.table(pilot.panel.blob).to_pandas()
    for split in predictions.splits:
        learned = panel[[str(day + timedelta(days=HORIZON)) <= split.cutoff for day in panel["as_of"]]]
        assert split.training_rows == len(learned)
        assert split.training_events == learned["label"].sum()
        assert split.training.last == max(learned["as_of"])
        assert str(split.test.first) == split.cutoff
        assert split.test_rows == 250


def test_the_record_names_its_panel_and_survives_its_own_json(predictions: Predictions, pilot: Pilot) -> None:
    assert predictions.panel == pilot.panel.digest
    assert Predictions.model_validate_json(predictions.to_json()) == predictions
    simplicity = {each.name: each.simplicity for each in predictions.candidates}
    assert sorted(simplicity, key=simplicity.__getitem__) == [*BASELINES, "poisson_glm", "lightgbm"]


def test_same_panel_same_digest_in_another_store(
    pilot: Pilot, predictions: Predictions, policy: Policy, blobs: Blobs
) -> None:
    blobs.put(pilot.blobs.get(pilot.panel.blob))
    assert fit_candidates(pilot.spec, pilot.panel, policy, blobs).digest == predictions.digest


def test_lockbox_holds_the_named_ones_on_the_last_period(
    lockbox: LockboxScores, predictions: Predictions, pilot: Pilot
) -> None:
    scored = pilot.blobs.table(lockbox.blob)
    assert scored.column_names == COLUMNS
    frame = scored.to_pandas()
    assert sorted(set(frame["candidate"])) == ["lightgbm", "poisson_glm", "year_count"]
    assert set(frame["split"]) == {"lockbox"}
    assert frame["as_of"].min() == predictions.splits[-1].test.first
    assert frame["label"].isna().sum() == 3 * 25 * 2, "the last two dates have not matured"


def test_rules_and_models_get_a_bundle_and_it_made_the_lockbox_scores(
    lockbox: LockboxScores, pilot: Pilot
) -> None:
    assert set(lockbox.bundles) == {"lightgbm", "poisson_glm", "year_count"}
    scored = pilot.blobs.table(lockbox.blob).to_pandas()
    panel = pilot.blobs.table(pilot.panel.blob).to_pandas()
    for name, digest in lockbox.bundles.items():
        wanted = scored[scored["candidate"] == name]
        rows = wanted[["unit", "as_of"]].astype({"unit": str}).merge(panel, on=["unit", "as_of"], how="left")
        scorer = open_bundle(digest, pilot.blobs)
        assert scorer.score(rows).tobytes() == wanted["score"].to_numpy().tobytes()


def test_the_bundle_says_how_few_rows_stand_behind_a_leaf(lockbox: LockboxScores, pilot: Pilot) -> None:
    fit = fit_on(pilot, "lightgbm")
    expected = fit.last.smallest_cell(fit.trainings[-1].frame)
    assert open_bundle(lockbox.bundles["lightgbm"], pilot.blobs).model.smallest_cell == expected > 0


def test_looking_at_fewer_does_not_change_what_is_seen(
    lockbox: LockboxScores, predictions: Predictions, pilot: Pilot
) -> None:
    alone = score_lockbox(pilot.spec, predictions, ["lightgbm"], pilot.blobs)
    assert alone.bundles["lightgbm"] == lockbox.bundles["lightgbm"]
    both = pilot.blobs.table(lockbox.blob).to_pandas()
    pd.testing.assert_frame_equal(
        pilot.blobs.table(alone.blob).to_pandas(),
        both[both["candidate"] == "lightgbm"].reset_index(drop=True),
    )


def test_a_rule_alone_can_look_into_the_lockbox(predictions: Predictions, pilot: Pilot) -> None:
    seen = score_lockbox(pilot.spec, predictions, ["recent_count"], pilot.blobs)
    assert open_bundle(seen.bundles["recent_count"], pilot.blobs).candidate == "recent_count"
    assert pilot.blobs.table(seen.blob).num_rows == 250


def test_too_few_events_stop_before_any_fit(pilot: Pilot) -> None:
    policy = Policy(policy="strict", version="1", gates=(), limits=Limits(training_events=100_000))
    with pytest.raises(
        DataError, match=r"split 1 has \d+ events in \d+ training rows; the policy asks for 100000"
    ):
        fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)


def test_a_candidate_of_the_wrong_kind_stops_the_run(blobs: Blobs, policy: Policy) -> None:
    pilot = make_pilot(blobs, simulate(units=10, dates=50), models={"candidates": ["logistic_glm"]})
    with pytest.raises(ConfigError, match="logistic_glm cannot predict a label of kind count"):
        fit_candidates(pilot.spec, pilot.panel, policy, blobs)


def test_demand_is_told_for_each_step_and_type_and_bounded(blobs: Blobs, policy: Policy) -> None:
    frame = steps_ahead(simulate(units=10, dates=90), 3)
    frame["type"] = np.where(frame["unit"].str[-1].astype(int) % 2, "tree", "hole")
    pilot = make_pilot(
        blobs,
        frame,
        capacity={"who": "crews"},
        objective="mean_poisson_deviance",
        models={"candidates": ["poisson_glm", "lightgbm", "lightgbm_tweedie"]},
    )
    assert pilot.panel.question == "demand"
    made = fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    blobs.put_record(made)
    table = blobs.table(made.blob).to_pandas()
    assert set(table["step"]) == {0, 1, 2}
    assert set(table["candidate"]) == {*BASELINES, "poisson_glm", "lightgbm", "lightgbm_tweedie"}
    later = table[table["split"] != "1"]
    assert later[["lower", "upper"]].notna().all(axis=None)
    lockbox = score_lockbox(pilot.spec, made, ["lightgbm_tweedie", "last_value"], blobs)
    opened = blobs.table(lockbox.blob).to_pandas()
    assert opened["upper"].notna().all()
    assert open_bundle(lockbox.bundles["lightgbm_tweedie"], blobs).model.settings["objective"] == "tweedie"


def test_cases_are_tried_against_arrival_and_rates(blobs: Blobs, policy: Policy) -> None:
    frame = simulate(kind="event", units=20, dates=60)
    frame = frame.drop(columns=[name for name in frame if name.startswith("baseline_")]).assign(
        baseline_arrival=np.arange(len(frame)) % 20.0,
        baseline_group_rate=0.3,
        due_in_days=np.arange(len(frame)) % 7.0,
    )
    unit = {"name": "request", "from": "requests", "case": ["request_id"]}
    pilot = make_pilot(blobs, frame, kind="event", unit=unit)
    assert pilot.panel.question == "cases"
    made = fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    names = [each.name for each in made.candidates]
    assert names == ["arrival_order", "group_rate", "logistic_glm", "lightgbm"]
    table = blobs.table(made.blob).to_pandas()
    assert table["lower"].isna().all(), "one event has no interval"
    own = table[table["candidate"] == "arrival_order"]
    first = own[own["as_of"] == own["as_of"].min()]
    assert first["score"].is_monotonic_decreasing
    assert table["due_in_days"].notna().all()


def test_lockbox_bounds_learn_from_the_tests(lockbox: LockboxScores, pilot: Pilot) -> None:
    opened = pilot.blobs.table(lockbox.blob).to_pandas()
    assert opened[["lower", "upper"]].notna().all(axis=None)
    assert (opened["upper"] > opened["lower"]).any()


def test_time_is_split_by_the_declared_dates_and_not_by_those_with_rows(
    policy: Policy, tmp_path: Path
) -> None:
    """Nobody on the last lists: the test periods stay those that `civic-ai check` told."""
    whole = simulate(units=8, dates=60)
    spec = make_pilot(Blobs(tmp_path / "whole"), whole).spec
    last = sorted(set(whole["as_of"]))[-3:]
    blobs = Blobs(tmp_path / "thin")
    thin = put_panel(blobs, whole[~whole["as_of"].isin(last)], "count", spec)
    made = fit_candidates(spec, thin, policy, blobs)
    told = [(split.name, split.test_dates[-1]) for split in make_splits(spec, spec.as_of.dates)]
    assert [(split.name, split.test.last) for split in made.splits] == told
