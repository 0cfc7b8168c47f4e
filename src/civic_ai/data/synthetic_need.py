"""What truly happens in the example city: problems arise, last, and go away, reported or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civic_ai.data.synthetic_fields import Floats, Land, coordinates
from civic_ai.data.synthetic_settings import BLOCKS_PER_SIDE, IncidentKind
from civic_ai.data.synthetic_weather import Weather, trailing_sum

Integers = npt.NDArray[np.int64]
_GAMMA_SHAPE = 6
"""Weeks of an area differ more than Poisson: need is Poisson-Gamma with this shape (METHODS 8)."""


@dataclass(frozen=True)
class Need:
    """Incidents of one kind. ``born`` and ``died`` are days since the first day of the burn-in."""

    area: Integers
    born: Floats
    died: Floats
    severity: Floats
    lat: Floats
    lon: Floats


def make_need(
    kind: IncidentKind, land: Land, weather: Weather, *, busyness: float, rng: np.random.Generator
) -> Need:
    """Draw every incident of ``kind``: a Poisson-Gamma number for each area and week, then its details."""
    expected = busyness * weekly_need(kind, land, weather)
    frailty = rng.gamma(_GAMMA_SHAPE, 1 / _GAMMA_SHAPE, expected.shape)
    count = rng.poisson(expected * frailty)
    cell = np.repeat(np.arange(count.size), count.ravel())
    area, week = np.divmod(cell, count.shape[1])
    born = 7 * (week + rng.random(len(cell)))
    lat, lon = coordinates(*_places(area, kind.streets, land, rng))
    return Need(
        area=area,
        born=born,
        died=born + rng.exponential(kind.life_days, len(cell)),
        severity=rng.standard_normal(len(cell)),
        lat=np.round(lat, 5),
        lon=np.round(lon, 5),
    )


def weekly_need(kind: IncidentKind, land: Land, weather: Weather) -> Floats:
    """Expected incidents by area (rows) and week (columns): log-linear in age, weather and season."""
    weeks = np.arange(0, len(weather.tmin_c) - 6, 7)
    thaw = _standardised(trailing_sum(weather.thaw, 14))[weeks]
    rain = _standardised(trailing_sum(weather.rain_mm, 7))[weeks]
    winter = np.cos(2 * np.pi * (weeks + weather.first.timetuple().tm_yday - 40) / 365.25)
    by_week = kind.thaw * thaw + kind.rain * rain + kind.winter * winter
    by_area = kind.age * land.age + land.need_effect
    together = kind.age_thaw * land.age[:, None] * thaw
    base = land.road_km * kind.per_km_year * 7 / 365.25
    level = np.exp(by_area[:, None] + by_week + together)
    return np.asarray(base[:, None] * level / level.mean())


def _places(area: Integers, spread: float, land: Land, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Areas south and east of the corner: a block by its condition, then anywhere in the block."""
    weight = np.exp(spread * land.streets)
    reach = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    block = np.zeros(len(area), dtype=np.int64)
    drawn = rng.random(len(area))
    for edge in reach.T[:-1]:
        block += drawn > edge[area]
    south, east = np.divmod(block, BLOCKS_PER_SIDE)
    row, column = np.divmod(area, land.side)
    inside = rng.random((2, len(area)))
    return row + (south + inside[0]) / BLOCKS_PER_SIDE, column + (east + inside[1]) / BLOCKS_PER_SIDE


def _standardised(values: Floats) -> Floats:
    result: Floats = (values - values.mean()) / values.std()
    return result
