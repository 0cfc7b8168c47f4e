"""Where predictions are off: a small tree grown on the first half of the test dates, judged on the second.

A slice that is found and judged on the same rows always looks bad (Athey and Imbens 2016 call the split
honest). Intervals hold for all slices at once: single-step max-|z| over resampled dates (Westfall and
Young 1993).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.tree import DecisionTreeRegressor

from civic_ai.evaluation.error_rows import Errors, Floats
from civic_ai.evaluation.uncertainty import Replicates, block_length, resample_dates, three_state
from civic_ai.records.evaluation import Slice
from civic_ai.records.figure import Figure, missing

DEEPEST = 3
"""Conditions that make a slice, at most: more cannot be told to a crew."""
SMALLEST_SHARE = 0.02
"""A slice holds at least this share of the rows it was grown on."""
FEWEST_ROWS = 100
"""And at least so many rows."""


@dataclass(frozen=True, eq=False)
class _Judged:
    """The slices' ratios: log value, standard error, and centred draws (draws, slices)."""

    value: Floats
    error: Floats
    draws: Floats

    def interval(self, at: int, level: float, freedom: float) -> tuple[float, float] | None:
        """The interval of one slice that holds for all of them; None where it has no spread."""
        usable = np.isfinite(self.value) & (self.error > 0)
        if not usable[at]:
            return None
        z = np.abs(self.draws[:, usable] / self.error[usable]).max(axis=1)
        plain = stats.norm.ppf((1 + level) / 2)
        wide = max(1.0, float(np.quantile(z, level) / plain)) * stats.t.ppf((1 + level) / 2, freedom)
        half = float(wide * self.error[at])
        return math.exp(self.value[at] - half), math.exp(min(self.value[at] + half, 700.0))


def find_slices(errors: Errors, features: pd.DataFrame, tolerance: float) -> tuple[Slice, ...]:
    """The leaves of the tree, furthest from 1 first. ``features``: one row an error row, NaN not known.

    Empty where there are too few rows or dates to grow on one half and judge on the other.
    """
    rows = errors.rows
    grown = rows.date < len(rows.dates) // 2
    if min(grown.sum(), (~grown).sum()) < 2 * FEWEST_ROWS or len(rows.dates) < 4:
        return ()
    tree = _grow(features[grown], rows.residual[grown], rows.predicted[grown], errors.seed)
    leaf = np.where(grown, -1, tree.apply(_numbers(features)))
    leaves = np.unique(leaf[leaf >= 0])
    resampled = _resample_judged(errors)
    judged = _judge(errors, [leaf == one for one in leaves], resampled)
    words = _words_of(tree, list(features.columns))
    made = [
        _slice(
            words[int(one)],
            int((leaf == one).sum()),
            _figure(errors, judged, at, resampled),
            tolerance,
        )
        for at, one in enumerate(leaves)
    ]
    return tuple(sorted(made, key=_how_far, reverse=True))


def _grow(features: pd.DataFrame, residual: Floats, predicted: Floats, seed: int) -> DecisionTreeRegressor:
    smallest = max(FEWEST_ROWS, math.ceil(SMALLEST_SHARE * len(features)))
    tree = DecisionTreeRegressor(max_depth=DEEPEST, min_samples_leaf=smallest, random_state=seed)
    return tree.fit(_numbers(features), residual)


def _numbers(features: pd.DataFrame) -> NDArray[np.float32]:
    return np.asarray(features, dtype=np.float32)


def _resample_judged(errors: Errors) -> Replicates:
    """The dates of the second half, resampled; the first half counts for nothing."""
    split = errors.rows.split_of_date
    half = len(split) // 2
    made = resample_dates(split[half:], block_length(split[half:], errors.overlap), seed=errors.seed)
    weights = np.hstack([np.zeros((len(made.weights), half)), made.weights])
    return Replicates(weights, made.block_dates)


def _judge(errors: Errors, leaves: Sequence[NDArray[np.bool_]], resampled: Replicates) -> _Judged:
    ratios = [errors.ratio(leaf) for leaf in leaves]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log([ratio.value for ratio in ratios])
        draws = np.log(np.column_stack([ratio.replicates(resampled) for ratio in ratios]))
        draws = np.where(np.isfinite(draws), draws - value, 0.0)
    return _Judged(value, draws.std(axis=0), draws)


def _figure(errors: Errors, judged: _Judged, at: int, resampled: Replicates) -> Figure:
    blocks = (len(errors.rows.dates) - len(errors.rows.dates) // 2) / resampled.block_dates
    if not math.isfinite(judged.value[at]):
        return missing("nothing_predicted_or_nothing_came")
    interval = judged.interval(at, errors.level, blocks - 1) if blocks >= 2 else None
    lower, upper = interval or (None, None)
    return Figure(
        value=math.exp(judged.value[at]),
        lower=lower,
        upper=upper,
        level=errors.level,
        n=0,
        period=errors.period,
    )


def _slice(where: str, rows: int, ratio: Figure, tolerance: float) -> Slice:
    return Slice(
        where=where,
        rows=rows,
        ratio=ratio.model_copy(update={"n": rows}),
        verdict=three_state(ratio.lower, ratio.upper, tolerance),
    )


def _how_far(one: Slice) -> float:
    return abs(math.log(one.ratio.value)) if one.ratio.value else -1.0


def _words_of(tree: DecisionTreeRegressor, names: Sequence[str]) -> dict[int, str]:
    """The conditions that lead to each leaf."""
    return dict(_walk(tree.tree_, names, 0, ()))


def _walk(tree: object, names: Sequence[str], node: int, path: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    left, right = int(tree.children_left[node]), int(tree.children_right[node])  # type: ignore[attr-defined]
    if left < 0:
        yield node, " and ".join(path) or "all rows"
        return
    name, limit = names[tree.feature[node]], f"{tree.threshold[node]:.4g}"  # type: ignore[attr-defined]
    blank_left = bool(tree.missing_go_to_left[node])  # type: ignore[attr-defined]
    blank = " (or not known)"
    yield from _walk(tree, names, left, (*path, f"{name} <= {limit}{blank if blank_left else ''}"))
    yield from _walk(tree, names, right, (*path, f"{name} > {limit}{'' if blank_left else blank}"))
