"""Days as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say


def read_day(text: str) -> date:
    """A day written as 2027-06-30 (ISO 8601). Raises :class:`ConfigError` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError.because(
            say("is no date"), about=text, remedy=say("Write it as 2027-06-30.")
        ) from error


def today() -> date:
    """The day it is, in UTC."""
    return datetime.now(UTC).date()
