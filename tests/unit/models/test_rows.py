from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from civic_ai.core.errors import DataError
from civic_ai.models.rows import PanelRows, Training, read_rows, refuse_few_events, training_of
from civic_ai.panel.split import Split, make_splits
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import FAMILIES, HORIZON, make_pilot, simulate, steps_ahead


def rows_of(blobs: Blobs, **changes: float | None) -> PanelRows:
    frame = simulate(units=10, dates=40)
    for column, value in changes.items():
        frame[column] = value
    return read_rows(make_pilot(blobs, frame).panel, blobs)


def splits_of(rows: PanelRows, blobs: Blobs) -> tuple[Split, ...]:
    return make_splits(make_pilot(blobs, simulate(units=10, dates=40)).spec)


def test_rows_stand_in_one_order_whatever_the_blob_has(blobs: Blobs) -> None:
    frame = simulate(units=7, dates=30)
    shuffled = frame.sample(frac=1.0, random_state=3)
    first, second = (read_rows(make_pilot(blobs, each).panel, blobs) for each in (frame, shuffled))
    assert first.frame.equals(second.frame)
    assert list(first.frame["unit"].iloc[:3]) == ["u000", "u001", "u002"]


def test_candidates_never_see_the_baseline_columns_or_the_label(blobs: Blobs) -> None:
    rows = rows_of(blobs)
    assert rows.names == tuple(FAMILIES)
    assert rows.matrix.shape == (400, len(FAMILIES))


def test_every_training_label_had_matured_by_the_cutoff(blobs: Blobs) -> None:
    rows = rows_of(blobs)
    for split in splits_of(rows, blobs):
        training = training_of(rows, split)
        latest = training.as_of.max().item()
        assert latest + timedelta(days=HORIZON) <= split.cutoff
        assert latest + timedelta(days=HORIZON + 7) > split.cutoff, "no matured date is left out"
        assert not set(training.positions) & set(rows.of(split))


def test_a_split_that_lies_about_its_training_dates_still_gets_no_unmatured_row(blobs: Blobs) -> None:
    rows = rows_of(blobs)
    honest = splits_of(rows, blobs)[0]
    every_day = tuple(day.item() for day in np.unique(rows.as_of))
    training = training_of(rows, Split("1", every_day, honest.test_dates, honest.cutoff))
    assert training.as_of.max().item() <= honest.cutoff - timedelta(days=HORIZON)


def test_rows_whose_label_is_not_known_teach_nothing(blobs: Blobs) -> None:
    frame = simulate(units=10, dates=40)
    frame.loc[frame["unit"] == "u003", "label"] = np.nan
    rows = read_rows(make_pilot(blobs, frame).panel, blobs)
    training = training_of(rows, splits_of(rows, blobs)[-1])
    taught = set(rows.frame["unit"].iloc[training.positions])
    assert "u003" not in taught
    assert len(taught) == 9


def test_events_of_counts_are_all_that_was_counted(blobs: Blobs) -> None:
    rows = rows_of(blobs)
    training = training_of(rows, splits_of(rows, blobs)[0])
    labels = rows.frame["label"].iloc[training.positions]
    assert training.events == labels.sum() > (labels > 0).sum()


def test_which_features_vary_is_told_from_the_training_rows_alone(blobs: Blobs) -> None:
    frame = simulate(units=10, dates=40)
    early = frame["as_of"] < date(2020, 6, 1)
    frame.loc[early, "rain_7d"] = 1.0
    frame["road_age"] = np.nan
    frame.loc[frame.index % 2 == 0, "season_sin"] = np.nan
    frame.loc[frame.index % 2 == 1, "season_sin"] = 4.0
    rows = read_rows(make_pilot(blobs, frame).panel, blobs)
    first, *_, last = (training_of(rows, split).varying for split in splits_of(rows, blobs))
    assert dict(zip(rows.names, first, strict=True)) == {
        "requests_28d": True,
        "requests_364d": True,
        "neighbours_28d": True,
        "season_sin": True,
        "rain_7d": False,
        "road_age": False,
    }
    assert last[list(FAMILIES).index("rain_7d")]


def test_features_that_never_vary_are_refused_with_their_number(blobs: Blobs) -> None:
    rows = rows_of(blobs, **dict.fromkeys(FAMILIES, 1.0))
    with pytest.raises(DataError, match="none of the 6 features varies in the 90 training rows of split 1"):
        training_of(rows, splits_of(rows, blobs)[0])


