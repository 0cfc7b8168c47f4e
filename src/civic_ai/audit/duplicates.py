"""The duplicate-report model on a pilot's own requests: from its tables to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.audit.incidents import Reports, build_incidents
from civic_ai.audit.reporting import judge_reporting, not_examined, watch
from civic_ai.panel.groups import area_grouping
from civic_ai.panel.where import satisfying
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import columns_of, parse_where
from civic_ai.records.audit import ReportingBias
from civic_ai.records.policy import Policy

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MICROSECONDS_PER_DAY = 86_400e6


def examine_reporting(spec: PilotSpec, tables: Mapping[str, Any], policy: Policy) -> ReportingBias:
    """Reporting rates by group of the declared attribute; ``unknown`` with the reason where it cannot be.

    Reasons: ``not_asked``, ``no_incident_column``, ``no_area_column``, ``no_duplicates``.
    """
    asked = spec.audit.reporting
    if asked.method == "none" or asked.source is None or asked.attribute is None:
        return not_examined("not_asked", "none")
    table = tables[asked.source]
    area = _area_column(spec, table)
    if asked.incident not in table.columns:
        return not_examined("no_incident_column")
    if area is None:
        return not_examined("no_area_column")
    reported = read_reports(spec, table, area)
    incidents = build_incidents(reported.reports, extracted=reported.extracted)
    if not incidents.repeats.any():
        return not_examined("no_duplicates")
    first = incidents.first
    names, code = np.unique(reported.area[first], return_inverse=True)
    places = [None if name == _NO_AREA else str(name) for name in names]
    grouping = area_grouping(spec, asked.attribute, tables, places)
    watched = watch(incidents, code, reported.kind[first])
    return judge_reporting(watched, [grouping], policy, seed=spec.seed)


_NO_AREA = ""


@dataclass(frozen=True, eq=False)
class Reported:
    """Reports with what they are told apart by; one entry a report. ``extracted``: the last day known."""

    reports: Reports
    area: NDArray[np.str_]
    kind: Integers
    extracted: float


def read_reports(spec: PilotSpec, table: Any, area: str) -> Reported:
    """The reports that the label counts, where they belong to an incident, in days from their first.

    Incidents are told apart by the text columns that the label's condition looks at (the request type).
    """
    asked = spec.audit.reporting
    known_at = spec.sources[asked.source or ""].known_at or ""
    is_label = asked.source == spec.label.source
    chosen = satisfying(table, spec.label.where if is_label else None)
    kinds = _kind_columns(spec, table) if is_label else ()
    wanted = dict.fromkeys(
        (asked.incident, area, known_at, *kinds, *([asked.ended_at] if asked.ended_at else []))
    )
    rows = chosen.select(*wanted).to_pyarrow()
    rows = rows.filter(pc.and_(pc.is_valid(rows[asked.incident]), pc.is_valid(rows[known_at])))
    at, start = _days(rows[known_at])
    ended = np.full(len(at), np.nan) if asked.ended_at is None else _days(rows[asked.ended_at], start)[0]
    last = table.select(known_at).to_pyarrow()[known_at]
    return Reported(
        reports=Reports(_codes(rows[asked.incident]), at, ended),
        area=np.asarray(pc.fill_null(rows[area].cast(pa.string()), _NO_AREA).to_numpy(), dtype=str),
        kind=_joint_codes([rows[kind] for kind in kinds], len(at)),
        extracted=float(np.nanmax(_days(last, start)[0], initial=0.0)),
    )


def _area_column(spec: PilotSpec, table: Any) -> str | None:
    """The column that says where a report belongs: the unit's own area, or the key of the area source."""
    attribute = spec.audit.attributes[spec.audit.reporting.attribute or ""]
    for column in (spec.unit.area, spec.sources[attribute.source].key):
        if column is not None and column in table.columns:
            return column
    return None


def _kind_columns(spec: PilotSpec, table: Any) -> tuple[str, ...]:
    if spec.label.where is None:
        return ()
    named = sorted(columns_of(parse_where(spec.label.where)))
    return tuple(column for column in named if table[column].type().is_string())


def _days(column: pa.ChunkedArray, start: float | None = None) -> tuple[Floats, float]:
    """Days since ``start`` (since the first moment where it is None), NaN where blank; and the start."""
    moments = column.cast(pa.timestamp("us", getattr(column.type, "tz", None)), safe=False).cast(pa.int64())
    days = moments.to_numpy().astype(np.float64) / _MICROSECONDS_PER_DAY
    begin = float(np.nanmin(days, initial=np.inf)) if start is None else start
    return days - begin, begin


def _codes(column: pa.ChunkedArray) -> Integers:
    """A code from 0 for each different value."""
    encoded = column.combine_chunks().dictionary_encode()
    codes: Integers = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
    return codes - min(int(codes.min(initial=0)), 0)


def _joint_codes(columns: list[pa.ChunkedArray], rows: int) -> Integers:
    """A code for each different combination of values."""
    joint = np.zeros(rows, dtype=np.int64)
    for column in columns:
        codes = _codes(column)
        joint = np.unique(joint * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    return joint
