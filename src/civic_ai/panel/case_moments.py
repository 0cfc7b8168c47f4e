"""Columns with dates and times as days since 1970-01-01, exact to the second where times are given.

The convention is that of ``known``: a date stands for the END of its day, because only then is everything
of that day known. A time stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.known import Days

Floats = NDArray[np.float64]
NEVER = 2**40
"""The day of a blank: after every other day, whatever is added to it."""
_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Moments:
    """``day``: whole days, NEVER where blank. ``at``: days with their fraction, infinite where blank.

    ``start`` is when the moment can have been at the earliest: of a date, the beginning of its day.
    """

    day: Days
    at: Floats
    start: Floats

    def __getitem__(self, rows: Any) -> Moments:
        return Moments(self.day[rows], self.at[rows], self.start[rows])

    @property
    def latest(self) -> int | None:
        """The last day that is not blank; None where all are."""
        known = self.day[self.day < NEVER]
        return int(known.max()) if len(known) else None

    def ends_before(self, other: Moments) -> NDArray[np.bool_]:
        """Whether this moment lies before the other however their days are read."""
        return np.asarray(self.at < other.start)


def read_moments(column: pa.ChunkedArray) -> Moments:
    """The moments of an arrow column of dates or timestamps.

    Raises :class:`ConfigError` for a column of another type.
    """
    values = _read(column)
    is_blank = np.isnat(values)
    days = values.astype("datetime64[D]")
    start = np.where(is_blank, np.inf, (values - np.datetime64(0, "D")) / _ONE_DAY)
    at = start + 1.0 if pa.types.is_date(column.type) else start
    return Moments(np.where(is_blank, NEVER, days.astype(np.int64)), at, start)


def _read(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    if pa.types.is_date(column.type):
        return np.asarray(column.to_numpy(), dtype="datetime64[D]")
    if pa.types.is_timestamp(column.type):
        return np.asarray(column.to_numpy(), dtype="datetime64[us]")
    raise ConfigError.because(
        say("a column that says when something was known is {kind}, not a date or a time", kind=column.type),
        about="unit",
        remedy=say("Name columns of type date or timestamp."),
    )
