from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

import lightgbm as lgb
import numpy as np
import pytest
from joblib import parallel_config

from civic_ai.core.errors import DataError
from civic_ai.models import boosting
from civic_ai.models.boosting import BoosterScorer, stopping_blocks
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.fanout import run_all
from civic_ai.models.rows import read_rows, training_of
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import Fitted, fit_on
from tests.unit.models.simulated import HORIZON, make_pilot, simulate


def booster(fitted: Fitted) -> lgb.Booster:
    assert isinstance(fitted.last, BoosterScorer)
    return fitted.last.booster


def texts(fitted: Fitted) -> list[str]:
    return [scorer.booster.model_to_string() for scorer in fitted.scorers]  # type: ignore[attr-defined]


def test_the_same_data_and_seed_give_the_same_model_bytes(blobs: Blobs) -> None:
    pilot = make_pilot(blobs, simulate(units=30, dates=60))
    first = texts(fit_on(pilot, "lightgbm"))
    assert texts(fit_on(pilot, "lightgbm")) == first
    with parallel_config(backend="sequential"):
        assert texts(fit_on(pilot, "lightgbm")) == first


def test_another_seed_gives_another_model(blobs: Blobs) -> None:
    frame = simulate(units=30, dates=60)
    one, other = (texts(fit_on(make_pilot(blobs, frame, seed=seed), "lightgbm")) for seed in (1, 2))
    assert one != other


def test_model_text_names_features_one_thread_and_determinism(fitted: Mapping[str, Fitted]) -> None:
    text = booster(fitted["lightgbm"]).model_to_string()
    for line in ("[num_threads: 1]", "[deterministic: 1]", "[force_row_wise: 1]", "[feature_pre_filter: 0]"):
        assert line in text
    assert "feature_names=" + " ".join(fitted["lightgbm"].rows.names) in text


def test_objective_is_the_likelihood_of_the_label(blobs: Blobs, fitted: Mapping[str, Fitted]) -> None:
    assert "objective=poisson" in booster(fitted["lightgbm"]).model_to_string()
    frame = simulate(kind="event", units=30, dates=60)
    events = fit_on(make_pilot(blobs, frame, kind="event"), "lightgbm")
    assert "objective=binary" in booster(events).model_to_string()
    score = events.last.score(events.rows.frame)
    assert ((score > 0) & (score < 1)).all()
    assert score.mean() == pytest.approx(frame["label"].mean(), abs=0.03)


def test_scores_and_contributions_are_lightgbms_own(fitted: Mapping[str, Fitted]) -> None:
    fit = fitted["lightgbm"]
    np.testing.assert_allclose(
        fit.last.score(fit.rows.frame), booster(fit).predict(fit.rows.matrix), rtol=1e-12
    )
    contributions = fit.last.contributions(fit.rows.frame)
    np.testing.assert_allclose(contributions.sum(axis=1), fit.last.raw_scores(fit.rows.frame), atol=1e-9)


def test_early_stopping_looks_at_the_last_fifth_after_a_gap(fitted: Mapping[str, Fitted]) -> None:
    for training in fitted["lightgbm"].trainings:
        learn, stop = stopping_blocks(training)
        dates = np.unique(training.as_of)
        assert set(training.as_of[stop]) == set(dates[-round(len(dates) / 5) :])
        gap = training.as_of[stop].min() - training.as_of[learn].max()
        assert gap.astype(int) >= HORIZON
        assert gap.astype(int) < HORIZON + 7, "no row is wasted beyond the gap"


def test_too_short_a_history_to_stop_by_is_refused_with_its_numbers(blobs: Blobs) -> None:
    frame = simulate(units=20, dates=31)
    validation = {"splits": 1, "test_days": 98, "lockbox_days": 98}
    pilot = make_pilot(blobs, frame, validation=validation)
    with pytest.raises(DataError) as refused:
        fit_on(pilot, "lightgbm")
    assert "split 1: 2 training dates leave 0 events to learn from" in str(refused.value)


def test_no_event_in_the_last_block_is_refused(blobs: Blobs) -> None:
    frame = simulate(units=20, dates=60)
    frame.loc[frame["as_of"] > date(2020, 6, 1), "label"] = 0.0
    with pytest.raises(DataError, match="events to learn from and 0 to stop by"):
        fit_on(make_pilot(blobs, frame), "lightgbm")


def test_shared_bins_give_the_model_that_own_bins_give_on_the_first_split(blobs: Blobs) -> None:
    fit = fit_on(make_pilot(blobs, simulate(units=30, dates=60)), "lightgbm")
    training = fit.trainings[0]
    parameters = {**boosting.TREES, "objective": "poisson", "seed": 7}
    rounds = fit.scorers[0].booster.num_trees()  # type: ignore[attr-defined]
    own = lgb.Dataset(training.matrix, training.label, feature_name=list(fit.rows.names), params=parameters)
    alone = lgb.train(parameters, own, num_boost_round=rounds)
    assert alone.model_to_string() == texts(fit)[0]


