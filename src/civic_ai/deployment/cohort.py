"""Who is on the list of a date, and what was known of them then: the panel's own code, for some dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.dates import dates_every
from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.data.snapshot import open_tables, take_snapshot
from civic_ai.panel.baseline_columns import make_baseline_columns
from civic_ai.panel.case_areas import make_case_areas
from civic_ai.panel.case_baselines import make_case_baselines
from civic_ai.panel.case_features import make_case_features
from civic_ai.panel.case_label import label_cases
from civic_ai.panel.case_rows import read_cases
from civic_ai.panel.cohort import find_cohort
from civic_ai.panel.exposure import exposure_of
from civic_ai.panel.features import make_features
from civic_ai.panel.known import City, day_numbers
from civic_ai.panel.label import label_of, what_happened
from civic_ai.panel.parts import STEP
from civic_ai.panel.scope import Scope
from civic_ai.panel.split import Split, make_splits
from civic_ai.panel.units import make_units
from civic_ai.pilot.load import Pilot
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

PLACE = ("unit", "area", "type")


@dataclass(frozen=True)
class Today:
    """The cohort of one date: ``frame`` has unit, area, type, as_of, step, the features, what simple rules
    read, the exposure and the label, which is not known yet."""

    as_of: date
    snapshot: DataSnapshot
    frame: pd.DataFrame


@dataclass(frozen=True)
class Rules:
    """By what the city's files are read: its contracts, and the policy under which the model was sealed."""

    contracts: dict[str, Contract]
    policy: Policy


def find_today(pilot: Pilot, as_of: date, rules: Rules, blobs: Blobs) -> Today:
    """The cohort of ``as_of`` from the city's files as they stand now, checked against their contracts.

    Raises :class:`DataError` where data is missing, broken or older than promised, or where nobody is on the
    list of that date.
    """
    snapshot = take_snapshot(pilot, rules.contracts, rules.policy, blobs)
    refuse_stale(pilot.spec, as_of, rules.contracts, snapshot)
    frame = rows_of(pilot.spec, [as_of], snapshot, rules.policy, blobs)
    if frame.empty:
        raise DataError.because(
            say("nobody is on the list of {date}", date=as_of),
            about="cohort",
            remedy=say("Choose a date on which a list is made, or hand over newer data."),
        )
    return Today(as_of, snapshot, frame)


def rows_of(
    spec: PilotSpec, dates: Sequence[date], snapshot: DataSnapshot, policy: Policy, blobs: Blobs
) -> pd.DataFrame:
    """The rows of ``dates`` (in order) as the panel would hold them, with what simple rules read and the
    label so far, sorted by date and unit; empty where nobody is on a list.

    Categories and how time is split are those of the spec, so that a column means what it meant in training.
    """
    city = City(spec, open_tables(snapshot, blobs))
    splits = make_splits(spec, spec.as_of.dates)
    if spec.unit.case:
        return _case_rows(city, dates, (snapshot, policy, blobs), splits)
    units, fewest = make_units(city, snapshot, blobs), policy.suppression.minimum
    scope = Scope(city, units, day_numbers(list(dates)), splits, fewest)
    so_far = what_happened(city, scope.units)
    made = {column.record.name: column.values for column in make_features(scope)}
    made |= make_baseline_columns(scope, so_far)
    if spec.label.exposure is not None:
        made["exposure"] = exposure_of(spec.label.exposure, scope)
    made["label"] = label_of(city, scope.units, scope.starts, so_far).values
    day, unit = np.nonzero(find_cohort(city, scope.units, scope.dates))
    frame = scope.units.frame[list(PLACE)].iloc[unit].reset_index(drop=True)
    as_of = scope.dates.astype("datetime64[D]").astype("datetime64[s]")[day]
    first = {name: scope.spread(values)[:: scope.steps][day, unit] for name, values in made.items()}
    return pd.concat([frame.assign(as_of=as_of, **{STEP: 0}), pd.DataFrame(first)], axis=1)


def _case_rows(
    city: City, dates: Sequence[date], sources: tuple[DataSnapshot, Policy, Blobs], splits: tuple[Split, ...]
) -> pd.DataFrame:
    """The cases on the lists of ``dates``. Categories are chosen among all cases from before the first
    cutoff, so the earlier lists are read too."""
    snapshot, policy, blobs = sources
    spec = city.spec
    seen, areas = make_case_areas(city, snapshot, blobs)
    days = day_numbers(list(dates_every(spec.as_of.first, dates[-1], spec.as_of.every_days)))
    scope = Scope(seen, areas, days, splits, policy.suppression.minimum)
    reading = read_cases(spec, seen, days, policy.limits.quarantined_share)
    on = reading.cases.as_of
    rows = np.flatnonzero((on >= days[0]) & (on <= days[-1]))
    cases = reading.cases.taken(rows)
    made: dict[str, NDArray[Any]] = {
        column.record.name: column.values for column in make_case_features(spec, scope, cases)
    }
    label = label_cases(reading.cases, spec, reading.last_day)
    made |= {name: column[rows] for name, column in make_case_baselines(spec, reading.cases, label).items()}
    made["label"] = label.values[rows]
    position = areas.positions(cases.columns["area"].to_pandas())
    area = np.array([*areas.frame["area"], None], dtype=object)[position]
    place = {"unit": cases.columns["unit"].to_pandas(), "area": area, "type": None}
    as_of = cases.as_of.astype("datetime64[D]").astype("datetime64[s]")
    frame = pd.DataFrame({**place, "as_of": as_of, STEP: 0, **made})
    return frame[np.isin(cases.as_of, day_numbers(list(dates)))].reset_index(drop=True)


def newest_days(spec: PilotSpec, as_of: date, snapshot: DataSnapshot) -> dict[str, date]:
    """By source, the newest day up to ``as_of`` that it can tell of; sources without dates are left out."""
    return {
        source.name: min(source.period.last, as_of)
        for source in snapshot.sources
        if spec.sources[source.name].known_at is not None and source.period is not None
    }


def refuse_stale(
    spec: PilotSpec, as_of: date, contracts: dict[str, Contract], snapshot: DataSnapshot
) -> None:
    """Raises :class:`DataError` where a source is older than its contract allows, else than one period.

    A source that fell silent reads like a quiet city.
    """
    for name, newest in newest_days(spec, as_of, snapshot).items():
        fresh = contracts[name].freshness
        allowed = spec.as_of.every_days if fresh is None else fresh.within_days
        if (as_of - newest).days > allowed:
            raise DataError.because(
                say("ends on {newest}, more than {days} days before {date}", newest=newest, days=allowed,
                    date=as_of),
                about=name,
                remedy=say("Hand over newer rows, or choose an earlier date."),
            )  # fmt: skip
