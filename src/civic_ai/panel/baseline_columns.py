"""What the simple rules need, whatever features are declared: the label's own past.

Three columns, never blank, that no candidate sees. Source of the rules: METHODS 2.2; the seasonal index is
the share of a year's rows that fell into the coming horizon in earlier years (Brown 1959).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.cube import Cube, build_cube
from civic_ai.panel.known import Days
from civic_ai.panel.label import Label
from civic_ai.panel.scope import Scope

Floats = NDArray[np.float64]

RESERVED = "baseline_"
RECENT_DAYS, YEAR_DAYS, MOST_YEARS = 28, 364, 5


def make_baseline_columns(scope: Scope, label: Label) -> dict[str, Floats]:
    """The three columns by name.

    ``baseline_recent_count`` and ``baseline_year_count`` (dates x units): label rows in the last 28 and 364
    days, scaled up while the source is younger than that. ``baseline_season_index`` (dates x 1): 1 = average.
    """
    horizon = min(scope.horizon, YEAR_DAYS)
    back = [scope.dates - YEAR_DAYS * years for years in range(MOST_YEARS + 1)]
    ends = [*back, *(day + horizon for day in back[1:]), scope.dates - RECENT_DAYS]
    cube = build_cube(label.events, ends, len(scope.units))
    known_days = np.maximum(scope.dates - label.first_day + 1, 0)
    return {
        f"{RESERVED}recent_count": _scaled(cube, scope.dates, RECENT_DAYS, known_days),
        f"{RESERVED}year_count": _scaled(cube, scope.dates, YEAR_DAYS, known_days),
        f"{RESERVED}season_index": _season_index(cube, scope.dates, horizon, known_days),
    }


def _scaled(cube: Cube, dates: Days, window: int, known_days: Days) -> Floats:
    """Rows in the window times window / days of it that the source covers; 0 where it covers none."""
    covered = np.minimum(known_days, window)
    factor = np.where(covered > 0, window / np.maximum(covered, 1), 0.0)
    return np.asarray(cube.between(dates - window, dates) * factor[:, None], dtype=np.float64)


def _season_index(cube: Cube, dates: Days, horizon: int, known_days: Days) -> Floats:
    """Rows in the coming horizon a year ago, two years ago, ..., over what an even year would have had."""
    years = np.minimum(known_days // YEAR_DAYS, MOST_YEARS)
    season, whole = np.zeros(len(dates)), np.zeros(len(dates))
    for year in range(1, MOST_YEARS + 1):
        start = dates - YEAR_DAYS * year
        counts = years >= year
        season += counts * cube.between(start, start + horizon).sum(axis=1)
        whole += counts * cube.between(start, start + YEAR_DAYS).sum(axis=1)
    even = whole * horizon / YEAR_DAYS
    return np.where(even > 0, season / np.where(even > 0, even, 1), 1.0)[:, None]
