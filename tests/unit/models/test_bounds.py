from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from civic_ai.models.bounds import with_bounds
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.models.intervals import Forecasts, conformal_bounds, size_groups
from civic_ai.models.rows import PanelRows, read_rows
from civic_ai.models.table import Scored
from civic_ai.panel.split import make_splits
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import HORIZON, Pilot, make_pilot, simulate, steps_ahead

VALIDATION = {"splits": 3, "test_days": 70, "lockbox_days": 70}


def pilot_of(blobs: Blobs, frame: pd.DataFrame, kind: str = "count") -> Pilot:
    return make_pilot(
        blobs, frame, kind=kind, validation=VALIDATION, models={"candidates": [CANDIDATE[kind]]}
    )


CANDIDATE = {"count": "poisson_glm", "event": "logistic_glm"}


def two_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Every second unit asks for trees, and trees are wilder than the model can know."""
    made = frame.assign(type=np.where(frame["unit"].str[-1].astype(int) % 2, "tree", "hole"))
    wild = (made["type"] == "tree") & (np.random.default_rng(0).random(len(made)) < 0.3)
    return made.assign(label=np.where(wild, made["label"] * 3, made["label"]))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pilot, Predictions, pd.DataFrame, pd.DataFrame]:
    pilot = pilot_of(Blobs(tmp_path_factory.mktemp("b")), two_types(simulate(units=60, dates=110)))
    policy = Policy(policy="test", version="1", gates=())
    predictions = fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)
    pilot.blobs.put_record(predictions)
    lockbox = score_lockbox(pilot.spec, predictions, ["poisson_glm", "year_count"], pilot.blobs)
    tables = [pilot.blobs.table(blob).to_pandas() for blob in (predictions.blob, lockbox.blob)]
    return pilot, predictions, *tables


def test_the_first_split_only_teaches_and_everything_after_has_bounds(
    world: tuple[Pilot, Predictions, pd.DataFrame, pd.DataFrame],
) -> None:
    _, predictions, tests, lockbox = world
    first = tests["split"] == "1"
    assert tests.loc[first, ["lower", "upper"]].isna().all(axis=None)
    assert tests.loc[~first, ["lower", "upper"]].notna().all(axis=None)
    assert lockbox[["lower", "upper"]].notna().all(axis=None)
    assert predictions.interval_level == 0.9


def test_intervals_hold_their_level_in_each_type(
    world: tuple[Pilot, Predictions, pd.DataFrame, pd.DataFrame],
) -> None:
    _, _, tests, lockbox = world
    both = pd.concat([tests[tests["split"] != "1"], lockbox])
    own = both[both["candidate"] == "poisson_glm"].astype({"unit": str})
    held = own["label"].between(own["lower"], own["upper"])
    by_type = held.groupby(own["unit"].str[-1].astype(int) % 2).mean()
    assert by_type.min() >= 0.86
    width = (own["upper"] - own["lower"]).groupby(own["unit"].str[-1].astype(int) % 2).mean()
    assert width[1] > 1.2 * width[0], "the wilder type has the wider intervals"


def test_bounds_are_those_of_the_conformal_functions_on_the_candidates_own_past(blobs: Blobs) -> None:
    frame = simulate(units=12, dates=110)
    pilot = pilot_of(blobs, frame)
    rows = read_rows(pilot.panel, blobs)
    splits = make_splits(pilot.spec)
    rng = np.random.default_rng(4)
    scored = [Scored("one", split, rng.gamma(2.0, 1.0, len(rows.of(split)))) for split in splits]
    mean = np.concatenate([each.scores for each in scored])
    positions = np.concatenate([rows.of(split) for split in splits])
    as_of = rows.as_of[positions]
    by_hand = conformal_bounds(
        Forecasts(as_of, as_of + HORIZON, size_groups(mean, scored[0].scores), mean, rows.label[positions]),
        level=0.8,
        first=np.datetime64(splits[1].test_dates[0]),
    )
    made = with_bounds(scored[::-1], rows, 0.8)
    upper = np.concatenate([each.columns["upper"] for each in made])
    np.testing.assert_array_equal(upper, by_hand.upper)


def test_later_labels_move_no_earlier_bound(blobs: Blobs) -> None:
    frame = simulate(units=12, dates=110)
    rows = read_rows(pilot_of(blobs, frame).panel, blobs)
    splits = make_splits(pilot_of(blobs, frame).spec)
    cut = splits[2].test_dates[4]
    late = frame["as_of"] > cut - timedelta(days=HORIZON)
    poisoned = read_rows(pilot_of(blobs, frame.assign(label=frame["label"] + 500.0 * late)).panel, blobs)
    bounds = [upper_by_date(each, splits) for each in (rows, poisoned)]
    same = bounds[0]["as_of"] <= np.datetime64(cut)
    np.testing.assert_array_equal(bounds[0]["upper"][same], bounds[1]["upper"][same])
    assert (bounds[0]["upper"][~same] != bounds[1]["upper"][~same]).any()


def upper_by_date(rows: PanelRows, splits: tuple) -> pd.DataFrame:
    scored = [Scored("one", split, np.full(len(rows.of(split)), 2.0)) for split in splits]
    made = with_bounds(scored, rows, 0.9)
    positions = np.concatenate([rows.of(each.split) for each in made])
    upper = np.concatenate([each.columns["upper"] for each in made])
    return pd.DataFrame({"as_of": rows.as_of[positions], "upper": upper}).dropna()


def test_steps_mature_later_and_near_and_far_are_kept_apart(blobs: Blobs) -> None:
    frame = steps_ahead(simulate(units=10, dates=110), 4)
    wild = (frame["step"] >= 2) & (np.random.default_rng(2).random(len(frame)) < 0.3)
    frame["label"] = np.where(wild, frame["label"] * 5, frame["label"])
    rows = read_rows(pilot_of(blobs, frame).panel, blobs)
    splits = make_splits(pilot_of(blobs, frame).spec)
    scored = [Scored("one", split, np.full(len(rows.of(split)), 0.5)) for split in splits]
    made = with_bounds(scored, rows, 0.9)[-1]
    step = rows.frame["step"].to_numpy()[rows.of(splits[-1])]
    width = made.columns["upper"] - made.columns["lower"]
    assert width[step >= 2].mean() > 1.5 * width[step < 2].mean()


def test_events_have_no_bounds_and_nor_has_a_run_without_a_level(blobs: Blobs) -> None:
    rows = read_rows(pilot_of(blobs, simulate(kind="event", units=8, dates=70), "event").panel, blobs)
    splits = make_splits(pilot_of(blobs, simulate(units=8, dates=70)).spec)
    scored = [Scored("one", split, np.full(len(rows.of(split)), 0.3)) for split in splits]
    assert with_bounds(scored, rows, 0.9) == scored
    counts = read_rows(pilot_of(blobs, simulate(units=8, dates=70)).panel, blobs)
    assert with_bounds(scored, counts, None) == scored
