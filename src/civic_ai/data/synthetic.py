"""A city that does not exist, with the truth known: for first steps, for tests, for benchmarks.

Its parts (METHODS section 8): ``synthetic_fields`` lays the land, ``synthetic_weather`` the weather,
``synthetic_need`` what truly happens, ``synthetic_reports`` what the city hears of it and does,
``synthetic_tables`` what it would export. ``synthetic_files`` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.core.canonical import canonical_json
from civic_ai.core.dates import add_days
from civic_ai.data.synthetic_fields import Land, area_polygons, make_land
from civic_ai.data.synthetic_files import (
    TRUTH_PREFIX,
    TRUTH_WARNING,
    code_name,
    csv_bytes,
    read_truth,
    write_folder_once,
)
from civic_ai.data.synthetic_need import make_need
from civic_ai.data.synthetic_reports import collect_reports, handle
from civic_ai.data.synthetic_settings import (
    BURN_IN_DAYS,
    FIRST_DAY,
    KINDS,
    LAST_DAY,
    SCALES,
    CitySettings,
    IncidentKind,
    Size,
)
from civic_ai.data.synthetic_tables import (
    History,
    areas_table,
    known_reports,
    requests_table,
    truth_areas_table,
    truth_incidents_table,
    weather_table,
)
from civic_ai.data.synthetic_weather import Weather, make_weather

__all__ = ["City", "CitySettings", "Size", "make_city", "read_truth", "write_city"]

_TABLES = ("requests", "areas", "weather", "truth_incidents", "truth_areas")


@dataclass(frozen=True)
class City:
    """The tables that the city exports, its areas as GeoJSON, and the truth that no pilot may read."""

    requests: pd.DataFrame
    areas: pd.DataFrame
    weather: pd.DataFrame
    polygons: Mapping[str, Any]
    truth_incidents: pd.DataFrame
    truth_areas: pd.DataFrame


def make_city(settings: CitySettings) -> City:
    """The city of these settings: the same tables for the same settings, byte for byte on one machine.

    Land, weather and need depend on size and seed alone; what is heard of them also on the biases.
    """
    land = make_land(SCALES[settings.size].areas_per_side, _chance(settings, "land"))
    weather = make_weather(add_days(FIRST_DAY, -BURN_IN_DAYS), LAST_DAY, _chance(settings, "weather"))
    days = len(weather.tmin_c)
    histories = [_live(kind, land, weather, settings) for kind in KINDS]
    reports = known_reports(histories, days)
    chance = _chance(settings, "requests")
    incidents = truth_incidents_table(histories, reports, land, days)
    return City(
        requests=requests_table(reports, land=land, settings=settings, days=days, rng=chance),
        areas=areas_table(land),
        weather=weather_table(weather),
        polygons=area_polygons(land.side),
        truth_incidents=incidents,
        truth_areas=truth_areas_table(histories, incidents, land, settings),
    )


def write_city(size: Size, seed: int, folder: Path) -> dict[str, Path]:
    """The city's files in a folder of its own below ``folder``, written at the first call only.

    Returns the paths by table: ``requests``, ``areas``, ``weather`` (CSV), ``polygons`` (GeoJSON), and
    ``truth_incidents``, ``truth_areas``, which no pilot may read and no strict reader accepts.
    Safe with several processes at once and after a kill. Raises ``StoreError`` (full or read-only disk).
    """
    here = folder / f"{size}-{seed}-{code_name(Path(__file__).parent)}"
    write_folder_once(here, lambda: city_files(make_city(CitySettings(size, seed))))
    tables = {name: here / f"{name}.csv" for name in _TABLES}
    return {**tables, "polygons": here / "areas.geojson"}


def city_files(city: City) -> dict[str, bytes]:
    """The content of each file of a city, by name."""
    tables = {f"{name}.csv": _table_bytes(name, getattr(city, name)) for name in _TABLES}
    return {**tables, "areas.geojson": canonical_json(dict(city.polygons))}


def _table_bytes(name: str, frame: pd.DataFrame) -> bytes:
    warning = TRUTH_WARNING if name.startswith(TRUTH_PREFIX) else ""
    return warning.encode() + csv_bytes(frame)


def _live(kind: IncidentKind, land: Land, weather: Weather, settings: CitySettings) -> History:
    """One kind of problem from need to reports."""
    busyness = SCALES[settings.size].busyness
    need = make_need(kind, land, weather, busyness=busyness, rng=_chance(settings, "need", kind.name))
    handling = handle(kind, need, land=land, settings=settings, rng=_chance(settings, "handling", kind.name))
    reports = collect_reports(need, handling, settings, _chance(settings, "reports", kind.name))
    return History(kind, need, handling, reports)


def _chance(settings: CitySettings, *purpose: str) -> np.random.Generator:
    """A stream of its own for each purpose, so that a bias changes nothing that it should not touch."""
    return np.random.default_rng([settings.seed, *"/".join(purpose).encode()])
