"""The land of the example city: areas on a grid with correlated attributes, blocks inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from civic_ai.data.synthetic_settings import BLOCKS_PER_SIDE

Floats = npt.NDArray[np.float64]
NORTH_EDGE, WEST_EDGE = 41.5, -50.0
"""The corner of the city in degrees: it lies in the Atlantic, so that nobody takes it for a real place."""
AREA_LAT, AREA_LON = 0.00895, 0.0119
"""Sides of an area in degrees: about 990 metres each way."""
_CLOSENESS = 0.97
_AGE_FOLLOWS_SHARE = 0.4
_INCOME_FOLLOWS_SHARE = -0.6


@dataclass(frozen=True)
class Land:
    """Areas in row order (``areas`` = side x side) and the streets inside them.

    ``minority_share`` people who speak another language at home, 0 to 1; ``age`` the standardised age
    of its roads, ``need_effect`` and ``report_effect`` its own log effects; ``streets`` (areas x blocks)
    the standardised condition of each block, rows of four from the north-west.
    """

    side: int
    minority_share: Floats
    population: npt.NDArray[np.int64]
    median_income: npt.NDArray[np.int64]
    road_km: Floats
    age: Floats
    need_effect: Floats
    report_effect: Floats
    streets: Floats

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return self.side**2


def make_land(side: int, rng: np.random.Generator) -> Land:
    """Draw the land: conditional autoregressive fields (Besag 1974) for share, road age and income."""
    share, own_age, own_income = (car_field(side, rng) for _ in range(3))
    age = mix(share, own_age, _AGE_FOLLOWS_SHARE)
    income = mix(share, own_income, _INCOME_FOLLOWS_SHARE)
    areas = side**2
    return Land(
        side=side,
        minority_share=1 / (1 + np.exp(-1.3 * share)),
        population=np.rint(5200 * np.exp(0.35 * rng.standard_normal(areas))).astype(np.int64),
        median_income=np.rint(52 * np.exp(0.3 * income)).astype(np.int64) * 1000,
        road_km=np.round(13 * np.exp(0.2 * rng.standard_normal(areas)), 1),
        age=age,
        need_effect=0.25 * rng.standard_normal(areas),
        report_effect=0.25 * rng.standard_normal(areas),
        streets=_street_field(side, rng),
    )


def car_field(side: int, rng: np.random.Generator) -> Floats:
    """A standardised proper CAR field N(0, (D - 0.97 W)^-1) over the ``side`` x ``side`` grid."""
    row, column = np.divmod(np.arange(side**2), side)
    steps = np.abs(row[:, None] - row) + np.abs(column[:, None] - column)
    beside = (steps == 1).astype(float)
    factor = np.linalg.cholesky(np.diag(beside.sum(axis=1)) - _CLOSENESS * beside)
    return _standardised(
        np.asarray(np.linalg.solve(factor.T, rng.standard_normal(side**2)), dtype=np.float64)
    )


def mix(leader: Floats, own: Floats, correlation: float) -> Floats:
    """A standardised field that follows ``leader`` with ``correlation`` and else goes its ``own`` way."""
    return _standardised(correlation * leader + np.sqrt(1 - correlation**2) * own)


def road_age_years(age: Floats) -> npt.NDArray[np.int64]:
    """Years since the streets were built, from the standardised field."""
    return np.clip(np.rint(27 + 9 * age), 2, 60).astype(np.int64)


def area_ids(side: int) -> list[str]:
    """``R01C01``, ``R01C02``, ...: row and column of each area, from the north-west."""
    return [f"R{row:02d}C{column:02d}" for row in range(1, side + 1) for column in range(1, side + 1)]


def area_polygons(side: int) -> dict[str, Any]:
    """The areas as a GeoJSON FeatureCollection (WGS 84), property ``area_id``."""
    features = [
        {
            "type": "Feature",
            "properties": {"area_id": name},
            "geometry": {"type": "Polygon", "coordinates": [_square(*divmod(index, side))]},
        }
        for index, name in enumerate(area_ids(side))
    ]
    return {"type": "FeatureCollection", "features": features}


def coordinates(south: Floats, east: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of points so many areas south and east of the corner."""
    return NORTH_EDGE - south * AREA_LAT, WEST_EDGE + east * AREA_LON


def _square(row: int, column: int) -> list[list[float]]:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [
        [round(WEST_EDGE + (column + east) * AREA_LON, 5), round(NORTH_EDGE - (row + south) * AREA_LAT, 5)]
        for south, east in corners
    ]


def _street_field(side: int, rng: np.random.Generator) -> Floats:
    """Condition of every block: half of it shared with the blocks around, half its own."""
    across = side * BLOCKS_PER_SIDE
    noise = rng.standard_normal((across, across))
    shared = gaussian_filter(rng.standard_normal((across, across)), sigma=1.2, mode="reflect")
    field = _standardised(noise) + _standardised(shared)
    by_area = field.reshape(side, BLOCKS_PER_SIDE, side, BLOCKS_PER_SIDE).transpose(0, 2, 1, 3)
    return _standardised(by_area.reshape(side**2, BLOCKS_PER_SIDE**2))


def _standardised(values: Floats) -> Floats:
    centred = values - values.mean()
    result: Floats = centred / centred.std()
    return result
