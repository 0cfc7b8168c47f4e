from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from civic_ai.models.baselines import baselines_of
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.models.curve_baselines import CURVES, CurveScorer, fit_curves, waits_of
from civic_ai.models.rows import Training, read_rows, training_of
from civic_ai.models.survival import waits_until
from civic_ai.panel.split import make_splits
from civic_ai.store.blobs import Blobs

from .waiting import HORIZON, MEANS, make_waiting_pilot, simulate_waits, true_mean

ALL, BY_GROUP = CURVES


@pytest.fixture(scope="module")
def trainings(tmp_path_factory: pytest.TempPathFactory) -> list[Training]:
    pilot = make_waiting_pilot(Blobs(tmp_path_factory.mktemp("curves")), simulate_waits())
    rows = read_rows(pilot.panel, pilot.blobs)
    return [training_of(rows, split) for split in make_splits(pilot.spec)]


def fitted(baseline: int, training: Training) -> CurveScorer:
    scorer = CURVES[baseline].fit(training)
    assert isinstance(scorer, CurveScorer)
    return scorer


def by_hand(frame: pd.DataFrame, cutoff: np.datetime64) -> float:
    """Restricted mean by Kaplan-Meier, written out; the frame's ``label`` and ``ended`` end at the cutoff."""
    watched = (cutoff - frame["as_of"].to_numpy().astype("datetime64[D]")).astype(float)
    days = np.minimum(frame["label"].to_numpy(), watched)
    ended = frame["ended"].to_numpy(dtype=bool) & (frame["label"].to_numpy() <= watched)
    open_, mean, last = 1.0, 0.0, 0.0
    for time in np.unique(days[ended]):
        mean += open_ * (time - last)
        open_ *= 1 - (ended & (days == time)).sum() / (days >= time).sum()
        last = time
    return float(mean + open_ * (HORIZON - last))


def test_the_curve_of_all_is_kaplan_meiers_as_known_at_the_cutoff(trainings: list[Training]) -> None:
    for training in trainings:
        frame = training.frame
        cutoff = np.datetime64(training.split.cutoff, "D")
        score = fitted(0, training).score(frame)
        assert np.ptp(score) == 0
        assert score[0] == pytest.approx(by_hand(frame, cutoff), abs=1e-6)


def test_the_curve_of_a_group_is_kaplan_meiers_of_its_cases(trainings: list[Training]) -> None:
    training = trainings[-1]
    scorer, frame = fitted(1, training), training.frame
    cutoff = np.datetime64(training.split.cutoff, "D")
    for group in range(3):
        mine = frame[frame["baseline_group"] == group]
        assert scorer.score(mine)[0] == pytest.approx(by_hand(mine, cutoff), rel=0.01)


def test_means_are_the_truth(trainings: list[Training]) -> None:
    """The mixture of fast and slow cases of a group has the mean of its two exponential means."""
    scorer = fitted(1, trainings[-1])
    told = scorer.score(pd.DataFrame({"baseline_group": [0.0, 1.0, 2.0]}))
    truth = (true_mean(MEANS * 3**0.5) + true_mean(MEANS * 3**-0.5)) / 2
    np.testing.assert_allclose(told, truth, rtol=0.15)


def test_what_ended_after_the_cutoff_changes_nothing(trainings: list[Training], tmp_path: Path) -> None:
    training = trainings[0]
    altered = training.rows.frame.copy()
    later = altered["as_of"].to_numpy().astype("datetime64[D]") + altered["label"].to_numpy().astype(
        "timedelta64[D]"
    ) > np.datetime64(training.split.cutoff, "D")
    altered.loc[later, "label"] += np.random.default_rng(0).uniform(0, 9, int(later.sum()))
    altered.loc[later, "ended"] = ~altered.loc[later, "ended"]
    pilot = make_waiting_pilot(Blobs(tmp_path), altered.assign(wait=0.0))
    rows = read_rows(pilot.panel, pilot.blobs)
    again = training_of(rows, training.split)
    for number in range(2):
        one, other = (fitted(number, each).score(training.frame) for each in (training, again))
        np.testing.assert_array_equal(one, other)


