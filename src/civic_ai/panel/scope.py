"""What the panel spans, and one column of it.

A *window* is one as-of date and one step ahead: its label looks at the days ``(start, start + horizon]``.
With one step the windows are the as-of dates. Arrays are windows x units; what is the same for all steps of a
date is kept as dates x units, and what is the same for all units or dates as one column or line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.known import City, Days
from civic_ai.panel.split import Split
from civic_ai.panel.unit_list import Ints, Units
from civic_ai.records.panel import Category, Feature

FEWEST_ROWS = 11
"""A category that fewer rows hold is none of its own, where no policy says otherwise."""


@dataclass(frozen=True)
class Scope:
    """The city, its units, the as-of dates (days since 1970-01-01, in order) and how they are split.

    ``fewest_rows``: a category that fewer rows hold is none of its own (``policy.suppression.minimum``).
    """

    city: City
    units: Units
    dates: Days
    splits: tuple[Split, ...]
    fewest_rows: int = FEWEST_ROWS

    @property
    def shape(self) -> tuple[int, int]:
        """Windows x units."""
        return len(self.dates) * self.steps, len(self.units)

    @property
    def horizon(self) -> int:
        """Days of one label window."""
        return self.city.spec.label.horizon_days

    @property
    def steps(self) -> int:
        """Label windows after each as-of date, one after another."""
        return self.city.spec.label.steps

    @property
    def reach(self) -> int:
        """Days from an as-of date to the end of its last label window."""
        return self.horizon * self.steps

    @property
    def step(self) -> Ints:
        """The step of each window, from 0; steps change fastest."""
        return np.tile(np.arange(self.steps, dtype=np.int64), len(self.dates))

    @property
    def starts(self) -> Days:
        """The day after which each window begins: the as-of date for the first step."""
        return np.repeat(self.dates, self.steps) + self.step * self.horizon

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """``values`` (windows, dates or one line; units or one column) for every window and unit."""
        is_by_date = self.steps > 1 and len(values) == len(self.dates)
        by_window = np.repeat(values, self.steps, axis=0) if is_by_date else values
        return np.broadcast_to(by_window, self.shape)

    def first_step(self, values: NDArray[Any]) -> NDArray[Any]:
        """The lines of ``values`` that belong to the first window of each date."""
        return values[:: self.steps] if len(values) == self.shape[0] else values


@dataclass(frozen=True)
class FeatureColumn:
    """A feature and its values: windows or dates x units, or x 1 (the whole city), or 1 x units (static).

    NaN stands for not known on that day. ``category``: of an indicator, what its name stands for.
    """

    record: Feature
    values: NDArray[Any]
    category: Category | None = None

    @property
    def is_static(self) -> bool:
        """The same on every date, by construction."""
        return bool(self.values.shape[0] == 1)

    @property
    def is_citywide(self) -> bool:
        """The same for every unit, by construction."""
        return bool(self.values.shape[1] == 1)

    def at(self, scope: Scope, date: Ints, unit: Ints) -> NDArray[Any]:
        """The values of the first step at positions of date and unit."""
        values = scope.first_step(self.values)
        line = np.zeros_like(date) if self.is_static else date
        return np.asarray(values[line, np.zeros_like(unit) if self.is_citywide else unit])
