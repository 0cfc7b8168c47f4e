"""The weather of the example city: a season, days that follow each other, rain now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from civic_ai.core.dates import days_between
from civic_ai.data.synthetic_fields import Floats

_PERSISTENCE = 0.75
_COLDEST_DAY_OF_YEAR = 20


@dataclass(frozen=True)
class Weather:
    """One value a day from ``first`` on: degrees Celsius, millimetres of rain."""

    first: date
    tmin_c: Floats
    tmax_c: Floats
    rain_mm: Floats

    @property
    def thaw(self) -> Floats:
        """1 on days on which water freezes and melts again, else 0."""
        return ((self.tmin_c < 0) & (self.tmax_c > 0)).astype(float)


def make_weather(first: date, last: date, rng: np.random.Generator) -> Weather:
    """Draw the days from ``first`` to ``last``: season plus a first-order autoregression."""
    days = days_between(first, last) + 1
    turn = 2 * np.pi * (np.arange(days) + first.timetuple().tm_yday - _COLDEST_DAY_OF_YEAR) / 365.25
    mean = 10 - 11 * np.cos(turn) + 4.5 * _autoregression(days, rng)
    spread = 4 + rng.gamma(4, 0.5, days)
    is_wet = rng.random(days) < 0.3
    rain: Floats = is_wet * rng.gamma(0.8, 9.0, days)
    low, high, wet = (np.round(values, 1) for values in (mean - spread, mean + spread, rain))
    return Weather(first, low, high, wet)


def trailing_sum(values: Floats, days: int) -> Floats:
    """For each day the sum over the ``days`` days before it (the day itself is not in it)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    day = np.arange(len(values))
    result: Floats = total[day] - total[np.maximum(day - days, 0)]
    return result


def _autoregression(days: int, rng: np.random.Generator) -> Floats:
    noise = rng.standard_normal(days) * np.sqrt(1 - _PERSISTENCE**2)
    state, values = 0.0, np.empty(days)
    for day in range(days):
        state = _PERSISTENCE * state + noise[day]
        values[day] = state
    return values
