from __future__ import annotations

import random

from civic_ai.data.engine import open_memory
from civic_ai.data.location import location_findings
from civic_ai.pilot.spec import Grid

Place = tuple[float | None, float | None]
GRID = Grid(lat="lat", lon="lon", size_m=500)
CITY = (0.0, 0.0, 1.0, 1.0)


def codes(
    places: list[Place], bounds: tuple[float, float, float, float] | None = CITY
) -> dict[str, tuple[int | None, float | None]]:
    backend = open_memory()
    backend.con.execute("CREATE TABLE t (lat DOUBLE, lon DOUBLE)")
    backend.con.executemany("INSERT INTO t VALUES (?, ?)", places)
    return {
        one.code: (one.count, one.share) for one in location_findings(backend, "t", "requests", GRID, bounds)
    }


def city(seed: int, rows: int = 400) -> list[Place]:
    chance = random.Random(seed)
    return [(round(chance.random(), 3), round(chance.random(), 3)) for _ in range(rows)]


def test_a_clean_city_has_no_finding() -> None:
    assert [codes(city(seed)) for seed in range(10)] == [{}] * 10


def test_half_a_place_and_places_elsewhere_are_counted() -> None:
    places: list[Place] = [*city(1, 96), (0.5, None), (None, 0.5), (None, None), (41.0, 0.5)]
    assert codes(places) == {"half_coordinates": (2, 0.02), "outside_areas": (1, round(1 / 97, 6))}


def test_without_areas_only_the_earth_bounds_a_place() -> None:
    assert codes([*city(2), (41.0, 0.5)], None) == {}


def test_a_default_stands_out() -> None:
    assert codes([*city(3, 380), *[(0.123, 0.456)] * 20])["piled_coordinates"] == (20, 0.05)


def test_a_busy_corner_among_busy_corners_does_not() -> None:
    corners = [(0.1, n / 20) for n in range(15)]
    assert codes([corner for corner in corners for _ in range(30)]) == {}