def test_a_group_with_few_cases_or_none_takes_the_curve_of_all(trainings: list[Training]) -> None:
    group = np.array([0] * 29 + [1] * 30 + [2] * 21)
    days, ended = np.where(group == 0, 9.0, np.where(group == 1, 1.0, 4.0)), np.ones(80, dtype=bool)
    curves, has_own = fit_curves(waits_until(days, ended, 20), group, 2)
    assert has_own == (False, True)
    scorer = CurveScorer(fitted(1, trainings[0]).model, curves, np.ones(20), has_own)
    asked = pd.DataFrame({"baseline_group": [0.0, 1.0, np.nan, 7.0]})
    score = scorer.score(asked)
    assert score[0] == score[2] == score[3] != score[1]
    assert scorer.smallest_cell(pd.DataFrame({"baseline_group": group})) == 30


def test_a_group_that_was_not_watched_so_long_ends_as_all_do() -> None:
    """Group 1 was seen for two days only; from then on its hazards are those of all."""
    days = np.concatenate([np.full(40, 4.0), np.full(40, 2.0)])
    ended = np.concatenate([np.ones(40, dtype=bool), np.arange(40) < 10])
    curves, _ = fit_curves(waits_until(days, ended, 6), np.repeat([0, 1], 40), 2)
    np.testing.assert_allclose(curves.open_after[1], [1, 0.75, 0.75, 0, 0, 0])
    np.testing.assert_allclose(curves.open_after[2], [1, 0.875, 0.875, 0, 0, 0])


def test_contributions_add_up(trainings: list[Training]) -> None:
    frame = trainings[0].frame.head(50)
    for number in range(2):
        scorer = fitted(number, trainings[0])
        parts = scorer.contributions(frame)
        assert parts.shape == (50, len(scorer.features) + 1)
        np.testing.assert_allclose(parts.sum(axis=1), scorer.raw_scores(frame), atol=1e-12)
        assert np.ptp(parts[:, -1]) == 0


def test_columns_are_the_curve_of_each_case(trainings: list[Training]) -> None:
    frame = trainings[0].frame.head(20)
    scorer = fitted(1, trainings[0])
    columns = scorer.columns(frame)
    group = frame["baseline_group"].to_numpy(dtype=int)
    np.testing.assert_array_equal(columns["open_after_7"], scorer.curves.open_after[group, 6])


def test_a_sealed_curve_says_the_same_bit_for_bit(trainings: list[Training], tmp_path: Path) -> None:
    blobs, frame = Blobs(tmp_path), trainings[0].frame
    for number in range(2):
        scorer = fitted(number, trainings[0])
        opened = open_bundle(seal_bundle(scorer, blobs), blobs)
        assert opened.score(frame).tobytes() == scorer.score(frame).tobytes()
        for name, column in scorer.columns(frame).items():
            assert opened.columns(frame)[name].tobytes() == column.tobytes()
        assert opened.to_bytes() == scorer.to_bytes()


def test_the_curve_of_groups_runs_only_where_the_panel_names_groups(
    trainings: list[Training], tmp_path: Path
) -> None:
    assert [each.name for each in baselines_of(trainings[0].rows)] == ["curve_of_all", "curve_of_group"]
    pilot = make_waiting_pilot(Blobs(tmp_path), simulate_waits(dates=40).drop(columns="baseline_group"))
    rows = read_rows(pilot.panel, pilot.blobs)
    assert [each.name for each in baselines_of(rows)] == ["curve_of_all"]
    assert ALL.simplicity < BY_GROUP.simplicity


def test_waits_of_a_training_keep_every_case(trainings: list[Training]) -> None:
    waits = waits_of(trainings[0])
    assert len(waits.days) == len(trainings[0].positions)
    assert (~waits.ended & (waits.days < HORIZON)).any(), "cases open at the cutoff are censored there"
