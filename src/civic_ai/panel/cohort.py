"""Which units are on the list on an as-of date: all, or those with a row in the last days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.cube import DailyCounts, build_cube, count_daily
from civic_ai.panel.gaps import silence_of_types
from civic_ai.panel.known import City, Days, known_rows
from civic_ai.panel.unit_list import Units

Mask = NDArray[np.bool_]


def find_cohort(city: City, units: Units, dates: Days) -> Mask:
    """Dates x units: is the unit scored on that date? Looks only at what was known by then.

    A unit whose rows were not all handed over in those days stays on the list: nobody knows it was quiet.
    """
    within = city.spec.cohort.seen_within_days
    if within is None:
        return np.ones((len(dates), len(units)), dtype=bool)
    counts = count_daily(known_rows(city, city.spec.unit.source), units)
    cube = build_cube(counts, (dates - within, dates), len(units))
    silent = silence_of_types(city.spec, city.spec.unit.source).between(dates - within, dates) > 0
    return np.asarray((cube.between(dates - within, dates) > 0) | silent[:, units.type_of])


def events_outside(events: DailyCounts, cohort: Mask, dates: Days, reach: int) -> int:
    """Label rows at most ``reach`` days after an as-of date that no row of the panel counts: their place is
    no unit, or the unit was not in the cohort on any of those dates."""
    first = np.searchsorted(dates, events.day - reach)
    beyond = np.searchsorted(dates, events.day)
    listed = np.vstack([np.zeros((1, cohort.shape[1]), dtype=np.int64), np.cumsum(cohort, axis=0)])
    times = listed[beyond, events.unit] - listed[first, events.unit]
    missed = (beyond > first) & ((events.unit < 0) | (times == 0))
    return int(events.n[missed].sum())
