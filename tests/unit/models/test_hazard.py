from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from civic_ai.core.errors import DataError
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.curve_baselines import CURVES
from civic_ai.models.curves import grid_days
from civic_ai.models.fanout import run_all
from civic_ai.models.hazard import HazardScorer, stopping_stretches
from civic_ai.models.hazard_rows import cut_into_stretches
from civic_ai.models.rows import PanelRows, Training, read_rows, training_of
from civic_ai.panel.split import make_splits
from civic_ai.store.blobs import Blobs

from .simulated import Pilot
from .waiting import HORIZON, MEANS, make_waiting_pilot, simulate_waits, true_mean


def trainings_of(pilot: Pilot) -> list[Training]:
    rows = read_rows(pilot.panel, pilot.blobs)
    return [training_of(rows, split) for split in make_splits(pilot.spec)]


def fit(trainings: list[Training], seed: int = 7) -> list[HazardScorer]:
    candidate = CANDIDATES["lightgbm_hazard"]
    made = run_all(candidate.plan(trainings, candidate.unfitted(trainings[0].rows, seed)))
    assert all(isinstance(scorer, HazardScorer) for scorer in made)
    return made  # type: ignore[return-value]


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    return make_waiting_pilot(Blobs(tmp_path_factory.mktemp("hazard")), simulate_waits(per_date=40))


@pytest.fixture(scope="module")
def trainings(pilot: Pilot) -> list[Training]:
    return trainings_of(pilot)


@pytest.fixture(scope="module")
def scorers(trainings: list[Training]) -> list[HazardScorer]:
    return fit(trainings)


@pytest.fixture(scope="module")
def tested(trainings: list[Training]) -> pd.DataFrame:
    """The lockbox's rows, with the truth."""
    rows = trainings[-1].rows
    frame = rows.frame.iloc[rows.of(trainings[-1].split)]
    truth = simulate_waits(per_date=40).set_index("unit")["wait"]
    return frame.assign(wait=truth.loc[frame["unit"]].to_numpy())


def text(scorer: HazardScorer) -> str:
    return str(scorer.booster.model_to_string())


def test_the_same_data_and_seed_give_the_same_model_bytes(tmp_path: Path) -> None:
    frame = simulate_waits(per_date=20)
    made = [trainings_of(make_waiting_pilot(Blobs(tmp_path / name), frame)) for name in "ab"]
    first = [each.to_bytes() for each in fit(made[0])]
    assert [each.to_bytes() for each in fit(made[1])] == first
    with parallel_config(backend="sequential"):
        assert [each.to_bytes() for each in fit(made[0])] == first
    assert [each.to_bytes() for each in fit(made[0], seed=8)] != first


def test_scores_are_near_the_true_means(scorers: list[HazardScorer], tested: pd.DataFrame) -> None:
    factor = np.where(tested["road_age"] > 0, 3**0.5, 3**-0.5)
    truth = true_mean(MEANS[tested["baseline_group"].astype(int)] * factor)
    score = scorers[-1].score(tested)
    assert np.corrcoef(score, truth)[0, 1] > 0.95
    assert np.abs(score - truth).mean() < 0.2 * truth.std() + 1.0
    assert score.mean() == pytest.approx(truth.mean(), rel=0.06)


def test_it_is_nearer_to_the_truth_than_the_groups_curve(
    scorers: list[HazardScorer], trainings: list[Training], tested: pd.DataFrame
) -> None:
    curve = CURVES[1].fit(trainings[-1])
    capped = np.minimum(tested["wait"], HORIZON).to_numpy()
    errors = [np.mean((each.score(tested) - capped) ** 2) for each in (scorers[-1], curve)]
    assert errors[0] < 0.9 * errors[1]


def test_chances_of_being_done_hold_on_every_day_of_the_grid(
    scorers: list[HazardScorer], tested: pd.DataFrame
) -> None:
    columns = scorers[-1].columns(tested)
    for day in grid_days(HORIZON):
        assert columns[f"open_after_{day}"].mean() == pytest.approx((tested["wait"] > day).mean(), abs=0.05)


