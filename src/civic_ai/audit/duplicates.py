"""Reports as a pilot's table holds them, and the problems that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.audit.incidents import MOST_DAYS, Incidents, Reports, build_incidents
from civic_ai.audit.linkage import Located, flatten_degrees, link_reports, linkage_ends
from civic_ai.panel.where import satisfying
from civic_ai.pilot.reporting import Nearness
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import columns_of, parse_where

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MICROSECONDS_PER_DAY = 86_400e6
NO_AREA = ""
_NONE = -1


@dataclass(frozen=True)
class Setting:
    """How far links reach, as factors of what the pilot declares, and how long a case is watched at most."""

    metres: float = 1.0
    days: float = 1.0
    most_days: float = MOST_DAYS


@dataclass(frozen=True, eq=False)
class Reported:
    """The reports that the label counts; one entry a report. ``extracted``: the last day known.

    ``at`` and ``ended`` in days from ``start``, the first report (``ended`` NaN while open), which is in days
    from 1970. ``incident`` and ``caller``
    are codes, -1 where the row names none. ``located`` holds the reports with a place, ``placed`` says which
    these are; both None where the pilot links by number.
    """

    at: Floats
    ended: Floats
    area: NDArray[np.str_]
    kind: Integers
    incident: Integers
    caller: Integers
    placed: Flags | None
    located: Located | None
    extracted: float
    start: float

    @property
    def is_linkable(self) -> Flags:
        """(reports,): whether a report can be linked to others: it has a number, or a place."""
        return self.incident >= 0 if self.placed is None else self.placed


@dataclass(frozen=True, eq=False)
class Cases:
    """Watched incidents with where and what they are; one entry an incident.

    ``area`` positions in ``areas`` (sorted names, "" for none), ``kind`` a code; ``largest`` counts the
    reports of the incident with the most.
    """

    incidents: Incidents
    area: Integers
    kind: Integers
    areas: tuple[str, ...]
    largest: int

    @property
    def places(self) -> list[str | None]:
        """The area of each code; None for reports without one."""
        return [None if name == NO_AREA else name for name in self.areas]


def find_cases(reported: Reported, setting: Setting, *, each_caller_once: bool = True) -> Cases:
    """The watched incidents under one setting; repeat calls of one caller about one incident are left out."""
    rows = np.flatnonzero(reported.is_linkable)
    incident, ended = _problems(reported, rows, setting)
    if each_caller_once:
        once = _first_calls(incident, reported.caller[rows], reported.at[rows])
        rows, incident, ended = rows[once], incident[once], ended[once]
    return _cases(reported, setting, (rows, incident, ended))


def repeats_alone(reported: Reported, setting: Setting) -> Cases:
    """Every repeat report as if its link were lost: an incident of its own, watched from that report on."""
    rows = np.flatnonzero(reported.is_linkable)
    incident, _ = _problems(reported, rows, setting)
    once = _first_calls(incident, reported.caller[rows], reported.at[rows])
    order = once[np.lexsort((reported.at[rows][once], incident[once]))]
    later = order[1:][np.diff(incident[order]) == 0]
    alone, ended = np.arange(len(later)), reported.ended[rows][later]
    if reported.located is not None:
        days = setting.days * reported.located.days[later]
        ended = linkage_ends(alone, reported.located.at[later], ended, days)
    return _cases(reported, setting, (rows[later], alone, ended))


def _cases(reported: Reported, setting: Setting, reports: tuple[Integers, Integers, Floats]) -> Cases:
    """``reports``: positions, the code of each one's incident, and until when a repeat would be seen."""
    rows, incident, ended = reports
    incidents = build_incidents(
        Reports(incident, reported.at[rows], ended),
        extracted=reported.extracted,
        most_days=setting.most_days,
    )
    areas, code = np.unique(reported.area, return_inverse=True)
    first = rows[incidents.first]
    largest = int(np.bincount(incident).max(initial=0)) if len(incident) else 0
    return Cases(incidents, code[first], reported.kind[first], tuple(str(name) for name in areas), largest)


def _problems(reported: Reported, rows: Integers, setting: Setting) -> tuple[Integers, Floats]:
    """The code of each report's problem, and until when a repeat would have been seen."""
    if reported.located is None:
        return reported.incident[rows], reported.ended[rows]
    located = reported.located.scaled(setting.metres, setting.days)
    incident = link_reports(located)
    return incident, linkage_ends(incident, located.at, reported.ended[rows], located.days)


