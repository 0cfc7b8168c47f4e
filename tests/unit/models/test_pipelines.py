from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from civic_ai.core.errors import DataError
from civic_ai.models import pipelines
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import Fitted, fit_on
from tests.unit.models.simulated import log_linear, make_pilot, simulate


def glm(fitted: Fitted) -> PipelineScorer:
    assert isinstance(fitted.last, PipelineScorer)
    return fitted.last


def with_gaps(kind: str = "count") -> pd.DataFrame:
    """A world in which rain is not known on every fourth row, and floods when it is not."""
    frame = simulate(kind=kind, units=30, dates=60)
    gap = np.arange(len(frame)) % 4 == 0
    frame.loc[gap, "rain_7d"] = np.nan
    frame.loc[gap, "label"] += 2.0
    return frame


@pytest.mark.parametrize("name", ["poisson_glm", "logistic_glm"])
def test_scores_are_those_of_scikit_learn(name: str, fitted: Mapping[str, Fitted]) -> None:
    scorer, rows = glm(fitted[name]), fitted[name].rows
    if name == "poisson_glm":
        expected = scorer.pipeline.predict(rows.matrix)
    else:
        expected = scorer.pipeline.predict_proba(rows.matrix)[:, 1]
    np.testing.assert_allclose(scorer.score(rows.frame), expected, rtol=1e-9)


def test_poisson_finds_the_truth_that_made_the_counts(blobs: Blobs) -> None:
    frame = simulate(units=120, dates=110, seed=4)
    fit = fit_on(make_pilot(blobs, frame), "poisson_glm")
    error = fit.last.raw_scores(fit.rows.frame) - log_linear(fit.rows.frame)
    assert np.sqrt(np.mean(error**2)) < 0.05
    assert abs(error.mean()) < 0.02


def test_logistic_finds_the_truth_that_made_the_events(blobs: Blobs) -> None:
    frame = simulate(kind="event", units=120, dates=110, seed=4)
    rng = np.random.default_rng(2)
    odds = 1 / (1 + np.exp(-log_linear(frame)))
    frame["label"] = (rng.random(len(frame)) < odds).astype(float)
    fit = fit_on(make_pilot(blobs, frame, kind="event"), "logistic_glm")
    error = fit.last.raw_scores(fit.rows.frame) - log_linear(fit.rows.frame)
    assert np.sqrt(np.mean(error**2)) < 0.1


def test_mean_prediction_is_the_mean_label_of_the_training_rows(fitted: Mapping[str, Fitted]) -> None:
    """The intercept carries no prior, so the score equation holds for it exactly (canonical links)."""
    for name in ("poisson_glm", "logistic_glm"):
        fit = fitted[name]
        rows = fit.rows.frame.iloc[fit.trainings[-1].positions]
        assert fit.last.score(rows).mean() == pytest.approx(rows["label"].mean(), rel=1e-4)


def test_each_weight_names_its_feature_in_the_order_of_the_pipeline(blobs: Blobs) -> None:
    fit = fit_on(make_pilot(blobs, with_gaps()), "poisson_glm")
    scorer = glm(fit)
    named = [(weight.feature, weight.part) for weight in scorer.coefficients]
    assert named == [
        ("requests_28d", "value"),
        ("requests_364d", "value"),
        ("neighbours_28d", "value"),
        ("season_sin", "value"),
        ("rain_7d", "value"),
        ("road_age", "value"),
        ("rain_7d", "missing"),
    ]
    signs = {pair: np.sign(weight.weight) for pair, weight in zip(named, scorer.coefficients, strict=True)}
    assert signs["requests_28d", "value"] > 0 > signs["road_age", "value"]
    assert signs["rain_7d", "missing"] > 0, "what is not known says something here, and the flag carries it"


def test_logged_columns_move_first_and_names_follow(blobs: Blobs) -> None:
    """The pipeline puts counts in front; features declared after others must keep their own weight."""
    frame = simulate(units=60, dates=60)
    pilot = make_pilot(blobs, frame)
    turned = pilot.panel.model_copy(update={"features": pilot.panel.features[::-1]})
    straight, back = (fit_on(replace(pilot, panel=panel), "poisson_glm") for panel in (pilot.panel, turned))
    forwards = straight.last.contributions(straight.rows.frame)
    backwards = back.last.contributions(back.rows.frame)
    np.testing.assert_allclose(forwards[:, :-1], backwards[:, -2::-1], atol=1e-6)


