"""Does the extract end where it seems to? Labels of the last days count what has not arrived as not happened.

The last row says when the extract ends. Where the days before it hold far fewer rows than the weeks before
them, the rows were still on their way, or one late row stands alone; nobody can say which labels are final.
"""

from __future__ import annotations

from scipy import stats

from civic_ai.panel.known import DAY, City, known_rows
from civic_ai.panel.scope import Scope

LAST_DAYS, DAYS_BEFORE = 7, 56
"""The days that are doubted, and the eight weeks before them that they are held against."""

LEAST_RATIO = 0.3
"""Quiet weeks happen (holidays, a storm that closes the line): half as many rows are no reason to doubt."""

LEAST_CHANCE = 1e-6
"""Fewer rows than so rarely come by chance (lower tail of the Poisson distribution)."""


def end_is_doubtful(scope: Scope, last_day: int) -> bool:
    """Whether the label's source thins out before its ``last_day``, and the last label reaches into that."""
    if int(scope.dates[-1]) + scope.reach <= last_day - LAST_DAYS:
        return False
    return thins_out(*_rows_at_end(scope.city, last_day))


def thins_out(rows: int, rows_before: int) -> bool:
    """Whether ``rows`` in the last days are too few after ``rows_before`` in the weeks before them."""
    usual = rows_before * LAST_DAYS / DAYS_BEFORE
    return rows < LEAST_RATIO * usual and float(stats.poisson.cdf(rows, usual)) < LEAST_CHANCE


def _rows_at_end(city: City, last_day: int) -> tuple[int, int]:
    """Rows of the label's source that became known in the last days, and in the weeks before them."""
    rows = known_rows(city, city.spec.label.source)
    age = last_day - rows[DAY].epoch_seconds() // 86_400
    counted = rows.aggregate(
        late=(age < LAST_DAYS).sum(),
        before=((age >= LAST_DAYS) & (age < LAST_DAYS + DAYS_BEFORE)).sum(),
    )
    found = counted.to_pyarrow().to_pylist()[0]
    return int(found["late"]), int(found["before"])
