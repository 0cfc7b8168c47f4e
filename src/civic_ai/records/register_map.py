"""A register that a pilot is entered in: its columns, and which of our fields fills each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.record import Record


class Column(Record):
    """One column: its header there, the fields that fill it or a constant ``value``, its limits.

    A column of ``choices`` takes one of them; an answer that is none of them leaves it empty, and is said so.
    """

    header: str
    fields: tuple[str, ...] = ()
    value: str | None = None
    max_length: int | None = Field(default=None, ge=1)
    choices: tuple[str, ...] = ()
    required: bool = False


class RegisterMap(Record):
    """A register's row: the standard it follows (a short name of the crosswalk) and its columns in order.

    ``language`` is the only one that the register takes; None where it takes any.
    """

    register_name: str = Field(alias="register")
    standard: str
    form: Literal["csv", "json"]
    language: str | None = None
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @property
    def holds(self) -> frozenset[str]:
        """Ids of the fields that have a column."""
        return frozenset(field for column in self.columns for field in column.fields)
