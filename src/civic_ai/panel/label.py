"""What happened within the horizon, and from when on that is final.

The label of unit u on the as-of date D looks at the days D+1 to D+horizon (see ``known``), and with several
steps at the windows of that length after it. An event happens on the day it became known. A window that
touches days which were not handed over (``gaps``) has no label: nobody knows what happened then.

Where the spec names the column of the incident (``audit.reporting.incident``),
label rows are incidents: the first report counts, on its day and at its place, and later reports of the same
incident do not. So nothing that the city knew on the as-of date can come back as a new event after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.panel.cube import DailyCounts, build_cube, count_daily
from civic_ai.panel.gaps import silence_of_types
from civic_ai.panel.known import City, Days, first_and_last_day, known_rows
from civic_ai.panel.request_types import of_types
from civic_ai.panel.unit_list import Units
from civic_ai.panel.where import column_of
from civic_ai.pilot.spec import PilotSpec

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Happened:
    """``events``: label rows by unit and day. ``first_day`` and ``last_day``: first and last day on which the
    source knew anything."""

    events: DailyCounts
    first_day: int
    last_day: int


@dataclass(frozen=True)
class Label(Happened):
    """``values``: windows x units, NaN where unmatured or in a gap.

    ``is_matured`` (windows): the window has ended. ``in_gap`` (windows x units): it touches days that were
    not handed over.
    """

    values: Floats
    is_matured: NDArray[np.bool_]
    in_gap: NDArray[np.bool_]


def make_label(city: City, units: Units, starts: Days) -> Label:
    """The label of every unit in every window ``(start, start + horizon]``.

    Raises :class:`DataError` when none has matured.
    """
    spec, so_far = city.spec.label, what_happened(city, units)
    if starts[0] + spec.horizon_days > so_far.last_day:
        raise _nothing_matured(spec.source, spec.horizon_days)
    return label_of(city, units, starts, so_far)


def label_of(city: City, units: Units, starts: Days, so_far: Happened) -> Label:
    """The same from what happened so far; all NaN where nothing has matured."""
    spec = city.spec.label
    ends = starts + spec.horizon_days
    counts = build_cube(so_far.events, (starts, ends), len(units)).between(starts, ends)
    counted = counts if spec.kind == "count" else np.minimum(counts, 1)
    silent = silence_of_types(city.spec, spec.source).between(starts, ends) > 0
    is_matured, in_gap = ends <= so_far.last_day, silent[:, units.type_of]
    values = np.where(is_matured[:, None] & ~in_gap, counted, np.nan)
    return Label(so_far.events, so_far.first_day, so_far.last_day, values, is_matured, in_gap)


def what_happened(city: City, units: Units) -> Happened:
    """All that the label counts, up to the last day that its source can tell of.

    Raises :class:`DataError` where the source holds nothing.
    """
    spec = city.spec.label
    period = first_and_last_day(city, spec.source)
    if period is None:
        raise _nothing_matured(spec.source, spec.horizon_days)
    return Happened(count_daily(label_rows(city), units), *period)


def label_rows(city: City) -> Any:
    """The rows that the label counts (ibis): of the pilot's types; one an incident where these are named."""
    rows = known_rows(city, city.spec.label.source, city.spec.label.where)
    rows = of_types(rows, city.spec.unit.types)
    incident = incident_column(city.spec)
    return rows if incident is None else first_reports(rows, incident, city.known_at(city.spec.label.source))


def incident_column(spec: PilotSpec) -> str | None:
    """The column of the label's source that names the incident, where the spec declares one."""
    reporting = spec.audit.reporting
    is_of_label = reporting.source in (None, spec.label.source)
    return reporting.incident if is_of_label else None


def first_reports(rows: Any, incident: str, known_at: str) -> Any:
    """The first row of each incident; rows without an incident each stand for themselves.

    Rows of one moment are put in order by all their columns, so that the choice never depends on the file.
    """
    named = column_of(rows, incident, about="audit.reporting.incident")
    others = [rows[name] for name in sorted(rows.columns) if name != known_at]
    order = ibis.row_number().over(ibis.window(group_by=named, order_by=[rows[known_at], *others]))
    ranked = rows.mutate(report=order)
    return ranked.filter((ranked.report == 0) | ranked[incident].isnull()).drop("report")


def _nothing_matured(source: str, horizon: int) -> DataError:
    error = DataError.because(
        say(
            "no label has matured: {source} ends less than {days} days after as_of.first",
            source=source,
            days=horizon,
        ),
        about="label",
        remedy=say("Hand over later data, or start as_of.first earlier."),
    )
    assert isinstance(error, DataError)
    return error
