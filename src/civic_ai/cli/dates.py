"""The day it is for whoever types."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """The day it is, in UTC."""
    return datetime.now(UTC).date()
