"""The champion's contributions as a ``shap.Explanation``, for the scientist's own pictures.

In a notebook::

    cases = read_cases(run.evaluation, blobs)
    shap.plots.beeswarm(to_shap(contribute(cases, sample_rows(...))))

Rows of one place are level 2 material (CONTROLS T24): look at them, do not publish them.
"""

from __future__ import annotations

import numpy as np
import shap

from civic_ai.explanation.contributions import Contributions


def to_shap(moved: Contributions) -> shap.Explanation:
    """``values`` and ``data`` (rows x features) and ``base_values`` (rows), with the features' names."""
    return shap.Explanation(
        values=moved.parts,
        base_values=np.full(len(moved.parts), moved.base),
        data=moved.values,
        feature_names=list(moved.features),
    )
