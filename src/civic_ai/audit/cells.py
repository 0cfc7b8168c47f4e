"""Sums over the test dates for each unit: all that the audit needs to know of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.evaluation.chance import list_exposure

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CELLS = (
    "rows", "positives", "events", "selected", "hits", "found", "predicted",
    "absolute_error", "deviance", "shortfall", "told", "covered", "exposure",
)  # fmt: skip
"""Columns of every array of sums; what the first six mean stands at ``GroupCount``. ``predicted`` sums the
scores, ``absolute_error`` and ``deviance`` how far these are off. ``shortfall``: what came beyond the
forecast where it fell shortest. ``told``: rows with an interval, ``covered``: those in which it held.
``exposure``: how high the rows stand on their lists."""

_WORST_TENTH = 0.9
_LEAST_PREDICTED = 1e-9


@dataclass(frozen=True, eq=False)
class Scored:
    """Rows of one candidate whose label has matured; all arrays have one entry a row.

    ``unit``: a code from 0. ``day``: any number that names the as-of date. ``label``: what happened.
    """

    unit: Integers
    day: Integers
    score: Floats
    label: Floats


def list_cells(rows: Scored, chance: Floats, units: int) -> Floats:
    """(units, cells): the sums of each unit where a list of ``chance`` is visited."""
    happened = (rows.label > 0).astype(np.float64)
    columns = {
        "selected": chance,
        "hits": chance * happened,
        "found": chance * rows.label,
        "exposure": list_exposure(rows.day, rows.score),
    }
    return sum_cells(_counts(rows) | columns, rows.unit, units)


def forecast_cells(rows: Scored, units: int) -> Floats:
    """(units, cells): the sums of each unit where nothing is visited, but so many cases are expected.

    Deviance: Poisson, 2 (y log(y / m) - (y - m)) (McCullagh & Nelder 1989). The worst tenth of rows has the
    largest (y - m) / sqrt(m + 1/4), so that busy places do not fill it alone.
    """
    came, expected = rows.label, np.maximum(rows.score, _LEAST_PREDICTED)
    logs = np.log(np.where(came > 0, came, 1.0) / expected)
    short = (came - rows.score) / np.sqrt(rows.score + 0.25)
    is_worst = (short > 0) & (short >= np.quantile(short, _WORST_TENTH))
    columns = {
        "absolute_error": np.abs(came - rows.score),
        "deviance": 2 * (came * logs - (came - expected)),
        "shortfall": np.where(is_worst, came - rows.score, 0.0),
    }
    return sum_cells(_counts(rows) | columns, rows.unit, units)


def sum_cells(columns: Mapping[str, Floats], unit: Integers, units: int) -> Floats:
    """(units, cells): each named column added up by unit, in the order of ``CELLS``; 0 for the others."""
    sums = np.zeros((units, len(CELLS)))
    for name, column in columns.items():
        sums[:, CELLS.index(name)] = np.bincount(unit, column, units)
    return sums


def _counts(rows: Scored) -> dict[str, Floats]:
    happened = (rows.label > 0).astype(np.float64)
    return {
        "rows": np.ones(len(rows.unit)),
        "positives": happened,
        "events": rows.label,
        "predicted": rows.score,
    }
