"""The project's terms: how each is said in three languages, and what it means."""

from __future__ import annotations

from pydantic import Field

from civic_ai.records.record import Record
from civic_ai.records.text import Text


class Term(Record):
    """One term. ``code`` is its name in the program, ``not_said`` are words for it that we do not use."""

    term: str
    says: Text
    means: Text
    code: str | None = None
    not_said: tuple[str, ...] = Field(default=(), alias="not")

    named_by = ("term",)


class Glossary(Record):
    """All terms, in the order of the file."""

    terms: tuple[Term, ...]
