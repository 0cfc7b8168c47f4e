"""Contributions: they add up, agree with shap and with formulas written out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shap
from scipy.special import expit

from civic_ai.core.errors import DataError, RefusedError
from civic_ai.explanation.contributions import Cases, Contributions, contribute, read_cases
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import FAMILIES, HORIZON, make_pilot, simulate, steps_ahead, with_exposure
from tests.unit.models.waiting import make_waiting_pilot, simulate_waits

from .judged import Judged, judge_pilot


def test_all_rows_of_the_lockbox_are_cases(judged: Judged) -> None:
    cases = judged.cases
    table = judged.blobs.table(judged.evaluation.lockbox_blob).to_pandas(date_as_object=False)
    wanted = table[table["candidate"] == judged.evaluation.champion]
    assert len(cases.frame) == len(wanted) > 0
    found = cases.frame.set_index(["unit", "as_of"])["judged"]
    for unit, as_of, score in wanted[["unit", "as_of", "score"]].itertuples(index=False):
        assert found[unit, as_of] == score


def test_contributions_add_up_to_the_score_that_was_judged(judged: Judged) -> None:
    moved = judged.moved
    total = moved.parts.sum(axis=1) + moved.base
    mean = {"identity": np.asarray, "log": np.exp, "logit": expit}[moved.link](total)
    np.testing.assert_allclose(mean, judged.cases.frame["judged"], rtol=1e-9)
    assert moved.additivity_error < 1e-9


@pytest.mark.parametrize("name", ["lightgbm", "lightgbm on events"])
def test_trees_agree_with_shap(champions: Mapping[str, Judged], name: str) -> None:
    judged = champions[name]
    scorer = judged.cases.scorer
    assert isinstance(scorer, BoosterScorer)
    moved = judged.moved
    theirs = shap.TreeExplainer(scorer.booster).shap_values(moved.values)
    assert np.abs(moved.parts).max() > 0.1
    assert np.abs(theirs - moved.parts).max() < 1e-9


@pytest.mark.parametrize("name", ["poisson_glm", "logistic_glm"])
def test_a_linear_model_moves_by_weight_times_distance_from_the_mean_training_row(
    champions: Mapping[str, Judged], name: str
) -> None:
    """Replacing one feature by its training mean (on the transformed scale) moves the score by its part."""
    judged = champions[name]
    scorer, moved = judged.cases.scorer, judged.moved
    assert isinstance(scorer, PipelineScorer)
    column = scorer.features.index("road_age")
    pipeline = scorer.pipeline
    ready = pipeline[:-1].transform(moved.values)
    of_feature = [i for i, c in enumerate(scorer.coefficients) if c.feature == "road_age"]
    without = ready.copy()
    without[:, of_feature] = 0.0
    weights = np.ravel(pipeline[-1].coef_)
    np.testing.assert_allclose(moved.parts[:, column], (ready - without) @ weights, atol=1e-12)
    linear = ready @ weights + np.ravel(pipeline[-1].intercept_)[0]
    np.testing.assert_allclose(moved.parts.sum(axis=1) + moved.base, linear, rtol=1e-12, atol=1e-14)


def test_a_rule_has_one_reason(champions: Mapping[str, Judged]) -> None:
    moved = champions["year_count"].moved
    assert (moved.features, moved.families, moved.base) == (("baseline_year_count",), ("history",), 0.0)
    np.testing.assert_allclose(moved.parts[:, 0], moved.values[:, 0] * HORIZON / 364)


def test_the_season_of_a_rule_is_a_reason_of_its_own(champions: Mapping[str, Judged]) -> None:
    moved = champions["seasonal_index"].moved
    assert moved.families == ("history", "season")
    count, index = moved.values.T
    np.testing.assert_allclose(moved.parts[:, 1], count * HORIZON / 364 * (index - 1))


def test_families_are_those_of_the_panel(champions: Mapping[str, Judged]) -> None:
    cases = champions["lightgbm"].cases
    assert cases.families == tuple(FAMILIES[name] for name in cases.scorer.features)


def test_a_family_is_the_sum_of_its_features(judged: Judged) -> None:
    moved = judged.moved
    assert list(moved.by_family) == list(dict.fromkeys(moved.families))
    np.testing.assert_allclose(sum(moved.by_family.values()), moved.parts.sum(axis=1), atol=1e-12)
    for family, total in moved.by_family.items():
        chosen = [i for i, name in enumerate(moved.families) if name == family]
        np.testing.assert_allclose(total, moved.parts[:, chosen].sum(axis=1), atol=1e-12)


@pytest.mark.parametrize("spoil", ["parts", "raw", "judged"])
def test_reasons_that_belong_to_another_score_show(judged: Judged, spoil: str) -> None:
    moved = judged.moved
    other = getattr(moved, spoil).copy()
    other.flat[3] += 0.01
    assert replace(moved, **{spoil: other}).additivity_error > 1e-5


@pytest.mark.parametrize("spoil", ["parts", "raw", "judged"])
def test_a_sum_that_is_no_number_is_not_known_to_add_up(judged: Judged, spoil: str) -> None:
    broken = getattr(judged.moved, spoil).copy()
    broken.flat[3] = np.nan
    assert replace(judged.moved, **{spoil: broken}).additivity_error is None


def test_explaining_another_model_shows(champions: Mapping[str, Judged]) -> None:
    """The GLM's reasons against the scores of the trees: the gate on additivity must see it."""
    trees, linear = champions["lightgbm"].cases, champions["poisson_glm"].cases
    mixed = Cases(linear.scorer, trees.frame, linear.families)
    assert contribute(mixed, np.arange(50)).additivity_error > 1e-3


