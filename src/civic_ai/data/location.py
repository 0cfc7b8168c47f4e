"""Are the coordinates of a source to be trusted? Findings only: the panel decides what it can place."""

from __future__ import annotations

from typing import Any

from civic_ai.data.engine import quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.pilot.spec import Grid
from civic_ai.records.snapshot import Finding

Bounds = tuple[float, float, float, float]
PILE_SHARE = 0.02
"""A pair of coordinates that stands for more than this share of the placed rows may be a default ..."""
PILE_TIMES = 5
"""... if it is also this many times as frequent as the tenth most frequent pair."""


def location_findings(
    backend: Any, table: str, source: str, grid: Grid, bounds: Bounds | None
) -> list[Finding]:
    """Rows with half a place, rows outside of the ``bounds`` of all areas, and places used as defaults."""
    lat, lon = quoted(grid.lat), quoted(grid.lon)
    west, south, east, north = bounds or (-180.0, -90.0, 180.0, 90.0)
    rows, half, placed, outside = rows_of(
        backend,
        f"""SELECT count(*), count(*) FILTER (({lat} IS NULL) <> ({lon} IS NULL)), count({lat} + {lon}),
            count(*) FILTER (NOT (
                {lon} BETWEEN {west!r} AND {east!r} AND {lat} BETWEEN {south!r} AND {north!r}))
        FROM {quoted(table)}""",
    )[0]
    found = []
    if half:
        found.append(finding("half_coordinates", source, counted=(half, rows)))
    if outside:
        found.append(finding("outside_areas", source, counted=(outside, placed)))
    piled = _piled(backend, table, grid, placed)
    if piled:
        found.append(finding("piled_coordinates", source, counted=(piled, placed)))
    return found


def _piled(backend: Any, table: str, grid: Grid, placed: int) -> int:
    """Rows at the most frequent place, if it stands out as a default would; otherwise 0."""
    lat, lon = quoted(grid.lat), quoted(grid.lon)
    counts = [
        int(row[0])
        for row in rows_of(
            backend,
            f"""SELECT count(*) AS n FROM {quoted(table)} WHERE {lat} + {lon} IS NOT NULL
            GROUP BY {lat}, {lon} ORDER BY n DESC LIMIT 10""",
        )
    ]
    if len(counts) < 10:
        return 0
    return counts[0] if counts[0] > PILE_SHARE * placed and counts[0] > PILE_TIMES * counts[-1] else 0
