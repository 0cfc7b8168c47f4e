"""A number with what makes it honest: its interval, its n, its period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

from civic_ai.records.record import Record

Verdict = Literal["pass", "fail", "insufficient_evidence", "unknown"]


class Period(Record):
    """First and last day, both included."""

    first: date
    last: date


class Figure(Record):
    """A measured value. ``lower`` and ``upper`` bound it at ``level``; ``n`` counts what it rests on.

    ``value`` is None where it could not be measured; ``why_missing`` then names the reason.
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    level: float = 0.90
    n: int
    period: Period | None = None
    why_missing: str | None = None

    def moved(self, change: Callable[[float], float]) -> Figure:
        """The same with the value and the ends of its interval changed; ``change`` keeps their order."""
        told = {"value": self.value, "lower": self.lower, "upper": self.upper}
        return self.model_copy(update={k: None if v is None else change(v) for k, v in told.items()})


def missing(why: str, *, n: int = 0) -> Figure:
    """A figure that could not be measured, with the reason (``no_positives``, ``one_period``, ...)."""
    return Figure(value=None, n=n, why_missing=why)
