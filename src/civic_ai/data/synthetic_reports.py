"""What the city hears of: reports, repeat reports, inspections, and crews that close the queue.

An incident is reported first after an exponential time, if it lasts that long; from then on repeat
reports come at the same rate until it is repaired or goes away (Liu, Bhandaram & Garg 2024). Crews
take incidents in order of readiness, so many a week: a queue with a fixed time for each job.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civic_ai.data.synthetic_fields import Floats, Land
from civic_ai.data.synthetic_need import Integers, Need
from civic_ai.data.synthetic_settings import CitySettings, IncidentKind

_SEVERITY_SPEEDS_REPORTS = 0.35
_SEVERITY_SPEEDS_INSPECTION = 0.3
_INSPECTION_SPREAD = 1.4
_INSPECTED_SHARE = 0.66
_CREW_RESERVE = 1.4
"""Crews can do so many times the mean work: winters fill the queue, summers empty it."""


@dataclass(frozen=True)
class Handling:
    """What became of each incident of a kind; days since the first day of the burn-in.

    ``rate`` reports per day while it lives; ``first`` the first report, whether or not it came in time
    (``is_reported``); ``inspected`` blank (NaN) where nobody inspected; ``closed`` by a crew (NaN where
    nobody reported).
    """

    rate: Floats
    first: Floats
    is_reported: npt.NDArray[np.bool_]
    inspected: Floats
    closed: Floats


@dataclass(frozen=True)
class Reports:
    """All reports of a kind, in order of incident: ``incident`` is a position in its Need.

    ``is_linked`` is False for a repeat report that the city takes for a new incident.
    """

    incident: Integers
    at: Floats
    is_linked: npt.NDArray[np.bool_]


def handle(
    kind: IncidentKind, need: Need, *, land: Land, settings: CitySettings, rng: np.random.Generator
) -> Handling:
    """Draw first reports, inspections and closings of every incident."""
    share, many = land.minority_share[need.area], len(need.area)
    rate = report_rate(kind, land, settings)[need.area] * np.exp(_SEVERITY_SPEEDS_REPORTS * need.severity)
    first = need.born + rng.exponential(1, many) / rate
    is_reported = first < need.died
    pace = np.exp(np.log(settings.delay_ratio) * share - _SEVERITY_SPEEDS_INSPECTION * need.severity)
    delay = kind.inspect_days * pace * np.exp(_INSPECTION_SPREAD * rng.standard_normal(many))
    is_inspected = rng.random(many) < _INSPECTED_SHARE
    jobs_per_day = _CREW_RESERVE * is_reported.sum() / np.ptp(need.born)
    closed = np.full(many, np.nan)
    closed[is_reported] = crew_queue((first + delay)[is_reported], jobs_per_day)
    closed += rng.gamma(2, 1.5, many)
    return Handling(rate, first, is_reported, np.where(is_inspected, first + delay, np.nan), closed)


def report_rate(kind: IncidentKind, land: Land, settings: CitySettings) -> Floats:
    """Reports per day of one live incident of middling severity, by area."""
    log_rate = np.log(settings.reporting_ratio) * land.minority_share + land.report_effect
    return np.asarray(np.exp(log_rate) / kind.report_days)


def crew_queue(ready: Floats, jobs_per_day: float) -> Floats:
    """When each job is done by crews who take them first come, first served, at a steady pace.

    With jobs in order of readiness, a job ends one step after the job before it or after it became
    ready, whichever is later: a running maximum (Lindley 1952).
    """
    order = np.argsort(ready, kind="stable")
    place = np.arange(len(ready))
    done = np.empty(len(ready))
    done[order] = (np.maximum.accumulate(ready[order] * jobs_per_day - place) + place + 1) / jobs_per_day
    return done


def collect_reports(
    need: Need, handling: Handling, settings: CitySettings, rng: np.random.Generator
) -> Reports:
    """First and repeat reports of every reported incident."""
    reported = np.flatnonzero(handling.is_reported)
    first, rate = handling.first[reported], handling.rate[reported]
    alive = np.minimum(need.died[reported], handling.closed[reported]) - first
    is_repeatable = rng.random(len(reported)) >= settings.zero_inflation
    again = rng.poisson(rate * alive * is_repeatable)
    repeated = np.repeat(np.arange(len(reported)), again)
    at = first[repeated] + rng.random(len(repeated)) * alive[repeated]
    is_linked = rng.random(len(repeated)) >= settings.linkage_loss
    incident = np.concatenate([reported, reported[repeated]])
    order = np.argsort(incident, kind="stable")
    return Reports(
        incident=incident[order],
        at=np.concatenate([first, at])[order],
        is_linked=np.concatenate([np.ones(len(reported), dtype=bool), is_linked])[order],
    )
