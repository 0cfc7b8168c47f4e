"""From a snapshot to the panel of cases: every case on its list, what was known then, how it turned out."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from civic_ai.data.snapshot import open_tables
from civic_ai.panel.case_areas import make_case_areas
from civic_ai.panel.case_baselines import make_case_baselines
from civic_ai.panel.case_features import make_case_features, refuse_known_afterwards
from civic_ai.panel.case_findings import find_case_oddities, outcomes_thin_out, refuse_useless
from civic_ai.panel.case_label import label_cases
from civic_ai.panel.case_leaks import search_case_leaks
from civic_ai.panel.case_parts import CaseParts, case_table, case_units
from civic_ai.panel.case_rows import read_cases
from civic_ai.panel.known import City, day_numbers
from civic_ai.panel.leakage import Search
from civic_ai.panel.location import find_location_gap
from civic_ai.panel.scope import Scope
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.figure import Period
from civic_ai.records.panel import LocationGap, PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs


def build_case_panel(spec: PilotSpec, snapshot: DataSnapshot, policy: Policy, blobs: Blobs) -> PanelManifest:
    """The panel of a pilot whose units are cases, written to ``blobs``.

    Raises :class:`DataError` when there is too little to learn from, :class:`ConfigError` when the spec asks
    for something that the tables do not hold or that is only known afterwards.
    """
    contracts = {source.name: blobs.record(Contract, source.contract_digest) for source in snapshot.sources}
    refuse_known_afterwards(spec, contracts[spec.unit.source])
    parts = make_case_parts(spec, snapshot, policy, blobs)
    refuse_useless(parts, policy)
    search = search_case_leaks(parts, contracts, policy)
    return _manifest(parts, snapshot, search, policy, blobs)


def make_case_parts(spec: PilotSpec, snapshot: DataSnapshot, policy: Policy, blobs: Blobs) -> CaseParts:
    """Cases, label, features and reserved columns of the panel, in memory."""
    seen, areas = make_case_areas(City(spec, open_tables(snapshot, blobs)), snapshot, blobs)
    fewest = policy.suppression.minimum
    dates = spec.as_of.dates
    scope = Scope(seen, areas, day_numbers(list(dates)), make_splits(spec, dates), fewest)
    reading = read_cases(spec, seen, scope.dates, policy.limits.quarantined_share)
    label = label_cases(reading.cases, spec, reading.last_day)
    reserved = make_case_baselines(spec, reading.cases, label)
    as_of = reading.cases.as_of
    rows = np.flatnonzero((as_of >= scope.dates[0]) & (as_of <= scope.dates[-1]))
    cases = reading.cases.taken(rows)
    return CaseParts(
        spec,
        scope,
        reading,
        cases,
        label.taken(rows),
        make_case_features(spec, scope, cases),
        {name: values[rows] for name, values in reserved.items()},
    )


def _manifest(
    parts: CaseParts, snapshot: DataSnapshot, search: Search, policy: Policy, blobs: Blobs
) -> PanelManifest:
    spec, label = parts.spec, parts.label
    is_known = ~np.isnan(label.values)
    events = int(label.events.sum())
    return PanelManifest(
        spec=spec.digest,
        snapshot=snapshot.digest,
        blob=blobs.put_table(case_table(parts)),
        units_blob=blobs.put_table(case_units(parts)),
        rows=len(parts.cases),
        units=len(parts.cases),
        as_of_dates=len(parts.scope.dates),
        period=Period(first=_date(parts.scope.dates[0]), last=_date(parts.scope.dates[-1])),
        horizon_days=spec.label.horizon_days,
        question=spec.question,
        label_kind=spec.label.kind,
        label_rate=events / int(is_known.sum()),
        events=events,
        events_outside_cohort=parts.reading.missed,
        unmatured_rows=int((~is_known).sum()),
        censored_rows=None if label.ended is None else int((is_known & ~label.ended).sum()),
        last_known_on=str(_date(parts.reading.last_day)),
        end_is_doubtful=outcomes_thin_out(parts),
        features=tuple(column.record for column in parts.features),
        categories=tuple(column.category for column in parts.features if column.category is not None),
        leaks=search.leaks,
        leaks_found=search.leaks_found,
        location=_location(parts, policy),
        findings=(*find_case_oddities(parts), *search.findings),
    )


def _location(parts: CaseParts, policy: Policy) -> LocationGap:
    """Is the area missing evenly? Of all cases, however they turned out."""
    city = parts.scope.city
    every = None if parts.spec.label.kind == "event" else city.spec.label.where
    label = city.spec.label.model_copy(update={"where": every})
    seen = City(city.spec.model_copy(update={"label": label}), city.tables)
    return find_location_gap(seen, parts.scope.units, policy)


def _date(day: Any) -> date:
    return np.datetime64(int(day), "D").astype(date)  # type: ignore[no-any-return]
