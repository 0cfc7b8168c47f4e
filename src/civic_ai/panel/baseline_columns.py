"""What the simple rules need, whatever features are declared: the label's own past.

Columns, never blank, that no candidate sees. Source of the rules: METHODS 2.2; the seasonal index is the
share of a year's rows that fell into the coming window in earlier years (Brown 1959). Only days that were
handed over count (``gaps``): a count is scaled up to its whole window, and where nothing of a window was
handed over the next longer one stands in. Where nothing was handed over before the date, the column is 0.

==========================  =============================================================== =============
``baseline_last_value``     label rows of the unit in the last horizon                      dates x units
``baseline_recent_count``   ... in the last 28 days                                         dates x units
``baseline_quarter_count``  ... in the last 91 days                                         dates x units
``baseline_year_count``     ... in the last 364 days                                        dates x units
``baseline_seasonal_naive`` ... in the same window 364 days (or more whole years) before    windows x units
``baseline_season_index``   the season of the window, by type; 1 = average                  windows x units
==========================  =============================================================== =============
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.cube import Cube, DailyCounts, build_cube
from civic_ai.panel.gaps import Silence, silence_of_types
from civic_ai.panel.known import Days
from civic_ai.panel.label import Happened
from civic_ai.panel.scope import Scope
from civic_ai.panel.unit_list import Ints

Floats = NDArray[np.float64]

RESERVED = "baseline_"
RECENT_DAYS, QUARTER_DAYS, YEAR_DAYS, MOST_YEARS = 28, 91, 364, 5


def make_baseline_columns(scope: Scope, so_far: Happened) -> dict[str, Floats]:
    """The columns by name, shaped as the table above says."""
    cover = Cover(so_far.first_day - 1, silence_of_types(scope.city.spec, scope.city.spec.label.source))
    trailing = _trailing(scope, so_far, cover)
    made = {f"{RESERVED}{name}": values for name, values in trailing.items()}
    made[f"{RESERVED}seasonal_naive"] = _seasonal_naive(scope, so_far, cover, trailing["year_count"])
    made[f"{RESERVED}season_index"] = season_index(scope, so_far, cover)
    return made


@dataclass(frozen=True)
class Cover:
    """Which days were handed over: those after ``before`` that are not silent, by type."""

    before: int
    silence: Silence

    def between(self, after: Days, upto: Days) -> Ints:
        """Days handed over among ``(after, upto]``: one line a window, one column a type."""
        after, upto = np.maximum(after, self.before), np.maximum(upto, self.before)
        return np.asarray((upto - after)[:, None] - self.silence.between(after, upto))


def _trailing(scope: Scope, so_far: Happened, cover: Cover) -> dict[str, Floats]:
    """Counts in trailing windows, each longer one standing in for the shorter where that is silent."""
    windows = {"year_count": YEAR_DAYS, "quarter_count": QUARTER_DAYS, "recent_count": RECENT_DAYS}
    windows["last_value"] = scope.horizon
    whole = np.full_like(scope.dates, cover.before)
    starts = [scope.dates - days for days in windows.values()]
    cube = build_cube(so_far.events, [scope.dates, whole, *starts], len(scope.units))
    counting = _Counting(cube, cover, scope.units.type_of)
    a_day = counting.scaled((np.minimum(whole, scope.dates), scope.dates), 1, np.zeros((1, 1)))
    made = {}
    for (name, days), start in zip(windows.items(), starts, strict=True):
        made[name] = counting.scaled((start, scope.dates), days, a_day)
        a_day = made[name] / days
    return made


def _seasonal_naive(scope: Scope, so_far: Happened, cover: Cover, year_count: Floats) -> Floats:
    """Rows in the same window so many whole years before that it had ended by the as-of date."""
    years = -(-(scope.step + 1) * scope.horizon // YEAR_DAYS)
    start = scope.starts - YEAR_DAYS * years
    cube = build_cube(so_far.events, [start, start + scope.horizon], len(scope.units))
    counting = _Counting(cube, cover, scope.units.type_of)
    usual = np.repeat(year_count / YEAR_DAYS, scope.steps, axis=0)
    return counting.scaled((start, start + scope.horizon), scope.horizon, usual)


@dataclass(frozen=True)
class _Counting:
    """Label rows by unit, the days that were handed over by type, and the type of each unit."""

    cube: Cube
    cover: Cover
    type_of: Ints

    def scaled(self, span: tuple[Days, Days], days: int, usual: Floats) -> Floats:
        """Rows in each window, times ``days`` over the days of it that were handed over; where that is none,
        ``usual`` (rows a day) times ``days``."""
        covered = self.cover.between(*span)
        factor = days / np.maximum(covered, 1)
        values = self.cube.between(*span) * factor[:, self.type_of]
        silent = covered == 0
        return np.where(silent[:, self.type_of], usual * days, values) if silent.any() else values


def season_index(scope: Scope, so_far: Happened, cover: Cover) -> Floats:
    """Rows a day in the coming window's season in earlier years, over rows a day in those years: windows x
    units, or x 1 where there are no types. 1 where no whole year is known or nothing happened in it.

    The season of a window that passes the end of its year of 364 days goes on at that year's beginning, so
    every part of it lies before the as-of date, whatever the step.
    """
    dates, phase = np.repeat(scope.dates, scope.steps), scope.step * scope.horizon % YEAR_DAYS
    end = phase + min(scope.horizon, YEAR_DAYS)
    parts = ((phase, np.minimum(end, YEAR_DAYS)), (np.zeros_like(end), np.maximum(end - YEAR_DAYS, 0)))
    begins = [dates - YEAR_DAYS * year for year in range(1, MOST_YEARS + 1)]
    is_known = [begin >= cover.before for begin in begins]
    events = _of_types(so_far.events, scope.units.type_of)
    ends = [begin + edge for begin in begins for part in (*parts, (0, YEAR_DAYS)) for edge in part]
    cube = build_cube(events, ends, max(1, len(scope.units.types)))

    def a_day(*spans: tuple[Ints | int, Ints | int]) -> Floats:
        """Rows over days handed over in the spans of every known year; NaN where there is no such day."""
        windows = [(begin + after, begin + upto) for begin in begins for after, upto in spans]
        known = [line[:, None] for line in is_known for _ in spans]
        rows = sum(cube.between(*span) * line for span, line in zip(windows, known, strict=True))
        days = sum(cover.between(*span) * line for span, line in zip(windows, known, strict=True))
        return np.where(days > 0, rows / np.maximum(days, 1), np.nan)

    season, usual = a_day(*parts), a_day((0, YEAR_DAYS))
    index = np.where((usual > 0) & np.isfinite(season), season / np.where(usual > 0, usual, 1), 1.0)
    return index[:, scope.units.type_of] if scope.units.types else index


def _of_types(events: DailyCounts, type_of: Ints) -> DailyCounts:
    """The events of each type over the whole city."""
    placed = events.placed()
    return DailyCounts(type_of[placed.unit], placed.day, placed.n)
