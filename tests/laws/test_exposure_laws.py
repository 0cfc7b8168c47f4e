"""Counts per exposure: in the fit, the score, the contributions and the sealed bundle, for every family."""

from __future__ import annotations

from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from civic_ai.core.errors import DataError
from civic_ai.models import boosting
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.models.rows import read_rows
from civic_ai.models.scorer import exposure_of
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import Fitted, fit_on
from tests.unit.models.simulated import fitted_alone, make_pilot, simulate, with_exposure

NAMES = fitted_alone("count")


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture(scope="module")
def world() -> pd.DataFrame:
    return with_exposure(simulate(units=50, dates=70))


@pytest.fixture(scope="module")
def fits(world: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fitted]:
    blobs = Blobs(tmp_path_factory.mktemp("exposure"))
    return {name: fit_on(make_pilot(blobs, world), name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_twice_as_much_to_ask_for_is_twice_as_many_requests(name: str, fits: dict[str, Fitted]) -> None:
    frame = fits[name].rows.frame
    doubled = frame.assign(exposure=2 * frame["exposure"])
    scorer = fits[name].last
    np.testing.assert_allclose(scorer.score(doubled), 2 * scorer.score(frame), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_rate_is_found_though_no_feature_tells_the_exposure(name: str, fits: dict[str, Fitted]) -> None:
    frame = fits[name].rows.frame
    rate = -4.0 + 0.5 * frame["rain_7d"] - 0.4 * frame["road_age"]
    found = fits[name].last.raw_scores(frame) - np.log(frame["exposure"])
    assert np.corrcoef(found, rate)[0, 1] > 0.85
    assert found.mean() == pytest.approx(rate.mean(), abs=0.15)
    assert np.corrcoef(found, np.log(frame["exposure"]))[0, 1] < 0.35


@pytest.mark.parametrize("name", NAMES)
def test_exposure_is_a_column_of_the_contributions_and_they_add_up(
    name: str, fits: dict[str, Fitted]
) -> None:
    scorer, frame = fits[name].last, fits[name].rows.frame
    parts = scorer.contributions(frame)
    assert scorer.features[-1] == "exposure"
    assert scorer.model.features == scorer.features[:-1]
    assert parts.shape == (len(frame), len(scorer.features) + 1)
    np.testing.assert_allclose(parts.sum(axis=1), scorer.raw_scores(frame), rtol=0, atol=1e-9)
    own = parts[:, -2]
    np.testing.assert_allclose(own - own[0], np.log(frame["exposure"] / frame["exposure"].iloc[0]))
    learned = fits[name].trainings[-1].positions
    assert own[learned].mean() == pytest.approx(0.0, abs=1e-9), "0 at the typical exposure"


@pytest.mark.parametrize("name", NAMES)
def test_the_bundle_repeats_the_scores_bit_for_bit(name: str, fits: dict[str, Fitted], blobs: Blobs) -> None:
    scorer, frame = fits[name].last, fits[name].rows.frame
    opened = open_bundle(seal_bundle(scorer, blobs), blobs)
    assert opened.model.typical_exposure == scorer.model.typical_exposure
    assert opened.score(frame).tobytes() == scorer.score(frame).tobytes()
    assert opened.contributions(frame).tobytes() == scorer.contributions(frame).tobytes()


def test_the_glm_is_the_one_that_statsmodels_fits_with_an_offset(fits: dict[str, Fitted]) -> None:
    """Rates with weights, here; counts with log(exposure) as offset and the same prior, there."""
    fit = fits["poisson_glm"]
    training = fit.trainings[-1]
    columns = fit.last.pipeline[:-1].transform(training.matrix)  # type: ignore[attr-defined]
    offset = np.log(training.frame["exposure"].to_numpy())
    model = sm.GLM(training.label, sm.add_constant(columns), family=sm.families.Poisson(), offset=offset)
    prior = np.append(0.0, np.ones(columns.shape[1])) / len(training.label)
    theirs = model.fit_regularized(alpha=prior, L1_wt=0.0, start_params=model.fit().params)
    ours = np.array([weight.weight for weight in fit.last.coefficients])  # type: ignore[attr-defined]
    np.testing.assert_allclose(ours, theirs.params[1:], atol=2e-3)


@pytest.mark.parametrize(
    "objective", [*boosting.POISSON, *boosting.TWEEDIE], ids=lambda each: str(each.power)
)
def test_weighted_rates_have_the_gradients_of_an_offset(
    objective: boosting.Objective, fits: dict[str, Fitted]
) -> None:
    """LightGBM with the counts and init_score log(exposure) takes the same steps, from the same start."""
    training = fits["lightgbm"].trainings[-1]
    exposure = training.relative_exposure
    settings = {
        **objective.parameters(fits["lightgbm"].last.model),
        "bagging_fraction": 1.0,
        "feature_fraction": 1.0,
    }
    rate, weight = training.label / exposure, exposure ** (2 - objective.power)
    start = np.log(np.average(rate, weights=weight))
    with_weights = lgb.Dataset(training.matrix, rate, weight=weight, params=settings)
    with_offset = lgb.Dataset(
        training.matrix, training.label, init_score=np.log(exposure) + start, params=settings
    )
    ours = lgb.train(settings, with_weights, 20).predict(training.matrix, raw_score=True)
    theirs = lgb.train(settings, with_offset, 20).predict(training.matrix, raw_score=True) + start
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_one_exposure_for_all_changes_nothing(blobs: Blobs) -> None:
    frame = simulate(units=25, dates=60)
    for name in NAMES:
        with_one = fit_on(make_pilot(blobs, frame.assign(exposure=40.0)), name)
        without = fit_on(make_pilot(blobs, frame), name)
        assert with_one.last.features == (*without.last.features, "exposure")
        np.testing.assert_allclose(
            with_one.last.score(with_one.rows.frame), without.last.score(without.rows.frame), rtol=1e-9
        )


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan])
def test_an_exposure_that_is_no_positive_number_is_refused(wrong: float, blobs: Blobs) -> None:
    frame = simulate(units=5, dates=40).assign(exposure=2.0)
    frame.loc[[3, 9], "exposure"] = wrong
    with pytest.raises(DataError, match="the exposure is blank or not positive in 2 rows"):
        exposure_of(frame)
    with pytest.raises(DataError, match="not positive in 2 rows"):
        fit_on(make_pilot(blobs, frame), "poisson_glm")


def test_without_exposure_nothing_is_relative(blobs: Blobs) -> None:
    rows = read_rows(make_pilot(blobs, simulate(units=5, dates=40)).panel, blobs)
    assert rows.exposure is None
