"""What the panel spans, and one column of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.known import City, Days
from civic_ai.panel.split import Split
from civic_ai.panel.units import Units
from civic_ai.records.panel import Feature


@dataclass(frozen=True)
class Scope:
    """The city, its units, the as-of dates (days since 1970-01-01, in order) and how they are split."""

    city: City
    units: Units
    dates: Days
    splits: tuple[Split, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Dates x units."""
        return len(self.dates), len(self.units)

    @property
    def horizon(self) -> int:
        """Days that the label looks ahead."""
        return self.city.spec.label.horizon_days


@dataclass(frozen=True)
class FeatureColumn:
    """A feature and its values: dates x units, or dates x 1 (the whole city), or 1 x units (static).

    NaN stands for not known on that day.
    """

    record: Feature
    values: NDArray[Any]

    @property
    def is_static(self) -> bool:
        """The same on every date, by construction."""
        return bool(self.values.shape[0] == 1)

    @property
    def is_citywide(self) -> bool:
        """The same for every unit, by construction."""
        return bool(self.values.shape[1] == 1)

    def dense(self, shape: tuple[int, int]) -> NDArray[Any]:
        """The values for every date and unit."""
        return np.broadcast_to(self.values, shape)
