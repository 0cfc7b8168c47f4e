from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.models.stand_ins import stand_ins_for, without_strange_blanks
from civic_ai.records.predictions import FittedModel, StandIn
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import Fitted, fit_on
from tests.unit.models.simulated import FEATURES, log_linear, make_pilot, simulate

COUNTS = ["requests_28d", "requests_364d", "neighbours_28d"]
FAMILIES = ("lightgbm", "lightgbm_tweedie", "poisson_glm")


def without_gap_in_training(blobs: Blobs, name: str) -> Fitted:
    """Trained on a history without a blank; units differ tenfold in their level."""
    frame = simulate(log_linear, units=60, dates=80)
    return fit_on(
        make_pilot(blobs, frame, validation={"splits": 1, "test_days": 70, "lockbox_days": 70}), name
    )


def test_lightgbm_itself_takes_a_blank_that_it_never_saw_for_zero(blobs: Blobs) -> None:
    """The fault: what stands in the lines below is repaired by the scorer, not by LightGBM."""
    fit = without_gap_in_training(blobs, "lightgbm")
    rows = fit.rows.frame.iloc[fit.rows.of(fit.trainings[-1].split)]
    silent = rows.assign(**dict.fromkeys(COUNTS, np.nan))[list(fit.rows.names)].to_numpy(dtype=float)
    booster = fit.last.booster  # type: ignore[attr-defined]
    forecast = booster.predict(silent, num_threads=1).sum()
    assert np.array_equal(booster.predict(silent), booster.predict(np.nan_to_num(silent)))
    assert forecast < 0.3 * rows["label"].sum()


@pytest.mark.parametrize("name", FAMILIES)
def test_after_a_gap_of_every_count_the_forecast_is_at_the_level_not_near_zero(
    name: str, blobs: Blobs
) -> None:
    fit = without_gap_in_training(blobs, name)
    rows = fit.rows.frame.iloc[fit.rows.of(fit.trainings[-1].split)]
    forecast = fit.last.score(rows.assign(**dict.fromkeys(COUNTS, np.nan)))
    typical = fit.last.score(rows.assign(**fit.trainings[-1].frame[COUNTS].median()))
    assert forecast == pytest.approx(typical)
    assert forecast.sum() == pytest.approx(rows["label"].sum(), rel=0.25)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_panel_that_goes_silent_before_its_test_period_is_forecast_at_its_level(
    name: str, blobs: Blobs
) -> None:
    """A year's file is not handed over: the window of a year is blank on all test dates, that of four weeks
    is known again; who asks for much still does."""
    frame = simulate(log_linear, units=60, dates=110)
    whole = fit_on(make_pilot(blobs, frame), name)
    after_gap = frame["as_of"] >= whole.trainings[-1].split.cutoff
    silent = frame.assign(requests_364d=frame["requests_364d"].mask(after_gap))
    fit = fit_on(make_pilot(blobs, silent), name)
    test = fit.rows.of(fit.trainings[-1].split)
    rows = fit.rows.frame.iloc[test]
    assert rows["requests_364d"].isna().all()
    assert not fit.trainings[-1].frame["requests_364d"].isna().any()
    known, forecast = whole.last.score(whole.rows.frame.iloc[test]), fit.last.score(rows)
    assert forecast.sum() == pytest.approx(rows["label"].sum(), rel=0.25)
    assert np.corrcoef(np.log(known), np.log(forecast))[0, 1] > 0.6


@pytest.mark.parametrize("name", FAMILIES)
def test_parts_of_a_filled_row_add_up_to_its_score_also_from_the_bundle(name: str, blobs: Blobs) -> None:
    fit = without_gap_in_training(blobs, name)
    rows = fit.rows.frame.iloc[:40].assign(requests_28d=np.nan, rain_7d=np.nan)
    opened = open_bundle(seal_bundle(fit.last, blobs), blobs)
    assert opened.model.stand_ins == fit.trainings[-1].stand_ins
    assert np.array_equal(opened.score(rows), fit.last.score(rows))
    parts = opened.contributions(rows)
    assert parts.sum(axis=1) == pytest.approx(opened.raw_scores(rows), abs=1e-9)


