"""All columns of the panel before they are written, and the table that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.panel.cohort import Mask
from civic_ai.panel.label import Label
from civic_ai.panel.scope import FeatureColumn, Scope


@dataclass(frozen=True)
class Parts:
    """``cohort`` and label are dates x units; features and baselines broadcast to that."""

    scope: Scope
    cohort: Mask
    label: Label
    features: tuple[FeatureColumn, ...]
    baselines: dict[str, NDArray[np.float64]]


def panel_table(parts: Parts) -> pa.Table:
    """The panel as an arrow table: one row a unit and date of the cohort, by date, then unit.

    NaN stays NaN in features; in the label it is a blank.
    """
    shape, kept = parts.scope.shape, np.flatnonzero(parts.cohort.ravel())
    date_row, unit_row = (pa.array(rows) for rows in np.divmod(kept, shape[1]))
    units = pa.array(parts.scope.units.frame["unit"], type=pa.string())
    dates = pa.array(parts.scope.dates.astype("datetime64[D]"), type=pa.date32())
    columns: dict[str, Any] = {"unit": units.take(unit_row), "as_of": dates.take(date_row)}
    made = {column.record.name: column.values for column in parts.features} | parts.baselines
    for name, values in made.items():
        columns[name] = pa.array(np.broadcast_to(values, shape).ravel()[kept])
    columns["label"] = pa.array(parts.label.values.ravel()[kept], from_pandas=True)
    return pa.table(columns)