def _first_calls(incident: Integers, caller: Integers, at: Floats) -> Integers:
    """Positions of all reports but those by a caller who had reported the same problem before."""
    order = np.lexsort((at, caller, incident))
    again = (np.diff(incident[order]) == 0) & (np.diff(caller[order]) == 0) & (caller[order][1:] >= 0)
    kept: Integers = np.sort(order[np.r_[True, ~again][: len(order)]])
    return kept


def read_reports(spec: PilotSpec, table: Any, area: str) -> Reported:
    """The reports that the label counts, in days from their first; ``area`` is the column that says where.

    Incidents are told apart by the text columns that the label's condition looks at (the request type).
    """
    asked, linkage = spec.audit.reporting, spec.audit.reporting.linkage
    known_at = spec.sources[asked.source or ""].known_at or ""
    is_label = asked.source == spec.label.source
    kinds = _kind_columns(spec, table) if is_label else ()
    places = () if linkage is None else (linkage.lat, linkage.lon)
    named = (asked.incident, asked.caller, asked.ended_at)
    wanted = dict.fromkeys((area, known_at, *kinds, *places, *(column for column in named if column)))
    chosen = satisfying(table, spec.label.where if is_label else None)
    rows = chosen.select(*wanted).to_pyarrow()
    rows = rows.filter(pc.is_valid(rows[known_at]))
    at, start = _days(rows[known_at])
    kind = _joint_codes([rows[column] for column in kinds], len(at))
    placed, located = (None, None) if linkage is None else _located(spec, rows, at, kind)
    last = table.select(known_at).to_pyarrow()[known_at]
    return Reported(
        at=at,
        ended=np.full(len(at), np.nan) if asked.ended_at is None else _days(rows[asked.ended_at], start)[0],
        area=np.asarray(pc.fill_null(rows[area].cast(pa.string()), NO_AREA).to_numpy(), dtype=str),
        kind=kind,
        incident=_codes_or_none(rows, None if placed is not None else asked.incident),
        caller=_codes_or_none(rows, asked.caller),
        placed=placed,
        located=located,
        extracted=float(np.nanmax(_days(last, start)[0], initial=0.0)),
        start=start,
    )


def _located(spec: PilotSpec, rows: pa.Table, at: Floats, kind: Integers) -> tuple[Flags, Located]:
    """Which reports have a place, and these with how near others of their kind must be."""
    linkage = spec.audit.reporting.linkage
    assert linkage is not None
    lat, lon = (rows[column].cast(pa.float64()).to_numpy() for column in (linkage.lat, linkage.lon))
    placed: Flags = np.isfinite(lat) & np.isfinite(lon)
    x, y = flatten_degrees(lat[placed], lon[placed])
    near = _nearness(linkage.by_type, linkage, rows)
    metres, days = (
        np.array([getattr(one, name) for one in near], dtype=np.float64) for name in ("metres", "days")
    )
    return placed, Located(x, y, at[placed], kind[placed], metres[placed], days[placed])


def _nearness(by_type: Mapping[str, Nearness], usual: Nearness, rows: pa.Table) -> list[Nearness]:
    """The setting of each row: that of its type where one of its text columns names one."""
    found = [usual] * rows.num_rows
    for column in (
        rows[name] for name in rows.column_names if by_type and pa.types.is_string(rows[name].type)
    ):
        found = [by_type.get(value, one) for value, one in zip(column.to_pylist(), found, strict=True)]
    return found


def area_column(spec: PilotSpec, table: Any) -> str | None:
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


def _codes_or_none(rows: pa.Table, column: str | None) -> Integers:
    """A code from 0 for each different value, -1 where blank or where there is no such column."""
    if column is None:
        return np.full(rows.num_rows, _NONE, dtype=np.int64)
    encoded = rows[column].combine_chunks().dictionary_encode()
    codes: Integers = pc.fill_null(encoded.indices, _NONE).to_numpy().astype(np.int64)
    return codes


def _joint_codes(columns: list[pa.ChunkedArray], rows: int) -> Integers:
    """A code for each different combination of values; a blank is a value of its own."""
    joint = np.zeros(rows, dtype=np.int64)
    for column in columns:
        codes = _codes_or_none(pa.table({"value": column}), "value") + 1
        joint = np.unique(joint * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    return joint
