"""From a snapshot to the panel: units x as-of dates, what was known then, what happened next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.data.snapshot import open_tables
from civic_ai.panel.baseline_columns import make_baseline_columns
from civic_ai.panel.cases import build_case_panel
from civic_ai.panel.cohort import events_outside, find_cohort
from civic_ai.panel.ending import end_is_doubtful
from civic_ai.panel.exposure import exposure_of
from civic_ai.panel.features import make_features
from civic_ai.panel.findings import find_oddities
from civic_ai.panel.known import City, day_numbers
from civic_ai.panel.label import Label, make_label
from civic_ai.panel.leakage import Search, search_leaks
from civic_ai.panel.location import find_location_gap
from civic_ai.panel.naive_scale import naive_scale
from civic_ai.panel.parts import Parts, panel_table, rows_without_label, units_table
from civic_ai.panel.scope import FEWEST_ROWS, Scope
from civic_ai.panel.split import make_splits
from civic_ai.panel.units import make_units
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.figure import Period
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

Floats = NDArray[np.float64]

MOST_ROWS = 20_000_000
"""A panel with more rows is refused: cells too small or dates too close for one machine."""


@dataclass(frozen=True)
class Panel:
    """The manifest with its tables: ``frame`` (unit, as_of as datetime64, step, features, reserved columns,
    label) sorted by as_of, step and unit, and ``units`` (unit, area, type, lat, lon, row, col, observer)
    sorted by unit."""

    manifest: PanelManifest
    frame: pd.DataFrame
    units: pd.DataFrame


def build_panel(spec: PilotSpec, snapshot: DataSnapshot, policy: Policy, blobs: Blobs) -> PanelManifest:
    """The panel of a pilot, written to ``blobs``: places over time, or cases (``cases``).

    Raises :class:`DataError` when there is too little to learn from, :class:`ConfigError` when the spec asks
    for something that the tables do not hold.
    """
    if spec.question in ("cases", "durations"):
        return build_case_panel(spec, snapshot, policy, blobs)
    parts = make_parts(spec, snapshot, blobs, policy.suppression.minimum)
    _refuse_boundless_capacity(parts.scope)
    _refuse_too_few(parts, policy)
    contracts = {source.name: blobs.record(Contract, source.contract_digest) for source in snapshot.sources}
    return _manifest(parts, snapshot, search_leaks(parts, contracts, policy), policy, blobs)


def make_parts(
    spec: PilotSpec, snapshot: DataSnapshot, blobs: Blobs, fewest_rows: int = FEWEST_ROWS
) -> Parts:
    """Units, cohort, label, features and reserved columns of a panel of places over time, in memory."""
    city = City(spec, open_tables(snapshot, blobs))
    dates = spec.as_of.dates
    units, splits = make_units(city, snapshot, blobs), make_splits(spec, dates)
    scope = Scope(city, units, day_numbers(list(dates)), splits, fewest_rows)
    _refuse_too_large(scope)
    cohort = find_cohort(city, scope.units, scope.dates)
    label = make_label(city, scope.units, scope.starts)
    return Parts(scope, cohort, label, make_features(scope), _reserved(scope, label))


def _reserved(scope: Scope, label: Label) -> dict[str, Floats]:
    """What no candidate sees: the simple rules' counts, and for counts the exposure and the errors' scale."""
    spec = scope.city.spec.label
    columns = make_baseline_columns(scope, label)
    if spec.exposure is not None:
        columns["exposure"] = exposure_of(spec.exposure, scope)
    if spec.kind == "count":
        columns["scale"] = naive_scale(scope, label)
    return columns


def open_panel(manifest: PanelManifest, blobs: Blobs) -> Panel:
    """The panel in memory."""
    frame = blobs.table(manifest.blob).to_pandas(date_as_object=False)
    return Panel(manifest, frame, blobs.table(manifest.units_blob).to_pandas())


def _refuse_too_large(scope: Scope) -> None:
    windows, units = scope.shape
    rows = windows * units
    if rows > MOST_ROWS:
        raise ConfigError.because(
            say("{units} units on {dates} dates make {rows} rows", units=units, dates=windows, rows=rows),
            about="unit",
            remedy=say(
                "Use larger cells or a longer as_of.every_days; the most is {most} rows.", most=MOST_ROWS
            ),
        )


def _refuse_boundless_capacity(scope: Scope) -> None:
    """Who can visit every unit needs no list, and every list would look perfect."""
    capacity = scope.city.spec.capacity.units_per_period
    if capacity is not None and capacity >= len(scope.units):
        raise ConfigError.because(
            say("{given} visits reach all {units} units", given=capacity, units=len(scope.units)),
            about="capacity.units_per_period",
            remedy=say("Say what the city can really visit, or use smaller units."),
        )


def _refuse_too_few(parts: Parts, policy: Policy) -> None:
    """The oldest split learns from the fewest events: those after the first as-of date, up to its cutoff."""
    events, cutoff = parts.label.events.placed(), day_numbers([parts.scope.splits[0].cutoff])[0]
    within = (events.day > parts.scope.dates[0]) & (events.day <= cutoff)
    found, needed = int(events.n[within].sum()), policy.limits.training_events
    if found < needed:
        raise DataError.because(
            say(
                "the first split has {found} events to learn from; it takes {needed}",
                found=found,
                needed=needed,
            ),
            about="label",
            remedy=say("Start as_of earlier, ask for fewer splits, or widen what the label counts."),
        )


def _manifest(
    parts: Parts, snapshot: DataSnapshot, search: Search, policy: Policy, blobs: Blobs
) -> PanelManifest:
    scope, label = parts.scope, parts.label
    table = panel_table(parts)
    known = table["label"].drop_null().to_numpy()
    happened = int(known.sum())
    unmatured, in_gaps = rows_without_label(parts)
    return PanelManifest(
        spec=scope.city.spec.digest,
        snapshot=snapshot.digest,
        blob=blobs.put_table(table),
        units_blob=blobs.put_table(units_table(scope.units)),
        rows=table.num_rows,
        units=len(scope.units),
        as_of_dates=len(scope.dates),
        period=Period(first=_date(scope.dates[0]), last=_date(scope.dates[-1])),
        horizon_days=scope.horizon,
        question=scope.city.spec.question,
        steps=scope.steps,
        types=scope.units.types,
        label_kind=scope.city.spec.label.kind,
        label_rate=float(known.mean()) if len(known) else None,
        events=happened,
        events_outside_cohort=events_outside(label.events, parts.cohort, scope.dates, scope.reach),
        unmatured_rows=unmatured,
        rows_in_gaps=in_gaps,
        last_known_on=str(_date(label.last_day)),
        end_is_doubtful=end_is_doubtful(scope, label.last_day),
        features=tuple(column.record for column in parts.features),
        categories=tuple(column.category for column in parts.features if column.category is not None),
        leaks=search.leaks,
        leaks_found=search.leaks_found,
        location=find_location_gap(scope.city, scope.units, policy),
        findings=(*find_oddities(parts), *search.findings),
    )


def _date(day: int) -> date:
    return np.datetime64(int(day), "D").astype(date)  # type: ignore[no-any-return]
