"""Reporting by place: the smoothed map of rates, and reports beside a survey of the condition itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from civic_ai.audit.duplicates import Cases, Reported
from civic_ai.audit.reporting import Fit
from civic_ai.audit.reporting_map import Pairs, Smoothed, smooth_rates
from civic_ai.audit.survey import Surveyed, follow, residuals
from civic_ai.panel.groups import area_grouping
from civic_ai.panel.polygons import Polygons, read_polygons
from civic_ai.pilot.reporting import ConditionSurvey
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import ConditionComparison, ReportingMap
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """The areas that groups are compared by, None where no polygons came; and where tables are kept."""

    polygons: Polygons | None
    blobs: Blobs

    def touching(self) -> tuple[tuple[str, ...], Pairs]:
        """Names of all areas, and the pairs of positions that touch, each both ways round."""
        assert self.polygons is not None
        return self.polygons.areas, self.polygons.touching()


def read_places(spec: PilotSpec, snapshot: DataSnapshot, blobs: Blobs) -> Places:
    """The polygons of the source that the compared attribute comes from."""
    asked = spec.audit.reporting.attribute
    if asked is None:
        return Places(None, blobs)
    source = snapshot.source(spec.audit.attributes[asked].source)
    if source.polygons_blob is None:
        return Places(None, blobs)
    return Places(read_polygons(blobs.get(source.polygons_blob), str(spec.sources[source.name].key)), blobs)


@dataclass(frozen=True, eq=False)
class Mapped:
    """The record of the map, and what stands in its table."""

    record: ReportingMap
    areas: tuple[str, ...]
    smoothed: Smoothed


def map_rates(cases: Cases, fit: Fit, places: Places, policy: Policy) -> Mapped | None:
    """The smoothed rate of each area over the city's; None without polygons or repeat reports."""
    if places.polygons is None:
        return None
    names, touching = places.touching()
    repeats, expected = counts_by_area(cases, names)
    if not repeats.sum() > 0:
        return None
    bunched = max(1.0, fit.dispersion) if np.isfinite(fit.dispersion) else 1.0
    smoothed = smooth_rates(repeats / bunched, expected / bunched, touching)
    reach = stats.norm.ppf((1 + policy.tolerances.confidence_level) / 2) * smoothed.error
    columns = {
        "rate": smoothed.log_rate,
        "lower": smoothed.log_rate - reach,
        "upper": smoothed.log_rate + reach,
    }
    table = pa.table({"area": list(names)} | {name: np.exp(logs) for name, logs in columns.items()})
    return Mapped(
        ReportingMap(
            blob=places.blobs.put_table(table),
            areas=len(names),
            spread=float(smoothed.log_rate.std()),
            together=smoothed.together,
            alone=smoothed.alone,
            lowest=float(np.exp(smoothed.log_rate.min())),
            highest=float(np.exp(smoothed.log_rate.max())),
        ),
        names,
        smoothed,
    )


def counts_by_area(cases: Cases, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """(areas,) twice: repeat reports, and what the city's rate of each type would bring."""
    repeats = cases.incidents.repeats.astype(np.float64)
    by_kind = np.bincount(cases.kind, repeats) / np.maximum(
        np.bincount(cases.kind, cases.incidents.days), 1e-12
    )
    position = {name: i for i, name in enumerate(names)}
    at = np.array([position.get(name, -1) for name in cases.areas])[cases.area]
    known, many = at >= 0, len(names)
    expected = (by_kind[cases.kind] * cases.incidents.days)[known]
    return (
        np.bincount(at[known], repeats[known], many).astype(np.float64),
        np.bincount(at[known], expected, many).astype(np.float64),
    )


def compare_condition(
    spec: PilotSpec,
    tables: Mapping[str, Any],
    reported: Reported,
    mapped: Mapped | None,
    kept: tuple[Places, Policy],
) -> ConditionComparison | None:
    """Reports, and reporting rates, beside the declared survey; None where none is declared."""
    survey, attribute, (places, policy) = spec.audit.reporting.condition, spec.audit.reporting.attribute, kept
    if survey is None or attribute is None:
        return None
    names = _areas_of(spec, tables, attribute)
    surveyed = Surveyed(
        reports=_count(reported, names),
        per=_per(spec, tables, attribute, names),
        worse=_condition(spec, tables, survey, names),
    )
    grouping = area_grouping(spec, attribute, tables, list(names))
    table = pa.table(
        {"area": list(names), "worse": surveyed.worse, "reports": surveyed.reports / surveyed.per}
    )
    return ConditionComparison(
        source=survey.source,
        column=survey.column,
        areas=int(surveyed.known.sum()),
        reports_follow=follow(surveyed.reports / surveyed.per, surveyed.worse, policy),
        rates_follow=None if mapped is None else follow(_rates(mapped, names), surveyed.worse, policy),
        groups=residuals(surveyed, grouping, policy),
        blob=places.blobs.put_table(table),
    )


def _areas_of(spec: PilotSpec, tables: Mapping[str, Any], attribute: str) -> tuple[str, ...]:
    source = spec.audit.attributes[attribute].source
    read = tables[source].select(spec.sources[source].key).to_pyarrow()
    return tuple(sorted(str(value) for value in read[0].to_pylist()))


def _count(reported: Reported, names: tuple[str, ...]) -> Floats:
    """All reports of each area, linked or not."""
    found, counts = np.unique(reported.area, return_counts=True)
    by_area = dict(zip(found.tolist(), counts.tolist(), strict=True))
    return np.array([float(by_area.get(name, 0)) for name in names])


def _per(spec: PilotSpec, tables: Mapping[str, Any], attribute: str, names: tuple[str, ...]) -> Floats:
    survey, source = spec.audit.reporting.condition, spec.audit.attributes[attribute].source
    if survey is None or survey.per is None:
        return np.ones(len(names))
    return _column(spec, tables, source, survey.per, names)


def _condition(
    spec: PilotSpec, tables: Mapping[str, Any], survey: ConditionSurvey, names: tuple[str, ...]
) -> Floats:
    values = _column(spec, tables, survey.source, survey.column, names)
    return values if survey.higher_is_worse else -values


def _column(
    spec: PilotSpec, tables: Mapping[str, Any], source: str, column: str, names: tuple[str, ...]
) -> Floats:
    """A column of a source with one row an area, in the order of ``names``; NaN where blank or not there."""
    key = spec.sources[source].key or ""
    read = tables[source].select(key, column).to_pyarrow()
    values = {
        str(area): value for area, value in zip(read[key].to_pylist(), read[column].to_pylist(), strict=True)
    }
    found = (values.get(name) for name in names)
    return np.array([np.nan if value is None else float(value) for value in found])


def _rates(mapped: Mapped, names: tuple[str, ...]) -> Floats:
    known = dict(zip(mapped.areas, mapped.smoothed.log_rate.tolist(), strict=True))
    return np.array([known.get(name, np.nan) for name in names])
