"""The scientist's pictures: shap draws them from our numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import shap

from civic_ai.explanation.shap_view import to_shap

from .judged import Judged


@pytest.fixture(autouse=True)
def _no_screen() -> Iterator[None]:
    mpl.use("Agg")
    yield
    plt.close("all")


def test_it_holds_our_numbers(judged: Judged) -> None:
    moved = judged.moved
    view = to_shap(moved)
    np.testing.assert_array_equal(view.values, moved.parts)
    np.testing.assert_array_equal(view.data, moved.values)
    assert list(view.feature_names) == list(moved.features)
    np.testing.assert_allclose(view.values.sum(axis=1) + view.base_values, moved.raw, rtol=1e-9)


@pytest.mark.parametrize("champion", ["poisson_glm", "lightgbm"])
def test_shap_draws_a_beeswarm_with_a_row_for_each_feature(
    champions: Mapping[str, Judged], champion: str
) -> None:
    moved = champions[champion].moved
    axes = shap.plots.beeswarm(to_shap(moved), show=False)
    drawn = {label.get_text() for label in axes.get_yticklabels()}
    assert drawn == set(moved.features)


def test_shap_draws_one_case(champions: Mapping[str, Judged]) -> None:
    view = to_shap(champions["lightgbm"].moved)
    axes = shap.plots.waterfall(view[0], show=False)
    assert axes.get_figure() is not None