def test_curves_fall_and_the_score_is_their_mean(scorers: list[HazardScorer], tested: pd.DataFrame) -> None:
    curves = scorers[-1].curves(tested)
    assert (np.diff(curves.open_after, axis=1) <= 0).all()
    assert ((curves.open_after > 0) & (curves.open_after < 1)).all()
    np.testing.assert_array_equal(curves.restricted_mean(scorers[-1].spent), scorers[-1].score(tested))
    assert (scorers[-1].score(tested) < HORIZON).all()


def test_curves_may_cross(tmp_path: Path) -> None:
    """Half of the cases end at once or very late, the others all end half way."""
    frame = simulate_waits(per_date=40)
    rng = np.random.default_rng(0)
    wait = np.where(
        frame["road_age"] > 0, rng.choice([0.5, 55.0], len(frame)), 25 + rng.normal(size=len(frame))
    )
    watched = np.minimum(frame["label"].where(~frame["ended"], HORIZON), HORIZON)
    frame["label"], frame["ended"] = np.minimum(wait, watched), wait <= watched
    trainings = trainings_of(make_waiting_pilot(Blobs(tmp_path), frame))
    scorer = fit(trainings[-1:])[0]
    early, late = (
        scorer.curves(frame[side]).open_after.mean(axis=0)
        for side in (frame.road_age > 0, frame.road_age < 0)
    )
    assert early[0] < 0.6
    assert late[0] > 0.9
    assert early[9] > 0.3 > late[9]


def test_raw_scores_say_larger_for_longer(scorers: list[HazardScorer], tested: pd.DataFrame) -> None:
    raw, score = scorers[-1].raw_scores(tested), scorers[-1].score(tested)
    assert pd.Series(raw).corr(pd.Series(score), method="spearman") > 0.95


def test_contributions_add_up_to_the_raw_score_from_one_base(
    scorers: list[HazardScorer], tested: pd.DataFrame
) -> None:
    frame = tested.head(200)
    parts = scorers[-1].contributions(frame)
    assert parts.shape == (200, len(scorers[-1].features) + 1)
    np.testing.assert_allclose(parts.sum(axis=1), scorers[-1].raw_scores(frame), atol=1e-9)
    assert np.ptp(parts[:, -1]) == 0
    size = np.abs(parts[:, :-1]).mean(axis=0)
    assert size[1] < 0.2 * min(size[0], size[2]), "rain has nothing to do with it"


def test_contributions_are_lightgbms_own_but_for_the_interplay_with_time(
    scorers: list[HazardScorer], tested: pd.DataFrame
) -> None:
    frame, scorer = tested.head(1), scorers[-1]
    numbers = scorer.explained
    assert numbers.tolist() == [0, 3, 6, 8, 11], "evenly from the first to the last of twelve"
    stretches = np.column_stack([np.repeat(scorer.matrix(frame), len(numbers), axis=0), numbers])
    own = -scorer.booster.predict(stretches, pred_contrib=True).mean(axis=0)
    parts = scorer.contributions(frame)[0]
    assert (np.sign(parts[[0, 2]]) == np.sign(own[[0, 2]])).all()
    assert np.abs(parts[:3] - own[:3]).max() < 0.35 * np.abs(own[:3]).max()
    shared = (parts[:3] - own[:3]) / np.abs(own[:3])
    assert shared[0] != 0
    np.testing.assert_allclose(shared, shared[0], err_msg="shared out by the size of each own part")


def test_a_sealed_model_says_the_same_bit_for_bit(
    scorers: list[HazardScorer], tested: pd.DataFrame, tmp_path: Path
) -> None:
    blobs = Blobs(tmp_path)
    opened = open_bundle(seal_bundle(scorers[-1], blobs), blobs)
    assert opened.score(tested).tobytes() == scorers[-1].score(tested).tobytes()
    assert (
        opened.contributions(tested.head(9)).tobytes() == scorers[-1].contributions(tested.head(9)).tobytes()
    )
    for name, column in scorers[-1].columns(tested).items():
        assert opened.columns(tested)[name].tobytes() == column.tobytes()


