"""Has what counts changed? Jumps of the label's level over time, dated.

A new rule of what is late, a new way to write things down: the label means something else from one day on,
and a model of the years before has learned the old meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.audit.bootstrap import Floats, Integers
from civic_ai.audit.given import Given
from civic_ai.audit.jumps import Jump, Series
from civic_ai.records.figure import Figure, Period
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.policy import Policy

ALPHA = 0.025
"""What is asked of the search, over all series together, so that anything is found where nothing jumped with a
chance of at most 6 %. Blocks of residuals keep only a part of how months hang together; at a correlation of .3 the
search is deceived in twice as many cities as is asked (decision 0013)."""
LEAST_DAYS = 180
"""A new level that lasts less than this is a storm or a strike and no new rule."""
LEAST_YEARS = 2
"""Season cannot be told from change in less."""
LEAST_PERIODS = 12
LEAST_ROWS = 20
_YEAR = 365.25
Days = NDArray[np.int64]


def find_label_changes(given: Given, policy: Policy) -> tuple[LabelChange, ...] | None:
    """All jumps of the mean label, overall and by type of request, in order of time.

    None where they cannot be searched: less than two years or twelve periods. A period is a calendar month of
    as-of dates, or one as-of date where these are further apart.
    """
    rows = _matured(given)
    searched = [each for each in _by_stratum(given, rows) if each.can_be_searched]
    if not searched:
        return None
    alpha, level = ALPHA / len(searched), policy.tolerances.confidence_level
    made = [change for each in searched for change in each.changes(alpha, level, given.spec.seed)]
    return tuple(sorted(made, key=lambda change: (change.on, change.stratum or "")))


@dataclass(frozen=True, eq=False)
class Periods:
    """The mean label of each period in order of time, of all rows or those of one ``stratum``.

    ``first``: its first as-of date, in days since 1970; ``dates``: how many it has; ``rows``, ``total``: how
    many rows, and their sum.
    """

    stratum: str | None
    first: Days
    dates: Floats
    rows: Floats
    total: Floats

    @property
    def can_be_searched(self) -> bool:
        """Whether there is enough of it."""
        return len(self.first) >= LEAST_PERIODS and float(np.ptp(self.first)) >= LEAST_YEARS * _YEAR - 31

    @property
    def series(self) -> Series:
        """Means with a straight trend and the season (two waves a year, one where periods are few); a month
        weighs as many dates as it has."""
        years = (self.first - self.first[0]) / _YEAR
        waves = [2 * np.pi * number * years for number in ((1, 2) if len(years) >= 48 else (1,))]
        season = [wave(angle) for angle in waves for wave in (np.sin, np.cos)]
        background = np.column_stack([np.ones(len(years)), years, *season])
        least = max(2, round(LEAST_DAYS / float(np.median(np.diff(self.first)))))
        return Series(self.total / self.rows, background, least, self.dates)

    def changes(self, alpha: float, level: float, seed: int) -> Iterator[LabelChange]:
        """Its jumps as records."""
        jumps = self.series.jumps(alpha=alpha, level=level, seed=seed)
        ends = [0, *(jump.at for jump in jumps), len(self.first)]
        for number, jump in enumerate(jumps):
            before, after = self._mean(ends[number], jump.at), self._mean(jump.at, ends[number + 2])
            yield self._record(jump, level, before, after)

    def _record(self, jump: Jump, level: float, before: Figure, after: Figure) -> LabelChange:
        low, high = jump.size - jump.half, jump.size + jump.half
        n = int(self.rows.sum())
        return LabelChange(
            stratum=self.stratum,
            on=_date(self.first[jump.at]),
            earliest=_date(self.first[jump.earliest - 1]),
            latest=_date(self.first[jump.latest + 1] - 1),
            level=level,
            before=before,
            after=after,
            jump=Figure(value=jump.size, lower=low, upper=high, level=level, n=n),
            p_value=jump.p_value,
        )

    def _mean(self, begin: int, end: int) -> Figure:
        """The mean label of the rows of some periods."""
        rows, total = self.rows[begin:end].sum(), self.total[begin:end].sum()
        period = Period(first=_date(self.first[begin]), last=_date(self.first[end - 1]))
        return Figure(value=float(total / rows), n=int(rows), period=period)


def _matured(given: Given) -> pa.Table:
    """The panel's rows whose label is final. Of durations those that could be watched up to the horizon, so
    that what is still open does not look short."""
    table = given.blobs.table(given.panel.blob)
    is_known = pc.is_valid(table["label"])
    if given.panel.question == "durations":
        last = date.fromisoformat(given.panel.last_known_on) - timedelta(days=given.panel.horizon_days)
        in_time = pc.less_equal(table["as_of"].cast(pa.date32()), pa.scalar(last, pa.date32()))
        is_known = pc.and_(is_known, in_time)
    return table.filter(is_known)


def _by_stratum(given: Given, rows: pa.Table) -> Iterator[Periods]:
    """All rows together, then those of each type where there are several."""
    label = rows["label"].cast(pa.float64()).to_numpy()
    day = rows["as_of"].cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
    yield periods_of(None, day, label)
    types = given.units["type"].cast(pa.string())
    names = pc.unique(types).drop_null().to_pylist()
    if len(names) > 1:
        own = types.take(pa.array(given.codes(rows)))
        for name in sorted(names):
            chosen = pc.fill_null(pc.equal(own, name), False).to_numpy()
            yield periods_of(name, day[chosen], label[chosen])


def periods_of(stratum: str | None, day: Days, label: Floats) -> Periods:
    """The label by calendar month of its as-of date, without months that have fewer than :data:`LEAST_ROWS`
    rows, or fewer than half as many as-of dates as is usual: a part of a month is more easily extreme."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    order = np.argsort(day, kind="stable")
    _, begins, code = np.unique(month[order], return_index=True, return_inverse=True)
    rows = np.bincount(code).astype(np.float64)
    total = np.bincount(code, label[order]).astype(np.float64)
    dates = np.bincount(code, np.diff(day[order], prepend=-(10**6)) != 0).astype(np.float64)
    kept: Integers = np.flatnonzero((rows >= LEAST_ROWS) & (dates >= np.median(dates) / 2))
    return Periods(stratum, day[order][begins][kept], dates[kept], rows[kept], total[kept])


def _date(day: np.int64) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))