def test_base_is_the_raw_score_of_the_mean_training_row(fitted: Mapping[str, Fitted]) -> None:
    fit = fitted["poisson_glm"]
    rows = fit.rows.frame.iloc[fit.trainings[-1].positions]
    contributions = fit.last.contributions(rows)
    np.testing.assert_allclose(contributions[:, :-1].mean(axis=0), 0.0, atol=1e-9)
    assert contributions[0, -1] == glm(fit).intercept


def test_a_flood_unlike_any_in_training_counts_as_the_worst_that_was(fitted: Mapping[str, Fitted]) -> None:
    fit = fitted["poisson_glm"]
    seen = fit.rows.frame.iloc[fit.trainings[-1].positions]
    row = fit.rows.frame.iloc[[5]]
    worst, flood = (row.assign(rain_7d=value) for value in (seen["rain_7d"].max(), 1e6))
    np.testing.assert_allclose(fit.last.score(flood), fit.last.score(worst), rtol=1e-12)
    many, most = (row.assign(requests_28d=count) for count in (1e9, seen["requests_28d"].max()))
    np.testing.assert_allclose(fit.last.score(many), fit.last.score(most), rtol=1e-12)


def test_what_is_not_known_is_scored_though_it_was_always_known_before(
    fitted: Mapping[str, Fitted],
) -> None:
    fit = fitted["logistic_glm"]
    row = fit.rows.frame.iloc[[5]]
    middle = fit.rows.frame["rain_7d"].iloc[fit.trainings[-1].positions].median()
    unknown, median = (fit.last.score(row.assign(rain_7d=value)) for value in (np.nan, middle))
    assert unknown == pytest.approx(median)


@pytest.mark.filterwarnings("error")
def test_constant_and_unknown_features_have_no_say(blobs: Blobs) -> None:
    frame = simulate(units=30, dates=60).assign(road_age=4.0, season_sin=np.nan)
    fit = fit_on(make_pilot(blobs, frame), "poisson_glm")
    contributions = fit.last.contributions(fit.rows.frame.assign(road_age=9.0, season_sin=1.0))
    for name in ("road_age", "season_sin"):
        assert (contributions[:, fit.rows.names.index(name)] == 0.0).all()
    assert np.isfinite(fit.last.score(fit.rows.frame)).all()


def test_the_prior_is_the_same_whatever_the_number_of_rows() -> None:
    """scikit-learn's Poisson divides the likelihood by n, its logistic regression does not."""
    rng = np.random.default_rng(0)
    x, beta = rng.normal(size=(4000, 3)), np.array([0.5, -0.2, 0.1])
    count = rng.poisson(np.exp(x @ beta))
    for rows in (40, 4000):
        model = pipelines._poisson(1.0, rows).fit(x[:rows], count[:rows])
        eta = model.intercept_ + x[:rows] @ model.coef_
        slope = x[:rows].T @ (count[:rows] - np.exp(eta)) - model.coef_ / pipelines.PRIOR_SD**2
        np.testing.assert_allclose(slope, 0.0, atol=rows * 2e-4)
    event = rng.random(4000) < 1 / (1 + np.exp(-x @ beta))
    model = pipelines._logistic(1.0, 4000.0).fit(x, event)
    chance = 1 / (1 + np.exp(-(model.intercept_ + x @ model.coef_[0])))
    slope = x.T @ (event - chance) - model.coef_[0] / pipelines.PRIOR_SD**2
    np.testing.assert_allclose(slope, 0.0, atol=4000 * 2e-4)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_model_that_does_not_settle_is_refused(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines, "MAX_ITERATIONS", 1)
    with pytest.raises(DataError, match="poisson_glm did not settle in 1 steps on split"):
        fit_on(make_pilot(blobs, simulate(units=10, dates=40)), "poisson_glm")


def test_every_training_row_stands_behind_every_weight(fitted: Mapping[str, Fitted]) -> None:
    fit = fitted["poisson_glm"]
    assert fit.last.smallest_cell(fit.trainings[-1].frame) == len(fit.trainings[-1].positions)


def test_each_likelihood_has_its_own_model(fitted: Mapping[str, Fitted]) -> None:
    assert isinstance(glm(fitted["poisson_glm"]).pipeline["glm"], PoissonRegressor)
    assert isinstance(glm(fitted["logistic_glm"]).pipeline["glm"], LogisticRegression)
