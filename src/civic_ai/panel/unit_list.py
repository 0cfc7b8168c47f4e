"""All units of a panel: their table, where rows of a table belong among them, and who is next to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.pilot.spec import Types

Ints = NDArray[np.int64]


class Places(Protocol):
    """How a row of a table says where it belongs."""

    def place(self, table: Any) -> Any:
        """The place of each row as an ibis column; null where it has none."""

    def has_place(self, table: Any) -> Any:
        """Whether a row says where it is at all (ibis boolean)."""


@dataclass(frozen=True)
class Units:
    """``frame``: unit, area, type, lat, lon, row, col, observer, sorted by unit. ``codes``: every place.

    ``neighbours`` is a symmetric 0/1 matrix, units x units; None where the data does not say who is
    next to whom. ``width_error`` is the largest relative error of a cell's width, 0 for areas.
    """

    frame: pd.DataFrame
    places: Places
    codes: pd.Index
    neighbours: Any
    width_error: float = 0.0
    areas_without_cells: int = 0
    crossing: Crossing | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def by_place(self) -> Units:
        """The places alone, whatever the type."""
        return self if self.crossing is None else self.crossing.places

    @property
    def place_of(self) -> Ints:
        """Position of each unit's place in :attr:`by_place`."""
        return np.arange(len(self)) if self.crossing is None else self.crossing.place

    @property
    def type_of(self) -> Ints:
        """Position of each unit's type; 0 where there are no types."""
        return np.zeros(len(self), dtype=np.int64) if self.crossing is None else self.crossing.type

    @property
    def types(self) -> tuple[str, ...]:
        """The types of request, in the order of the pilot; empty where there are none."""
        return () if self.crossing is None else tuple(self.crossing.types.values)

    def positions(self, places: Any) -> Ints:
        """Position of each place among all places; -1 where it is none of them."""
        return np.asarray(self.codes.get_indexer(pd.Index(places)), dtype=np.int64)


@dataclass(frozen=True)
class Crossing:
    """How units come from places and types: ``place`` and ``type`` of each unit, and the unit ``at`` each
    place and type (places x types); all are positions."""

    places: Units
    types: Types
    place: Ints
    type: Ints
    at: Ints
