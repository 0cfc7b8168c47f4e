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
from civic_ai.panel.unit_list import Units

STEP = "step"
_UNITS = pa.schema(
    [
        ("unit", pa.string()), ("area", pa.string()), ("type", pa.string()), ("lat", pa.float64()),
        ("lon", pa.float64()), ("row", pa.int32()), ("col", pa.int32()), ("observer", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """``cohort`` is dates x units, the label windows x units; features and ``reserved`` columns (what the
    simple rules read, exposure, scale: no candidate sees them) spread to that."""

    scope: Scope
    cohort: Mask
    label: Label
    features: tuple[FeatureColumn, ...]
    reserved: dict[str, NDArray[np.float64]]


def panel_table(parts: Parts) -> pa.Table:
    """The panel as an arrow table: one row a unit and window of the cohort, by date, step, then unit.

    NaN stays NaN in features; in the label it is a blank.
    """
    scope = parts.scope
    kept = np.flatnonzero(np.repeat(parts.cohort, scope.steps, axis=0))
    window, unit = np.divmod(kept, len(scope.units))
    units = pa.array(scope.units.frame["unit"], type=pa.string())
    dates = pa.array(np.repeat(scope.dates, scope.steps).astype("datetime64[D]"), type=pa.date32())
    columns: dict[str, Any] = {
        "unit": units.take(pa.array(unit)),
        "as_of": dates.take(pa.array(window)),
        STEP: scope.step.astype(np.int16)[window],
    }
    made = {column.record.name: column.values for column in parts.features if column.record.name != STEP}
    for name, values in (made | parts.reserved).items():
        columns[name] = pa.array(_kept(scope.spread(values), kept))
    columns["label"] = pa.array(_kept(parts.label.values, kept), from_pandas=True)
    return pa.table(columns)


def rows_without_label(parts: Parts) -> tuple[int, int]:
    """How many rows of the cohort have no label: their window has not ended; it has, but touches a gap."""
    listed = np.repeat(parts.cohort, parts.scope.steps, axis=0)
    is_matured = parts.label.is_matured[:, None]
    return int((listed & ~is_matured).sum()), int((listed & is_matured & parts.label.in_gap).sum())


def units_table(units: Units) -> pa.Table:
    """The units' table: names as text, centres in degrees, rows and columns of cells."""
    return pa.Table.from_pandas(units.frame, schema=_UNITS, preserve_index=False)


def _kept(values: NDArray[Any], kept: NDArray[np.int64]) -> NDArray[Any]:
    """The values of the rows that are kept; where all are, they are not copied again."""
    flat = values.ravel()
    return flat if len(kept) == len(flat) else flat[kept]
