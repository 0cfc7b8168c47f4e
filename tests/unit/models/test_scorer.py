from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import DataError
from civic_ai.models.baselines import RULES
from civic_ai.models.scorer import MEANS, Scorer, feature_matrix
from tests.unit.models.conftest import KINDS, Fitted
from tests.unit.models.simulated import HORIZON, rule_scorer, simulate

PLACES = [name for name, rule in RULES.items() if set(rule.reads) <= set(simulate(units=1, dates=2))]
ALL = [*KINDS, *PLACES]


def scorer_of(name: str, fitted: Mapping[str, Fitted]) -> Scorer:
    return rule_scorer(name, HORIZON) if name in PLACES else fitted[name].last


def frame_of(name: str, fitted: Mapping[str, Fitted]) -> pd.DataFrame:
    return fitted[name if name in fitted else "lightgbm"].rows.frame


@pytest.mark.parametrize("name", ALL)
def test_contributions_add_up_to_the_raw_score(name: str, fitted: Mapping[str, Fitted]) -> None:
    scorer, frame = scorer_of(name, fitted), frame_of(name, fitted)
    contributions = scorer.contributions(frame)
    assert contributions.shape == (len(frame), len(scorer.features) + 1)
    np.testing.assert_allclose(contributions.sum(axis=1), scorer.raw_scores(frame), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_score_is_the_mean_of_the_raw_score(name: str, fitted: Mapping[str, Fitted]) -> None:
    scorer, frame = scorer_of(name, fitted), frame_of(name, fitted)
    expected = {"identity": lambda raw: raw, "log": np.exp, "logit": lambda raw: 1 / (1 + np.exp(-raw))}
    np.testing.assert_allclose(
        scorer.score(frame), expected[scorer.link](scorer.raw_scores(frame)), rtol=1e-12
    )


@pytest.mark.parametrize("name", ALL)
def test_a_row_scores_the_same_alone_and_in_company(name: str, fitted: Mapping[str, Fitted]) -> None:
    scorer, frame = scorer_of(name, fitted), frame_of(name, fitted)
    together = scorer.score(frame)
    for chosen in ([17], [3, 999, 4], list(range(500, 0, -1))):
        assert scorer.score(frame.iloc[chosen]).tobytes() == together[chosen].tobytes()


@pytest.mark.parametrize("name", ALL)
def test_other_columns_and_the_order_of_columns_do_not_matter(
    name: str, fitted: Mapping[str, Fitted]
) -> None:
    scorer, frame = scorer_of(name, fitted), frame_of(name, fitted)
    turned = frame[frame.columns[::-1]].assign(something_else=1.0)
    assert scorer.score(turned).tobytes() == scorer.score(frame).tobytes()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="does not have: rain, snow"):
        feature_matrix(pd.DataFrame({"road_age": [1.0]}), ("rain", "road_age", "snow"))


def test_an_infinite_value_is_refused_with_its_column_and_rows() -> None:
    frame = pd.DataFrame({"rain": [1.0, 2.0, 3.0], "age": [np.inf, 1.0, -np.inf]})
    with pytest.raises(DataError, match="age is infinite in 2 rows"):
        feature_matrix(frame, ("rain", "age"))


def test_matrix_keeps_the_declared_order_and_what_is_not_known() -> None:
    frame = pd.DataFrame({"b": np.array([1, 2], dtype=np.float32), "a": [np.nan, 4.0]})
    matrix = feature_matrix(frame, ("a", "b"))
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix, [[np.nan, 1.0], [4.0, 2.0]])


def test_every_link_turns_a_sum_into_what_its_kind_predicts() -> None:
    sums = np.array([-800.0, -1.0, 0.0, 2.0])
    assert MEANS["log"](sums)[2] == 1.0
    assert ((MEANS["logit"](sums) >= 0) & (MEANS["logit"](sums) <= 1)).all()
    assert MEANS["identity"](sums).tolist() == sums.tolist()
