from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from civic_ai.models.bundle import open_bundle
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.models.mitigation_groups import UnitGroups
from civic_ai.models.mitigations import AFTER_MODELS, BASE_SCORE, Mitigator, bases_of, records_of
from civic_ai.models.rows import PanelRows, read_rows, training_of
from civic_ai.models.table import Scored
from civic_ai.panel.split import make_splits
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import HORIZON, Pilot, make_pilot, simulate

UNITS, CAPACITY = 24, 5
METHODS: dict[str, dict[str, Any]] = {
    "by_past": {"of": "logistic_glm", "method": "recall_parity", "attribute": "income"},
    "by_score": {"of": "logistic_glm", "method": "recall_parity_label_free", "attribute": "income"},
    "floors": {"of": "logistic_glm", "method": "district_floor", "floor": 0.8},
}


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third unit is of group 1; districts are blocks of 8 units."""
    monkeypatch.setattr(UnitGroups, "group", lambda *_: (np.arange(UNITS) % 3 == 0).astype(np.int64))
    monkeypatch.setattr(UnitGroups, "district", np.repeat(np.arange(3), UNITS // 3))


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    frame = simulate(kind="event", units=UNITS, dates=60)
    models = {"candidates": ["logistic_glm"], "mitigations": METHODS}
    made = make_pilot(Blobs(tmp_path_factory.mktemp("mitigated")), frame, kind="event", models=models)
    units = pd.DataFrame({"unit": sorted(set(frame["unit"])), "area": None, "type": None})
    panel = made.panel.model_copy(
        update={"units_blob": made.blobs.put_table(pa.Table.from_pandas(units, preserve_index=False))}
    )
    made.blobs.put_record(panel)
    return replace(made, panel=panel)


def changed(pilot: Pilot, rows: PanelRows) -> dict[tuple[str, str], Scored]:
    """Every mitigation of made-up scores of the test splits, by name and split."""
    splits = make_splits(pilot.spec)
    base = []
    for split in splits:
        at = rows.of(split)
        rng = np.random.default_rng(len(split.name))
        base.append(Scored("logistic_glm", split, rng.permutation(np.linspace(0.1, 0.9, len(at)))))
    trainings = [training_of(rows, split) for split in splits]
    return {
        (one.candidate, one.split.name): one for one in Mitigator(pilot.spec, rows).change(base, trainings)
    }


def test_every_list_keeps_its_scores_and_its_capacity(pilot: Pilot) -> None:
    rows = read_rows(pilot.panel, pilot.blobs)
    made = changed(pilot, rows)
    assert {name for name, _ in made} == set(METHODS)
    for one in made.values():
        as_of = rows.as_of[rows.of(one.split)]
        for day in np.unique(as_of):
            before, after = one.columns[BASE_SCORE][as_of == day], one.scores[as_of == day]
            assert np.sort(after) == pytest.approx(np.sort(before), abs=1e-14)
            assert (after >= np.sort(after)[-CAPACITY]).sum() == CAPACITY


def test_the_first_lists_stand_as_they_are_until_an_outcome_is_known(pilot: Pilot) -> None:
    rows = read_rows(pilot.panel, pilot.blobs)
    one = changed(pilot, rows)["by_past", "1"]
    as_of = rows.as_of[rows.of(one.split)]
    differs = {
        day: bool((one.scores != one.columns[BASE_SCORE])[as_of == day].any()) for day in np.unique(as_of)
    }
    first_known = as_of.min() + np.timedelta64(HORIZON, "D")
    assert not any(different for day, different in differs.items() if day < first_known)
    assert any(different for day, different in differs.items() if day >= first_known)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_labels_that_were_not_known_change_nothing(pilot: Pilot, name: str) -> None:
    """The law of METHODS 2.4, list by list: poison every label that had not matured on the as-of date."""
    rows = read_rows(pilot.panel, pilot.blobs)
    honest = changed(pilot, rows)[name, "2"]
    at = rows.of(honest.split)
    for day in np.unique(rows.as_of[at])[[0, 4, 9]]:
        frame = rows.frame.copy()
        frame.loc[rows.matured_on > day, "label"] = 1.0 - frame["label"]
        poisoned = changed(pilot, PanelRows(frame, rows.panel, rows.blobs))[name, "2"]
        on_day = rows.as_of[at] == day
        assert (poisoned.scores[on_day] == honest.scores[on_day]).all()


@pytest.mark.parametrize("name", ["by_past", "floors"])
def test_labels_that_were_known_matter(pilot: Pilot, name: str) -> None:
    rows = read_rows(pilot.panel, pilot.blobs)
    honest = changed(pilot, rows)[name, "2"]
    frame = rows.frame.copy()
    group = rows.frame["unit"].str.slice(1).astype(int).to_numpy()
    frame["label"] = ((group % 3 == 0) if name == "by_past" else (group >= 16)).astype(float)
    other = changed(pilot, PanelRows(frame, rows.panel, rows.blobs))[name, "2"]
    assert (other.scores != honest.scores).any()


def test_floors_are_kept_in_every_list(pilot: Pilot) -> None:
    rows = read_rows(pilot.panel, pilot.blobs)
    frame = rows.frame.copy()
    unit = frame["unit"].str.slice(1).astype(int).to_numpy()
    frame["label"] = (unit >= 16).astype(float)  # all need lies in district 2: its floor is 4 of 5
    one = changed(pilot, PanelRows(frame, rows.panel, rows.blobs))["floors", "2"]
    at = rows.of(one.split)
    for day in np.unique(rows.as_of[at]):
        chosen = at[(rows.as_of[at] == day)][np.argsort(-one.scores[rows.as_of[at] == day])[:CAPACITY]]
        assert (unit[chosen] >= 16).sum() >= 4


def test_a_year_back_and_no_further(pilot: Pilot) -> None:
    rows = read_rows(pilot.panel, pilot.blobs)
    honest = changed(pilot, rows)["floors", "2"]
    at = rows.of(honest.split)
    last = rows.as_of[at].max()
    frame = rows.frame.copy()
    frame.loc[rows.as_of < last - np.timedelta64(364, "D"), "label"] = 1.0
    other = changed(pilot, PanelRows(frame, rows.panel, rows.blobs))["floors", "2"]
    on_day = rows.as_of[at] == last
    assert (other.scores[on_day] == honest.scores[on_day]).all()


def test_mitigations_stand_in_the_predictions_and_come_after_their_candidate(
    pilot: Pilot, policy: Policy
) -> None:
    made = fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)
    pilot.blobs.put_record(made)
    told = {one.name: one for one in made.candidates}
    assert {name for name, one in told.items() if one.mitigates} == set(METHODS)
    assert told["floors"].simplicity == told["logistic_glm"].simplicity + AFTER_MODELS
    assert told["floors"].settings == {
        "method": "district_floor", "of": "logistic_glm", "decides_by_attribute": False, "floor": 0.8,
    }  # fmt: skip
    assert told["by_past"].settings["decides_by_attribute"] is True
    frame = pilot.blobs.table(made.blob).to_pandas()
    base = frame[frame["candidate"] == "logistic_glm"].reset_index(drop=True)
    floors = frame[frame["candidate"] == "floors"].reset_index(drop=True)
    assert (floors[BASE_SCORE] == base["score"]).all()
    assert base[BASE_SCORE].isna().all()

    opened = score_lockbox(pilot.spec, made, ["by_past", "year_count"], pilot.blobs)
    lockbox = pilot.blobs.table(opened.blob).to_pandas()
    assert set(lockbox["candidate"]) == {"by_past", "year_count"}, "the candidate behind it is not looked at"
    model = open_bundle(opened.bundles["by_past"], pilot.blobs)
    assert set(opened.bundles) == {"by_past", "year_count"}
    assert model.candidate == "by_past"
    assert model.model.settings["method"] == "recall_parity"
    rows = read_rows(pilot.panel, pilot.blobs)
    at = rows.of(make_splits(pilot.spec)[-1])
    own = lockbox[lockbox["candidate"] == "by_past"]
    assert own[BASE_SCORE].to_numpy() == pytest.approx(model.score(rows.frame.iloc[at]))


def test_names_and_records_of_what_was_asked(pilot: Pilot) -> None:
    assert bases_of(pilot.spec, ["floors", "year_count"]) == ["floors", "year_count", "logistic_glm"]
    from civic_ai.models.candidates import chosen

    assert [one.name for one in records_of(pilot.spec, chosen(pilot.spec))] == list(METHODS)
