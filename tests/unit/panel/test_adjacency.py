from __future__ import annotations

import numpy as np
import pandas as pd

from civic_ai.panel.adjacency import adjacent_places, places_of


def cells(rows: int, columns: int) -> pd.DataFrame:
    row, column = (side.ravel() for side in np.indices((rows, columns)))
    return pd.DataFrame(
        {"unit": [f"r{r}c{c}" for r, c in zip(row, column, strict=True)], "area": "one",
         "row": pd.array(row, dtype="Int32"), "col": pd.array(column, dtype="Int32")}
    )  # fmt: skip


def pairs_of(units: pd.DataFrame) -> set[tuple[str, str]]:
    places = pd.Index(sorted(set(places_of(units))))
    found = adjacent_places(None, None, units, places, None)  # type: ignore[arg-type]
    assert found is not None
    return {(places[one], places[other]) for one, other in zip(*found, strict=True)}


def test_cells_touch_at_sides_and_corners() -> None:
    units = cells(3, 4)
    position = [tuple(map(int, name.split(":"))) for name in places_of(units)]
    wanted = {
        (f"{a}:{b}", f"{c}:{d}")
        for a, b in position
        for c, d in position
        if (a, b) != (c, d) and max(abs(a - c), abs(b - d)) == 1
    }
    assert pairs_of(units) == wanted


def test_a_hole_touches_nobody_and_types_share_a_cell() -> None:
    units = cells(3, 3)
    units = units[units["unit"] != "r1c1"]
    twice = pd.concat([units, units.assign(unit=units["unit"] + "/other")], ignore_index=True)
    assert pairs_of(twice) == pairs_of(units)
    assert len(pairs_of(units)) == 24


def test_areas_are_places_where_units_are_no_cells() -> None:
    units = pd.DataFrame(
        {"unit": ["a/x", "a/y", "b/x"], "area": ["a", "a", "b"], "row": pd.array([pd.NA] * 3)}
    )
    assert list(places_of(units)) == ["a", "a", "b"]
