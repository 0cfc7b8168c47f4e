"""How well do the features tell a protected attribute of the place, although it is none of them?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from civic_ai.audit.given import Given
from civic_ai.models.scorer import Floats, feature_matrix
from civic_ai.panel.groups import UNKNOWN, Grouping
from civic_ai.records.explanation import Proxy
from civic_ai.records.figure import Figure, missing

FOLDS = 5
FEWEST_AREAS = 10
REPLICATES = 1000
_PENALTIES = tuple(10.0**power for power in range(-1, 4))


def find_proxies(
    given: Given, frame: pd.DataFrame, features: tuple[str, ...], level: float
) -> Iterator[Proxy]:
    """One a protected attribute: cross-validated R2 of its shares from the mean features of each unit.

    Whole areas are left out in turn, so that a feature which names an area tells nothing by that alone.
    ``frame``: scored rows with the features. An attribute need not be a feature for a model to act on it.
    """
    means = frame.groupby("unit", sort=True)[list(features)].mean()
    codes = given.codes(pa.table({"unit": means.index.astype(str).tolist()}))
    areas = np.array([given.areas[code] or "" for code in codes])
    matrix = feature_matrix(means.reset_index(), features)
    for grouping in given.groupings:
        yield Proxy(
            attribute=grouping.attribute,
            explained=_explained(matrix, _shares(grouping, codes), areas, (level, given.spec.seed)),
        )


def _shares(grouping: Grouping, codes: NDArray[np.int64]) -> Floats:
    """(units, groups): shares of the groups that are known; NaN for a unit whose groups are not."""
    known = [i for i, name in enumerate(grouping.groups) if name != UNKNOWN]
    shares = grouping.shares[codes][:, known]
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=np.full_like(shares, np.nan), where=total > 0))


def _explained(matrix: Floats, shares: Floats, areas: NDArray[np.str_], told: tuple[float, int]) -> Figure:
    known = ~np.isnan(shares).any(axis=1) & (areas != "")
    matrix, shares, areas = matrix[known], shares[known], areas[known]
    names, area = np.unique(areas, return_inverse=True)
    if len(names) < FEWEST_AREAS or not shares.std(axis=0).any():
        return missing("too_few", n=len(names))
    missed = ((shares - _foretold(matrix, shares, area)) ** 2).sum(axis=1)
    spread = ((shares - shares.mean(axis=0)) ** 2).sum(axis=1)
    by_area = np.array([np.bincount(area, part) for part in (missed, spread)])
    drawn = np.random.default_rng(told[1]).multinomial(
        len(names), np.full(len(names), 1 / len(names)), REPLICATES
    )
    resampled = _share_explained(*(drawn @ by_area.T).T)
    lower, upper = np.quantile(resampled, [(1 - told[0]) / 2, (1 + told[0]) / 2])
    value = float(_share_explained(*by_area.sum(axis=1)))
    return Figure(value=value, lower=float(lower), upper=float(upper), level=told[0], n=len(names))


def _share_explained(missed: Floats, spread: Floats) -> Floats:
    return np.clip(1 - missed / np.maximum(spread, 1e-300), 0.0, 1.0)


def _foretold(matrix: Floats, shares: Floats, area: NDArray[np.int64]) -> Floats:
    """The shares of each unit by a ridge regression that has not seen its area."""
    told = np.empty_like(shares)
    for learn, ask in GroupKFold(FOLDS).split(matrix, groups=area):
        model = make_pipeline(
            SimpleImputer(keep_empty_features=True), StandardScaler(), RidgeCV(alphas=_PENALTIES)
        )
        told[ask] = np.reshape(
            model.fit(matrix[learn], shares[learn]).predict(matrix[ask]), shares[ask].shape
        )
    return told
