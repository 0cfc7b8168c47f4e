"""Is the place of requests missing evenly? If not, counts by unit show a trend that is not there.

The missing share is looked at year by year over the rows that the panel uses, and area by area where the rows
also name the area. Houston: coordinates missing in 76 % of the rows of 2011 and in 16 to 22 % of 2017-18.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from civic_ai.core.dates import add_days
from civic_ai.panel.known import DAY, City, known_rows
from civic_ai.panel.request_types import of_types
from civic_ai.panel.unit_list import Units
from civic_ai.panel.units import register_of
from civic_ai.pilot.feature_blocks import CountFeature
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Verdict
from civic_ai.records.panel import LocationGap
from civic_ai.records.policy import Policy

ROWS_OF_A_YEAR, ROWS_OF_AN_AREA = 400, 100
"""Fewer rows than these say too little: a share's standard error is then above 0.025 (0.05)."""


def find_location_gap(city: City, units: Units, policy: Policy) -> LocationGap:
    """Missing share over all, its change between years and its spread between areas, and the verdict."""
    rows = _rows_used(city)
    located = rows.mutate(is_missing=(~units.places.has_place(rows)).cast("int64"), year=rows[DAY].year())
    by_year = _shares(located, "year", ROWS_OF_A_YEAR)
    area = _area_column(city.spec, located)
    by_area = {} if area is None else _shares(located, area, ROWS_OF_AN_AREA)
    total = located.aggregate(n=located.count(), missing=located.is_missing.sum()).to_pyarrow().to_pylist()[0]
    share = total["missing"] / total["n"] if total["n"] else None
    drift = 0.0 if share == 0 else _spread(by_year.values())
    return LocationGap(
        missing_share=share,
        drift=drift,
        area_spread=_spread(by_area.values()),
        by_year=by_year,
        verdict=_verdict(drift, policy.tolerances.missing_location_drift),
    )


def _rows_used(city: City) -> Any:
    """Label rows from the first day that a window of the panel looks at to the last that a label does."""
    spec = city.spec
    reach = max(
        [days for block in spec.features if isinstance(block, CountFeature) for days in block.count_days],
        default=1,
    )
    first = add_days(spec.as_of.first, 1 - reach)
    last = add_days(spec.as_of.last, spec.label.horizon_days * spec.label.steps)
    rows = of_types(known_rows(city, spec.label.source, spec.label.where), spec.unit.types)
    return rows.filter((rows[DAY] >= ibis.literal(first)) & (rows[DAY] <= ibis.literal(last)))


def _area_column(spec: PilotSpec, rows: Any) -> str | None:
    """The column of the rows that names the area even where coordinates are missing."""
    key = spec.sources[register_of(spec)].key
    return key if spec.unit.area is None and key in rows.columns else None


def _shares(rows: Any, by: str, least: int) -> dict[str, float]:
    """Missing share by the values of a column, for values with enough rows, in order."""
    named = rows.filter(rows[by].notnull())
    counted = named.group_by(by).aggregate(n=named.count(), missing=named.is_missing.sum())
    found = counted.filter(counted.n >= least).to_pyarrow().to_pylist()
    return {str(row[by]): row["missing"] / row["n"] for row in sorted(found, key=lambda row: str(row[by]))}


def _spread(shares: Iterable[float]) -> float | None:
    known = list(shares)
    return max(known) - min(known) if len(known) > 1 else None


def _verdict(drift: float | None, tolerance: float) -> Verdict:
    """Unknown where places are missing and fewer than two years have enough rows to compare."""
    if drift is None:
        return "unknown"
    return "pass" if drift <= tolerance else "fail"
