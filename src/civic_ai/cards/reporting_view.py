"""Reporting rate and measured condition of each area, in five classes of about equal size.

The numbers are facts (``reporting_map.rate.1.places``), so that a picture can be traced. Only the board's
record names the tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from civic_ai.cards.facts import Records
from civic_ai.cards.score_map import CLASSES, ScoreClass
from civic_ai.records.record import Scalar
from civic_ai.store.blobs import Blobs

PARTS = ("rate", "condition")


@dataclass(frozen=True)
class ReportingView:
    """Classes from the lowest value up, by part of ``PARTS``; none where nothing may be seen."""

    classes: Mapping[str, tuple[ScoreClass, ...]] = field(default_factory=dict)

    def facts(self) -> dict[str, Scalar]:
        """Bounds and number of places of each class, numbered from 1, the lowest."""
        facts: dict[str, Scalar] = {}
        for name in PARTS:
            parts = self.classes.get(name, ())
            facts[f"reporting_map.{name}.count"] = len(parts)
            for number, part in enumerate(parts, 1):
                prefix = f"reporting_map.{name}.{number}"
                facts |= {f"{prefix}.lower": part.lower, f"{prefix}.upper": part.upper}
                facts[f"{prefix}.places"] = len(part.places)
        return facts


def view_reporting(records: Records, blobs: Blobs) -> ReportingView:
    """The classes of the tables that the audit names, the condition as it was measured (not turned round)."""
    reporting, classes = records.audit.reporting, {}
    if reporting.map is not None and reporting.map.blob is not None:
        classes["rate"] = _classes(_column(blobs, reporting.map.blob, "rate"))
    survey = records.spec.audit.reporting.condition
    if reporting.condition is not None and reporting.condition.blob is not None and survey is not None:
        sign = 1 if survey.higher_is_worse else -1
        worse = _column(blobs, reporting.condition.blob, "worse")
        classes["condition"] = _classes({area: sign * value for area, value in worse.items()})
    return ReportingView(classes)


def _column(blobs: Blobs, blob: str, column: str) -> dict[str, float]:
    """A column by area, without blanks."""
    rows = blobs.table(blob).to_pylist()
    known = (row for row in rows if row[column] is not None and math.isfinite(row[column]))
    return {str(row["area"]): row[column] for row in known}


def _classes(values: dict[str, float]) -> tuple[ScoreClass, ...]:
    """Cut at quintiles; equal values stay together."""
    ranked = sorted((round(value, 6), area) for area, value in values.items())
    parts: list[list[tuple[float, str]]] = [[] for _ in range(CLASSES)]
    for rank, (value, _) in enumerate(ranked):
        first = next(i for i in range(rank, -1, -1) if i == 0 or ranked[i - 1][0] != value)
        parts[first * CLASSES // len(ranked)].append(ranked[rank])
    return tuple(
        ScoreClass(part[0][0], part[-1][0], tuple(area for _, area in part)) for part in parts if part
    )