def test_bins_come_from_the_first_split_and_know_no_later_value(blobs: Blobs) -> None:
    frame = simulate(units=30, dates=60)
    seen = fit_on(make_pilot(blobs, frame), "lightgbm").trainings[0]
    rain = seen.matrix[:, seen.rows.names.index("rain_7d")]
    frame.loc[frame["as_of"] >= seen.split.cutoff, "rain_7d"] = 777.0
    for text in texts(fit_on(make_pilot(blobs, frame), "lightgbm")):
        ranges = re.search(r"feature_infos=(.*)", text)[1].split()  # type: ignore[index]
        low, high = (float(end) for end in ranges[4].strip("[]").split(":"))
        assert (low, high) == (rain.min(), rain.max())


def test_a_feature_that_only_begins_later_is_used_as_soon_as_it_varies(blobs: Blobs) -> None:
    frame = simulate(units=40, dates=70, truth=lambda made: 1.5 * np.sign(made["rain_7d"].to_numpy()))
    begins = min(frame["as_of"]) + timedelta(days=7 * 20)
    frame.loc[frame["as_of"] < begins, "rain_7d"] = np.nan
    validation = {"splits": 2, "test_days": 170, "lockbox_days": 70}
    fit = fit_on(make_pilot(blobs, frame, validation=validation), "lightgbm")
    rain = fit.rows.names.index("rain_7d")
    used = [scorer.booster.feature_importance()[rain] > 0 for scorer in fit.scorers]  # type: ignore[attr-defined]
    assert [bool(training.varying[rain]) for training in fit.trainings] == [False, True, True]
    assert used == [False, True, True]


def test_splits_and_objectives_share_one_binned_dataset(
    fitted: Mapping[str, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    binned = boosting._bin
    monkeypatch.setattr(boosting, "_bin", lambda *given: made.append(given) or binned(*given))
    known = fitted["lightgbm"]
    rows = read_rows(known.rows.panel, known.rows.blobs)
    trainings = [training_of(rows, training.split) for training in known.trainings]
    for name in ("lightgbm", "lightgbm_tweedie"):
        candidate = CANDIDATES[name]
        models = run_all(candidate.plan(trainings, candidate.unfitted(rows, 7)))
        assert len(made) == 1 < len(models) == 3
        assert made[0][0] is trainings[0]
        assert [model.to_bytes().decode() for model in models] == texts(fitted[name])


def test_the_power_that_predicts_the_last_block_best_is_taken_with_its_rounds(
    fitted: Mapping[str, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {1.1: (0.9, 3), 1.3: (0.7, 5), 1.5: (0.8, 4)}
    monkeypatch.setattr(boosting, "_try", lambda objective, *_: found[objective.power])
    known, candidate = fitted["lightgbm"], CANDIDATES["lightgbm_tweedie"]
    rows = read_rows(known.rows.panel, known.rows.blobs)
    training = training_of(rows, known.trainings[0].split)
    model = candidate.plan([training], candidate.unfitted(rows, 7))[0]().model
    assert (model.settings["tweedie_variance_power"], model.settings["rounds"]) == (1.3, 5)


def test_what_is_not_known_takes_its_own_branch(blobs: Blobs) -> None:
    frame = simulate(units=40, dates=70, truth=lambda made: np.zeros(len(made)))
    gap = np.random.default_rng(3).random(len(frame)) < 0.3
    frame.loc[gap, "rain_7d"] = np.nan
    frame.loc[gap, "label"] += 4.0
    fit = fit_on(make_pilot(blobs, frame), "lightgbm")
    row = fit.rows.frame.iloc[[3]]
    known, unknown = (fit.last.score(row.assign(rain_7d=value))[0] for value in (0.1, np.nan))
    assert known == pytest.approx(1.0, rel=0.3)
    assert unknown == pytest.approx(5.0, rel=0.3)


def test_smallest_cell_is_the_emptiest_leaf_counted_by_hand(
    fitted: Mapping[str, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = fitted["lightgbm"]
    learned = fit.trainings[-1].frame
    leaf = booster(fit).predict(fit.trainings[-1].matrix, pred_leaf=True).astype(int)
    by_hand = min(np.bincount(tree)[np.bincount(tree) > 0].min() for tree in leaf.T)
    assert fit.last.smallest_cell(learned) == by_hand
    monkeypatch.setattr(boosting, "LEAF_CHUNK_ROWS", 700)
    assert fit.last.smallest_cell(learned) == by_hand


def test_a_panel_too_small_to_split_gives_every_row_the_mean(blobs: Blobs) -> None:
    frame = simulate(units=3, dates=60)
    fit = fit_on(make_pilot(blobs, frame), "lightgbm")
    score = fit.last.score(fit.rows.frame)
    assert len(set(score)) == 1
    assert score[0] == pytest.approx(fit.trainings[-1].label.mean(), rel=1e-6)
