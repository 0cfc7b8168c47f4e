"""The fields of a pilot's record, and what other people's standards call them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.levels import LEVELS, Level
from civic_ai.records.record import Record
from civic_ai.records.text import Text

FilledBy = Literal["run", "city", "board"]
GROUPS = (
    "identity", "purpose", "data", "model", "performance", "fairness", "explanation", "human", "privacy",
    "security", "impact", "consultation", "monitoring", "decision", "record",
)  # fmt: skip
"""The groups in the order in which a record shows them."""


class RecordField(Record):
    """One field: who fills it, from which impact level it is needed, and the facts or the question for it.

    A run must have measured all ``facts``; those of ``also`` are kept where they are there.
    """

    group: str
    filled_by: FilledBy
    from_level: Level
    name: Text
    asks: Text | None = None
    facts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    max_length: int | None = Field(default=None, ge=1)

    def is_needed_at(self, level: Level | None) -> bool:
        """Whether a pilot of this impact level must fill it; where the level is not known, it must."""
        return level is None or LEVELS.index(self.from_level) <= LEVELS.index(level)


class Standard(Record):
    """A standard: its version, the day it was looked at, how far (``seen``), and its name for each field."""

    name: str
    version: str
    publisher: str
    link: str | None = None
    checked_on: date
    is_unofficial: bool
    seen: Literal["file", "excerpt", "outline", "third party", "memory"]
    fields: Annotated[dict[str, str], Field(min_length=1)]

    def age_days(self, today: date) -> int:
        """How many days ago it was looked at."""
        return (today - self.checked_on).days


class Crosswalk(Record):
    """All fields by id and all standards by short name."""

    fields: Annotated[dict[str, RecordField], Field(min_length=1)]
    standards: Annotated[dict[str, Standard], Field(min_length=1)]

    def older_than(self, days: int, today: date) -> Iterator[str]:
        """Short names of standards that were looked at more than ``days`` days before ``today``."""
        return (key for key, standard in self.standards.items() if standard.age_days(today) > days)

    def unknown_fields(self) -> Iterator[tuple[str, str]]:
        """Standard and field id wherever a standard names a field that does not stand here."""
        return (
            (key, field)
            for key, standard in self.standards.items()
            for field in standard.fields
            if field not in self.fields
        )
