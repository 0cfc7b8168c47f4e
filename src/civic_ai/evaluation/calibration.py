"""Do predictions mean what they say? Bins of similar scores, and the verdict on the champion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Basis, ratio
from civic_ai.evaluation.uncertainty import three_state
from civic_ai.records.evaluation import Calibration, CalibrationBin
from civic_ai.records.figure import Figure, Verdict

BINS = 10
"""Bins of a calibration picture and of the expected calibration error."""

_WORST_FIRST: tuple[Verdict, ...] = ("unknown", "fail", "insufficient_evidence", "pass")


@dataclass(frozen=True, eq=False)
class Bins:
    """Rows with similar scores, by date and bin (dates, bins): how many, sum of scores, what came."""

    rows: Floats
    predicted: Floats
    observed: Floats


def bin_rows(lists: Lists) -> Bins:
    """At most :data:`BINS` bins of about equally many rows; equal scores stay together."""
    scores = lists.scores[lists.filled]
    edges = np.unique(np.quantile(scores, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    shape = (len(lists.sizes), len(edges) + 1)
    cell = np.nonzero(lists.filled)[0] * shape[1] + np.searchsorted(edges, scores, side="left")

    def total(weights: Floats | None) -> Floats:
        return np.bincount(cell, weights, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    rows = total(None)
    used = rows.sum(axis=0) > 0
    predicted, observed = total(scores), total(lists.labels[lists.filled])
    return Bins(rows[:, used], predicted[:, used], observed[:, used])


def calibration_of(
    slope: Figure, bias_ratio: Figure, bins: tuple[CalibrationBin, ...], *, tolerance: float
) -> Calibration:
    """Slope, bias ratio and bins of the champion, with one verdict.

    Pass: the intervals of both slope and bias ratio lie inside [1/tolerance, tolerance]. Fail: one lies
    entirely outside. Unknown: one could not be measured. Else insufficient evidence.
    """
    verdicts = [three_state(figure.lower, figure.upper, tolerance) for figure in (slope, bias_ratio)]
    return Calibration(
        slope=slope, bias_ratio=bias_ratio, bins=bins, verdict=min(verdicts, key=_WORST_FIRST.index)
    )


def calibration_bins(lists: Lists, kind: Kind, basis: Basis) -> Iterator[CalibrationBin]:
    """Mean score and what came, lowest scores first; each with the interval over time."""
    bins = bin_rows(lists)
    for position in range(bins.rows.shape[1]):
        rows, observed = bins.rows[:, position], bins.observed[:, position]
        of_bin = basis.counting(int(rows.sum()))
        statistic = ratio(observed, rows)
        figure = of_bin.proportion(statistic) if kind == "event" else of_bin.figure(statistic)
        yield CalibrationBin(predicted=float(bins.predicted[:, position].sum() / rows.sum()), observed=figure)