def test_scores_do_not_depend_on_what_else_is_scored(
    scorers: list[HazardScorer], tested: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = scorers[-1].score(tested)
    monkeypatch.setattr("civic_ai.models.hazard.CHUNK_ROWS", 7)
    np.testing.assert_array_equal(scorers[-1].score(tested), together)
    np.testing.assert_array_equal(scorers[-1].score(tested.iloc[[5]]), together[[5]])
    assert scorers[-1].score(tested.iloc[:0]).shape == (0,)


def test_what_came_after_the_cutoff_changes_nothing(trainings: list[Training], tmp_path: Path) -> None:
    """Ends after the first split's cutoff are moved, undone and invented; its model must not notice."""
    training = trainings[0]
    frame = training.rows.frame.assign(wait=0.0)
    cutoff = np.datetime64(training.split.cutoff, "D")
    known = (cutoff - training.rows.as_of).astype(float)
    later = frame["label"].to_numpy() > known
    rng = np.random.default_rng(3)
    frame.loc[later, "label"] = np.maximum(known[later], 0.0) + rng.uniform(0.1, 30, int(later.sum()))
    frame.loc[later, "ended"] = rng.random(int(later.sum())) < 0.5
    again = trainings_of(make_waiting_pilot(Blobs(tmp_path), frame))[0]
    assert fit([again])[0].to_bytes() == fit([training])[0].to_bytes()


def test_rounds_stop_on_stretches_that_began_after_all_learned_ones_were_over(
    trainings: list[Training],
) -> None:
    for training in trainings:
        stretches = cut_into_stretches(training.rows)
        learn, stop = stopping_stretches(training, stretches)
        assert stretches.finishes[learn].max() <= stretches.begins[stop].min()
        assert stretches.finishes[stop].max() <= np.datetime64(training.split.cutoff, "D")
        assert set(stretches.stretch[stop]) == set(range(12)), "old cases show the late stretches"


def test_without_an_end_it_cannot_find_its_rounds(trainings: list[Training]) -> None:
    stretches = cut_into_stretches(trainings[0].rows)
    nothing = replace(stretches, ended=np.zeros_like(stretches.ended))
    with pytest.raises(DataError, match="cannot find its number of rounds on split 1"):
        stopping_stretches(trainings[0], nothing)


def test_the_smallest_leaf_is_counted_in_different_cases(
    scorers: list[HazardScorer], trainings: list[Training]
) -> None:
    scorer, training = scorers[-1], trainings[-1]
    stretches = cut_into_stretches(training.rows)
    known = np.flatnonzero(stretches.known_by(np.datetime64(training.split.cutoff, "D")))
    leaf = scorer.booster.predict(stretches.matrix(known), pred_leaf=True).astype(int)
    fewest = min(
        pd.Series(stretches.case[known]).groupby(of_tree).nunique().min()
        for of_tree in leaf.reshape(len(known), -1).T
    )
    assert scorer.smallest_cell(training.frame) == fewest
    assert all(each.model.smallest_cell is None for each in scorers[:-1])


def test_bins_have_seen_no_future(trainings: list[Training], tmp_path: Path) -> None:
    """Wild values of features after the first cutoff leave the first split's model as it was."""
    frame = trainings[0].rows.frame.assign(wait=0.0)
    late = frame["as_of"].to_numpy().astype("datetime64[D]") > np.datetime64(trainings[0].split.cutoff, "D")
    frame.loc[late, "rain_7d"] = 1e6 * np.random.default_rng(1).normal(size=int(late.sum()))
    again = trainings_of(make_waiting_pilot(Blobs(tmp_path), frame))
    assert text(fit(again)[0]) == text(fit(trainings)[0])


def test_the_text_says_how_it_was_trained(scorers: list[HazardScorer]) -> None:
    for line in ("[num_threads: 1]", "[deterministic: 1]", "[num_leaves: 15]", "[objective: binary]"):
        assert line in text(scorers[0])
    assert "feature_names=requests_28d rain_7d road_age stretch" in text(scorers[0])
    assert isinstance(scorers[0].booster, lgb.Booster)


def test_rows_of_a_date_never_seen_are_scored(scorers: list[HazardScorer], trainings: list[Training]) -> None:
    rows: PanelRows = trainings[0].rows
    future = rows.frame.head(3).assign(as_of=rows.frame["as_of"].max() + timedelta(days=400), rain_7d=np.nan)
    assert np.isfinite(scorers[0].score(future)).all()
