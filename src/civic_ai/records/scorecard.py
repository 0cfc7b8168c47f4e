"""How often the audit finds what is planted in made-up cities, and how often it raises a false alarm."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from civic_ai.records.record import Record


class Tried(Record):
    """Cities of about ``incidents`` reported incidents: in how many of those with something planted the audit
    found it, and in how many of those with nothing planted it raised an alarm. ``told``: the ratio that it
    told on (geometric) average, where what was planted is that ratio."""

    incidents: int = Field(gt=0)
    found: int = Field(ge=0)
    found_of: int = Field(gt=0)
    false_alarms: int = Field(ge=0)
    false_alarms_of: int = Field(gt=0)
    told: float | None = None

    named_by = ("incidents",)


class AuditScore(Record):
    """One audit at several sizes of city, smallest first. ``planted``: the ratio, where it is one."""

    planted: float | None = None
    sizes: tuple[Tried, ...] = Field(min_length=1)

    def at(self, incidents: float) -> Tried | None:
        """The size nearest below so many incidents; None where even the smallest is larger."""
        smaller = [tried for tried in self.sizes if tried.incidents <= incidents]
        return max(smaller, key=lambda tried: tried.incidents, default=None)


class Scorecard(Record):
    """Every audit that was tried, by name; made by ``experiments/015-auditor-scorecard``."""

    audits: Mapping[str, AuditScore]
