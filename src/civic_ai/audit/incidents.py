"""Incidents from repeat reports: how long each was under watch, and how often it was reported again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_DAYS = 100.0
LEAST_DAYS = 0.1


@dataclass(frozen=True, eq=False)
class Reports:
    """Reports of incidents, one entry each, in any order.

    ``incident``: a code from 0. ``at`` and ``ended`` in days from any one moment; ``ended`` NaN where the
    incident is still open.
    """

    incident: Integers
    at: Floats
    ended: Floats


@dataclass(frozen=True, eq=False)
class Incidents:
    """One entry an incident: position of its first report, days under watch, repeat reports in them."""

    first: Integers
    days: Floats
    repeats: Integers


def build_incidents(reports: Reports, *, extracted: float, most_days: float = MOST_DAYS) -> Incidents:
    """Incidents with at least ``LEAST_DAYS`` under watch (Liu, Bhandaram & Garg 2024).

    The watch begins at the first report, which is not counted, and ends with the incident, after
    ``most_days``, or on the day of the extract, whichever comes first. ``extracted`` is that day.
    """
    order = np.lexsort((reports.at, reports.incident))
    if not len(order):
        return Incidents(order, np.empty(0), np.empty(0, dtype=np.int64))
    at, incident = reports.at[order], reports.incident[order]
    begins = np.flatnonzero(np.r_[True, incident[1:] != incident[:-1]])
    many = np.diff(begins, append=len(at))
    first = at[begins]
    ended = np.fmin.reduceat(reports.ended[order], begins)
    end = np.fmin(ended, np.minimum(first + most_days, extracted))
    is_repeat = (at > np.repeat(first, many)) & (at <= np.repeat(end, many))
    repeats = np.add.reduceat(is_repeat.astype(np.int64), begins)
    watched = end - first >= LEAST_DAYS
    return Incidents(order[begins][watched], (end - first)[watched], repeats[watched])
