"""Which places of a panel are next to each other, read back from what the panel keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.panel.polygons import read_polygons
from civic_ai.panel.units import register_of
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

Ints = NDArray[np.int64]
Pairs = tuple[Ints, Ints]
_STEPS = ((0, 1), (1, -1), (1, 0), (1, 1))


def places_of(units: pd.DataFrame) -> pd.Index:
    """The place of each unit: its cell where units are cells, else its area (blank outside)."""
    is_cell = "row" in units and units["row"].notna().any()
    return pd.Index(_cell_names(units) if is_cell else units["area"])


def adjacent_places(
    spec: PilotSpec, snapshot: DataSnapshot, units: pd.DataFrame, places: pd.Index, blobs: Blobs
) -> Pairs | None:
    """Pairs of positions in ``places`` (distinct, in any order) that touch, each both ways round.

    Cells touch at a side or a corner, areas where their polygons do. None where the data does not say.
    """
    if "row" in units and units["row"].notna().any():
        cells = units.dropna(subset=["row"]).drop_duplicates(["row", "col"])
        return _touching_cells(cells, places)
    source = snapshot.source(register_of(spec))
    if source.polygons_blob is None:
        return None
    key = spec.sources[source.name].key
    polygons = read_polygons(blobs.get(source.polygons_blob), str(key))
    found = places.get_indexer(pd.Index(polygons.areas))
    one, other = (found[side] for side in polygons.touching())
    known = (one >= 0) & (other >= 0)
    return one[known], other[known]


def _cell_names(units: pd.DataFrame) -> Any:
    return units["row"].astype("string") + ":" + units["col"].astype("string")


def _touching_cells(cells: pd.DataFrame, places: pd.Index) -> Pairs:
    here = places.get_indexer(_cell_names(cells))
    pairs = []
    for down, right in _STEPS:
        moved = cells.assign(row=cells["row"] + down, col=cells["col"] + right)
        there = places.get_indexer(_cell_names(moved))
        known = (here >= 0) & (there >= 0)
        pairs += [(here[known], there[known]), (there[known], here[known])]
    one, other = (np.concatenate(sides) for sides in zip(*pairs, strict=True))
    return one.astype(np.int64), other.astype(np.int64)