@pytest.mark.parametrize("name", ["poisson_glm", "logistic_glm"])
def test_a_model_that_scores_by_its_own_wrong_reasons_shows(
    champions: Mapping[str, Judged], name: str
) -> None:
    """Its scores are made of its reasons, so they agree; scikit-learn's prediction does not."""

    class Wrong(PipelineScorer):
        def contributions(self, frame: pd.DataFrame) -> np.ndarray:
            return 1.01 * super().contributions(frame)

    cases = champions[name].cases
    assert isinstance(cases.scorer, PipelineScorer)
    wrong = Wrong(cases.scorer.model, cases.scorer.pipeline)
    frame = cases.frame.assign(judged=wrong.score(cases.frame))
    moved = contribute(Cases(wrong, frame, cases.families), np.arange(len(frame)))
    assert moved.additivity_error > 1e-3


def test_taking_rows_takes_them_everywhere(judged: Judged) -> None:
    moved = judged.moved
    rows = np.array([5, 2, 9])
    taken = moved.take(rows)
    assert isinstance(taken, Contributions)
    for name in ("values", "parts", "raw", "said", "judged"):
        np.testing.assert_array_equal(getattr(taken, name), getattr(moved, name)[rows])


def test_scores_of_rows_that_the_panel_does_not_have_are_refused(champions: Mapping[str, Judged]) -> None:
    judged = champions["lightgbm"]
    table = judged.blobs.table(judged.evaluation.lockbox_blob).to_pandas()
    table["unit"] = table["unit"].astype(str).replace({"u001": "elsewhere"})
    import pyarrow as pa

    blob = judged.blobs.put_table(pa.Table.from_pandas(table, preserve_index=False))
    with pytest.raises(DataError, match=r"\d+ of \d+ judged rows are not in the panel"):
        read_cases(judged.evaluation.model_copy(update={"lockbox_blob": blob}), judged.blobs)


def test_a_bundle_that_is_not_there_is_refused(champions: Mapping[str, Judged]) -> None:
    judged = champions["lightgbm"]
    with pytest.raises(RefusedError):
        read_cases(judged.evaluation.model_copy(update={"bundle": "f" * 64}), judged.blobs)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """Durations: trees of the hazard, and both curves."""
    made = {}
    for name in ("lightgbm_hazard", "curve_of_group", "curve_of_all"):
        blobs = Blobs(tmp_path_factory.mktemp("waits"))
        made[name] = judge_pilot(make_waiting_pilot(blobs, simulate_waits(per_date=15)), name, "duration")
    return made


@pytest.mark.parametrize("name", ["lightgbm_hazard", "curve_of_group", "curve_of_all"])
def test_reasons_of_a_wait_add_up_and_belong_to_the_days_that_were_judged(
    waiting: Mapping[str, Judged], name: str
) -> None:
    moved = waiting[name].moved
    np.testing.assert_allclose(moved.parts.sum(axis=1) + moved.base, moved.raw, atol=1e-9)
    np.testing.assert_allclose(moved.said, waiting[name].cases.frame["judged"], rtol=1e-9)
    assert moved.additivity_error is not None
    assert moved.additivity_error < 1e-9


def test_the_days_of_another_hazard_show(waiting: Mapping[str, Judged]) -> None:
    moved = waiting["lightgbm_hazard"].moved
    assert replace(moved, said=moved.said * 1.001).additivity_error > 1e-4


def test_a_curve_of_all_has_no_reasons(waiting: Mapping[str, Judged]) -> None:
    moved = waiting["curve_of_all"].moved
    assert (moved.features, moved.families, moved.parts.shape[1]) == ((), (), 0)
    assert waiting["curve_of_group"].moved.families == ("case",)


def test_every_window_ahead_is_a_row_of_its_own(tmp_path: Path) -> None:
    frame = steps_ahead(simulate(), 3)
    judged = judge_pilot(make_pilot(Blobs(tmp_path), frame), "poisson_glm", "count")
    rows = judged.cases.frame
    assert set(rows["step"]) == {0, 1, 2}
    assert not rows.duplicated(["unit", "as_of", "step"]).any()
    assert judged.moved.additivity_error < 1e-9


@pytest.mark.parametrize("champion", ["poisson_glm", "lightgbm"])
def test_how_much_there_is_to_ask_for_is_a_reason_of_the_area(tmp_path: Path, champion: str) -> None:
    judged = judge_pilot(make_pilot(Blobs(tmp_path), with_exposure(simulate())), champion, "count")
    moved = judged.moved
    assert moved.families[moved.features.index("exposure")] == "area"
    assert moved.additivity_error < 1e-9
