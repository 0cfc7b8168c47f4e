"""The panel of cases before it is written, and the tables that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from civic_ai.panel.case_baselines import Floats
from civic_ai.panel.case_features import CaseColumn
from civic_ai.panel.case_label import CaseLabel
from civic_ai.panel.case_rows import Cases, Reading
from civic_ai.panel.parts import STEP
from civic_ai.panel.scope import Scope
from civic_ai.pilot.spec import PilotSpec


@dataclass(frozen=True)
class CaseParts:
    """``spec`` is the pilot's; ``scope`` is the city as one whose units are the areas. ``cases``, ``label``,
    ``features`` and ``reserved`` (what no candidate sees) have one position for each case of the panel."""

    spec: PilotSpec
    scope: Scope
    reading: Reading
    cases: Cases
    label: CaseLabel
    features: tuple[CaseColumn, ...]
    reserved: dict[str, Floats]


def case_table(parts: CaseParts) -> pa.Table:
    """The panel as an arrow table, by as-of date, then case; a blank label is unmatured."""
    cases, label = parts.cases, parts.label
    columns: dict[str, Any] = {
        "unit": cases.columns["unit"],
        "as_of": pa.array(cases.as_of.astype("datetime64[D]"), type=pa.date32()),
        STEP: np.zeros(len(cases), dtype=np.int16),
    }
    columns |= {column.record.name: pa.array(column.values) for column in parts.features}
    columns |= {name: pa.array(values) for name, values in parts.reserved.items()}
    columns["label"] = pa.array(label.values, from_pandas=True)
    if label.ended is not None:
        columns["ended"] = pa.array(label.ended)
    return pa.table(columns)


def case_units(parts: CaseParts) -> pa.Table:
    """The cases with their area (null in none), coordinates and observer (null where none is declared).

    ``type`` is, of durations, the group by which the simplest rule keeps its curves: waits are told by it.
    """
    cases, units = parts.cases, parts.scope.units
    position = units.positions(cases.columns["area"].to_pandas())
    areas = np.array([*units.frame["area"], None], dtype=object)
    observer = parts.spec.audit.observer
    told_by = parts.spec.models.rate_by if parts.label.ended is not None else None
    nothing = pa.nulls(len(cases))
    table = pa.table(
        {
            "unit": cases.columns["unit"],
            "area": pa.array(areas[position], type=pa.string()),
            "type": nothing.cast(pa.string()) if told_by is None else cases.text(told_by),
            "lat": cases.columns["lat"],
            "lon": cases.columns["lon"],
            "row": nothing.cast(pa.int32()),
            "col": nothing.cast(pa.int32()),
            "observer": nothing.cast(pa.string()) if observer is None else cases.text(observer),
        }
    )
    return table.sort_by("unit")