def test_too_few_events_for_the_policy_is_refused(blobs: Blobs) -> None:
    rows = rows_of(blobs)
    training: Training = training_of(rows, splits_of(rows, blobs)[0])
    refuse_few_events(training, training.events)
    with pytest.raises(DataError) as refused:
        refuse_few_events(training, training.events + 1)
    assert f"split 1 has {training.events} events in 90 training rows" in str(refused.value)
    assert f"the policy asks for {training.events + 1}" in str(refused.value)


def test_no_event_at_all_is_too_few(blobs: Blobs) -> None:
    rows = rows_of(blobs, label=0.0)
    with pytest.raises(DataError, match="split 1 has 0 events in 90 training rows"):
        refuse_few_events(training_of(rows, splits_of(rows, blobs)[0]), 1)


def test_a_row_matures_when_its_own_step_has_passed(blobs: Blobs) -> None:
    frame = steps_ahead(simulate(units=4, dates=60), 4)
    pilot = make_pilot(blobs, frame)
    rows = read_rows(pilot.panel, blobs)
    steps = rows.frame["step"].to_numpy()
    waited = (rows.matured_on - rows.as_of).astype(int)
    np.testing.assert_array_equal(waited, (steps + 1) * HORIZON)
    for split in make_splits(pilot.spec):
        training = training_of(rows, split)
        cutoff = np.datetime64(split.cutoff)
        for step in range(4):
            own = training.as_of[steps[training.positions] == step]
            assert own.max() + (step + 1) * HORIZON <= cutoff
            assert own.max() + (step + 1) * HORIZON + 7 > cutoff, "no matured row is left out"


def test_rows_stand_by_date_step_and_unit(blobs: Blobs) -> None:
    frame = steps_ahead(simulate(units=4, dates=40), 3).sample(frac=1.0, random_state=1)
    rows = read_rows(make_pilot(blobs, frame).panel, blobs)
    keys = rows.frame[["as_of", "step", "unit"]]
    assert keys.equals(keys.sort_values(["as_of", "step", "unit"], ignore_index=True))


def test_types_are_numbered_as_the_panel_lists_them(blobs: Blobs) -> None:
    frame = simulate(units=6, dates=40)
    kind = np.where(frame["unit"].str[-1].astype(int) % 2, "tree", "hole")
    rows = read_rows(make_pilot(blobs, frame.assign(type=kind)).panel, blobs)
    assert rows.panel.types == ("hole", "tree")
    np.testing.assert_array_equal(rows.types, rows.frame["unit"].str[-1].astype(int) % 2)
    plain = read_rows(make_pilot(blobs, frame).panel, blobs)
    assert set(plain.types) == {0}


def test_exposure_is_relative_to_its_geometric_mean_in_the_training_rows(blobs: Blobs) -> None:
    frame = simulate(units=10, dates=40)
    frame["exposure"] = np.exp(np.arange(len(frame)) % 10 - 3.0)
    rows = read_rows(make_pilot(blobs, frame).panel, blobs)
    training = training_of(rows, splits_of(rows, blobs)[0])
    assert training.typical_exposure == pytest.approx(np.exp(1.5))
    assert np.log(training.relative_exposure).mean() == pytest.approx(0.0, abs=1e-12)
    plain = training_of(rows_of(blobs), splits_of(rows, blobs)[0])
    assert plain.typical_exposure is None
    assert set(plain.relative_exposure) == {1.0}


def test_durations_learn_from_all_rows_before_the_cutoff_and_count_what_ended_by_then(blobs: Blobs) -> None:
    frame = simulate(units=10, dates=40)
    rng = np.random.default_rng(0)
    frame["label"] = rng.integers(1, HORIZON + 1, len(frame)).astype(float)
    frame["ended"] = rng.random(len(frame)) < 0.8
    pilot = make_pilot(blobs, frame)
    panel = pilot.panel.model_copy(update={"label_kind": "duration", "question": "durations"})
    rows = read_rows(panel, blobs)
    honest = splits_of(rows, blobs)[0]
    days = tuple(day.item() for day in np.unique(rows.as_of))
    every_day = Split("1", days, honest.test_dates, honest.cutoff)
    training = training_of(rows, every_day)
    assert training.as_of.max().item() == honest.cutoff - timedelta(days=7), "censored rows are kept"
    learned = training.frame
    over = [
        ended and day.date() + timedelta(days=int(label)) <= honest.cutoff
        for day, label, ended in zip(learned["as_of"], learned["label"], learned["ended"], strict=True)
    ]
    assert training.events == sum(over) < learned["ended"].sum()
