"""Contributions of a LightGBM model: its own, shap's TreeExplainer, and faster exact ones where installed."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from typing import Any

import lightgbm as lgb
import numpy as np
import shap
from measure import alternately, ratio, write_results

from civic_ai.models.tree_parts import tree_parts

ROWS, FEATURES, TREES, LEAVES = 2_000, 40, 300, 31
LARGE = 20_000
"""Rows for the methods whose cost is mostly before the first row."""


def main() -> None:
    """Every method on the same rows, on one thread; parts and their sum must agree."""
    warnings.filterwarnings("ignore")
    found, rounds = [], int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for holes, rows in ((0.0, ROWS), (0.02, ROWS), (0.02, LARGE)):
        model, many = _model(holes)
        sides = _sides(model, many[:rows])
        if rows == LARGE:
            del sides["shap.TreeExplainer"]
        times = alternately(sides, rounds)
        reference = times["lightgbm contributions"]
        for name, spent in times.items():
            found.append(
                {
                    "rows": rows,
                    "cells_not_known": holes,
                    "side": name,
                    **spent.row(),
                    "us_a_row": round(1e6 * float(np.median(spent.cpu)) / rows, 1),
                    "largest_difference": _difference(reference.result, spent.result),
                    "lightgbm_over_it": ratio(reference, spent),
                }
            )
    write_results(__file__, found)


def _difference(reference: Any, found: Any) -> str:
    """Of the parts, on the log scale; a prediction has none."""
    if np.ndim(found) < 2:
        return ""
    return f"{np.abs(found[:, :FEATURES] - reference[:, :FEATURES]).max():.1e}"


def _model(holes: float) -> tuple[lgb.Booster, Any]:
    rng = np.random.default_rng(1)
    features = rng.normal(size=(20_000, FEATURES))
    mean = np.exp(0.3 * features[:, 0] + 0.2 * features[:, 1] * (features[:, 2] > 0) - 1)
    features[rng.random(features.shape) < holes] = np.nan
    settings = {"objective": "poisson", "num_leaves": LEAVES, "num_threads": 1, "verbose": -1, "seed": 1}
    label = rng.poisson(np.nan_to_num(mean))
    return lgb.train(settings, lgb.Dataset(features, label), TREES), features


def _sides(model: lgb.Booster, table: Any) -> dict[str, Callable[[], Any]]:
    sides: dict[str, Callable[[], Any]] = {
        "lightgbm contributions": lambda: model.predict(table, pred_contrib=True, num_threads=1),
        "predict": lambda: model.predict(table, num_threads=1),
        "shap.TreeExplainer": lambda: shap.TreeExplainer(model).shap_values(table),
        "ours (tree_parts)": lambda: tree_parts(model, table),
    }
    if find_spec("fasttreeshap_fixed"):
        fast = import_module("fasttreeshap_fixed")
        sides["fasttreeshap-fixed"] = lambda: fast.TreeExplainer(model, algorithm="v2", n_jobs=1).shap_values(
            table, check_additivity=False
        )
    if find_spec("woodelf") and find_spec("treelite"):
        import pandas as pd

        woodelf = import_module("woodelf")
        frame = pd.DataFrame(table, columns=model.feature_name())
        sides["woodelf"] = lambda: _quietly(lambda: woodelf.WoodelfExplainer(model).shap_values(frame))
    return sides


def _quietly(call: Callable[[], Any]) -> Any:
    """What the call returns, without its bars and prints."""
    with redirect_stderr(StringIO()), redirect_stdout(StringIO()):
        return np.asarray(call())


if __name__ == "__main__":
    main()
