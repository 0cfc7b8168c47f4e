"""Days, and the dates on which a pilot looks at the world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say


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


def read_day(text: str) -> date:
    """A day written as 2027-06-30 (ISO 8601). Raises :class:`ConfigError` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError.because(
            say("is no date"), about=text, remedy=say("Write it as 2027-06-30.")
        ) from error
