"""Days, and the dates on which a pilot looks at the world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def add_days(day: date, days: int) -> date:
    """``day`` moved by ``days`` (may be negative)."""
    return day + timedelta(days=days)


def days_between(first: date, last: date) -> int:
    """Days from ``first`` to ``last``; negative when ``last`` comes first."""
    return (last - first).days


def dates_every(first: date, last: date, every_days: int) -> Iterator[date]:
    """``first``, then every ``every_days`` days, up to and including ``last``."""
    day = first
    while day <= last:
        yield day
        day = add_days(day, every_days)
