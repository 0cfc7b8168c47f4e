"""The test rows of one candidate, with what came, for looking at errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.evaluation.statistic import Basis, Statistic
from civic_ai.evaluation.uncertainty import Replicates, block_length, resample_dates
from civic_ai.records.figure import Figure, Period

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SMALLEST_SPREAD = 0.25
"""Added to a prediction before its root is taken: a residual of a small count stays finite."""


@dataclass(frozen=True, eq=False)
class ErrorRows:
    """Matured rows in order of split, date, step and unit. ``date``: position among the test dates.

    ``predicted`` and ``came`` in the label's own unit; ``unit`` is a position in the units' table.
    """

    unit: Integers
    date: Integers
    as_of: NDArray[np.datetime64]
    step: Integers
    predicted: Floats
    came: Floats
    dates: NDArray[np.datetime64]
    split_of_date: Integers

    @property
    def residual(self) -> Floats:
        """What came less what was predicted, over the root of what was predicted (Pearson's residual)."""
        return np.asarray((self.came - self.predicted) / np.sqrt(self.predicted + SMALLEST_SPREAD))

    def by_date(self, values: Floats, rows: NDArray[np.bool_] | None = None) -> Floats:
        """(dates,): sums of ``values`` on each date, over ``rows`` only where they are given."""
        weights = values if rows is None else np.where(rows, values, 0.0)
        return np.asarray(np.bincount(self.date, weights, len(self.dates)), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Errors:
    """Error rows, and how their dates are resampled for every interval."""

    rows: ErrorRows
    overlap: int
    level: float
    seed: int

    @cached_property
    def resampled(self) -> Replicates:
        """Blocks of test dates, drawn again."""
        split = self.rows.split_of_date
        return resample_dates(split, block_length(split, self.overlap), seed=self.seed)

    @property
    def period(self) -> Period:
        """First and last test date."""
        return Period(first=self.rows.dates.min().item(), last=self.rows.dates.max().item())

    def ratio(self, rows: NDArray[np.bool_] | None = None) -> Statistic:
        """What came over what was predicted, in ``rows``."""
        came = self.rows.by_date(self.rows.came, rows)
        predicted = self.rows.by_date(self.rows.predicted, rows)
        return Statistic(np.column_stack([came, predicted]), _over)

    def figure(self, statistic: Statistic, n: int) -> Figure:
        """The statistic with its own interval over time."""
        return Basis(self.resampled, self.level, n, self.period, "nothing_predicted").figure(statistic)


def _over(totals: Floats) -> Floats:
    return np.asarray(totals[..., 0] / totals[..., 1])


def read_error_rows(
    table: pa.Table, candidate: str, units: pa.Table, wanted: Callable[[pa.Table], pa.Array] | None = None
) -> ErrorRows:
    """The matured test rows of ``candidate`` in a predictions table; ``units`` is the panel's units table.

    ``wanted`` marks further rows to keep (durations: those that could be followed to the end).
    """
    rows = table.filter(pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"])))
    rows = rows if wanted is None else rows.filter(wanted(rows))
    names = rows["split"].cast(pa.string()).to_numpy(zero_copy_only=False)
    as_of = rows["as_of"].to_numpy().astype("datetime64[D]")
    order = {name: at for at, name in enumerate(sorted(set(names), key=lambda name: (len(name), name)))}
    split = np.array([order[name] for name in names], dtype=np.int64)
    key = split * 10**7 + as_of.astype(np.int64)
    keys, first, date = np.unique(key, return_index=True, return_inverse=True)
    unit = pc.index_in(rows["unit"].cast(pa.string()), units["unit"].combine_chunks().cast(pa.string()))
    return ErrorRows(
        unit=unit.to_numpy().astype(np.int64),
        date=date.astype(np.int64),
        as_of=as_of,
        step=rows["step"].to_numpy().astype(np.int64),
        predicted=rows["score"].cast(pa.float64()).to_numpy(),
        came=rows["label"].cast(pa.float64()).to_numpy(),
        dates=as_of[first],
        split_of_date=keys // 10**7,
    )