def test_a_count_stands_in_at_the_pace_of_the_window_that_tells_it_best() -> None:
    rng = np.random.default_rng(1)
    level = rng.gamma(1.0, 5.0, 3000)
    matrix = np.column_stack(
        [rng.poisson(level), rng.poisson(13 * level), rng.poisson(3.0, 3000), *np.ones((3, 3000))]
    ).astype(float)
    rates = stand_ins_for(matrix, FEATURES)["requests_28d"].rates
    [(name, rate)] = rates  # the neighbours' noise says less than the median does
    assert name == "requests_364d"
    assert rate == pytest.approx(1 / 13, rel=0.05)


def test_only_features_that_never_were_blank_have_a_stand_in() -> None:
    matrix = np.random.default_rng(1).poisson(3.0, (50, 6)).astype(float)
    matrix[7, 1] = np.nan
    found = stand_ins_for(matrix, FEATURES)
    assert set(found) == {feature.name for feature in FEATURES} - {"requests_364d"}
    assert found["rain_7d"] == StandIn(typical=float(np.median(matrix[:, 4])))


def model_of(stand_ins: dict[str, StandIn], features: tuple[str, ...]) -> FittedModel:
    return FittedModel(
        candidate="lightgbm",
        label_kind="count",
        link="log",
        horizon_days=7,
        seed=1,
        features=features,
        settings={},
        libraries={},
        stand_ins=stand_ins,
    )


def test_the_first_known_other_feature_is_taken_and_then_the_median() -> None:
    nan = np.nan
    model = model_of({"a": StandIn(typical=9.0, rates=(("b", 2.0), ("c", 10.0)))}, ("a", "b", "c"))
    matrix = np.array([[nan, 3.0, 1.0], [nan, nan, 1.0], [nan, nan, nan], [5.0, nan, 1.0]])
    filled = without_strange_blanks(matrix, model)
    assert filled[:, 0].tolist() == [6.0, 10.0, 9.0, 5.0]
    assert np.array_equal(filled[:, 1:], matrix[:, 1:], equal_nan=True), "learned blanks stay blank"
    assert np.isnan(matrix[0, 0]), "what was handed in is not changed"


@given(st.lists(st.lists(st.floats(0, 1e6) | st.just(float("nan")), min_size=6, max_size=6), min_size=1))
def test_no_row_that_is_known_is_changed_and_no_strange_blank_is_left(rows: list[list[float]]) -> None:
    matrix = np.array(rows)
    training = np.random.default_rng(2).poisson(4.0, (60, 6)).astype(float)
    names = tuple(feature.name for feature in FEATURES)
    filled = without_strange_blanks(matrix, model_of(stand_ins_for(training, FEATURES), names))
    known = ~np.isnan(matrix)
    assert np.array_equal(filled[known], matrix[known])
    assert not np.isnan(filled).any()


def test_a_feature_that_is_first_blank_in_a_later_split_gets_bins_with_a_place_for_it(blobs: Blobs) -> None:
    """Bins of the first split, in which it never was blank, would read the blank as a 0."""
    frame = simulate(lambda made: 0.9 * np.log1p(made["requests_28d"].to_numpy()), units=40, dates=80)
    validation = {"splits": 2, "test_days": 140, "lockbox_days": 70}
    first, *_ = fit_on(make_pilot(blobs, frame, validation=validation), "poisson_glm").trainings
    later = frame["as_of"] >= first.split.cutoff
    blank = later & (np.random.default_rng(3).random(len(frame)) < 0.4)
    frame.loc[blank, "label"] += 6.0
    frame.loc[blank, "requests_28d"] = np.nan
    fit = fit_on(make_pilot(blobs, frame, validation=validation), "lightgbm")
    assert fit.trainings[0].bins_key != fit.trainings[-1].bins_key
    row = fit.rows.frame.iloc[[3]]
    zero, unknown = (fit.last.score(row.assign(requests_28d=value))[0] for value in (0.0, np.nan))
    assert unknown > zero + 4.0
