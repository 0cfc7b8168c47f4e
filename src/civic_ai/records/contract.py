"""What the city promised about one source: columns, types, ranges, blanks, owner, licence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from civic_ai.records.record import Record
from civic_ai.records.text import Text


def _yes_or_no(value: Any) -> Any:
    """Only ``true`` and ``false``: other words that YAML 1.1 took for booleans are refused."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, Field(strict=True), BeforeValidator(_yes_or_no)]
ColumnType = Literal["text", "integer", "number", "date", "timestamp", "flag"]


class FileFormat(Record):
    """How the file is written. Nothing is guessed: what is not declared here is the default.

    ``skip_lines``: lines above the header that are not part of the table. ``blank_marks``: words
    (NA, NULL) that mean an empty cell; the empty cell itself always does.
    """

    kind: Literal["csv", "tsv", "parquet"] = "csv"
    delimiter: Literal[",", ";", "|", "\t"] = ","
    quote: Literal['"', "'"] = '"'
    encoding: Literal["utf-8", "latin-1", "windows-1252"] = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " "] | None = None
    skip_lines: int = Field(default=0, ge=0, le=1000)
    blank_marks: tuple[str, ...] = ()


class ColumnContract(Record):
    """One column.

    ``blank``: what an empty cell means: ``refused`` (breaks the contract), ``missing`` (not known),
    ``not_yet`` (has not happened by the day of the extract), ``zero``. ``known``: ``afterwards`` marks
    a field that is only filled in after the event; no feature may use it. ``personal`` must be
    declared for columns that look personal: ``none`` with ``why``, ``identifier`` (kept only as an
    integer code), or ``drop`` them. ``header`` is the column's name in the file, where it differs.
    ``min`` and ``max`` are bounds that a value may still reach. ``distrust`` lists defaults (such as
    the coordinates of the city hall) that mean nothing was known.
    """

    type: ColumnType
    header: str | None = None
    about: Text | None = None
    blank: Literal["refused", "missing", "not_yet", "zero"] = "refused"
    min: str | None = None
    max: str | None = None
    allowed: tuple[str, ...] = ()
    renamed: dict[str, str] = {}
    distrust: tuple[str, ...] = ()
    unique: Flag = False
    format: str | None = None
    known: Literal["at_once", "afterwards"] = "at_once"
    personal: Literal["none", "identifier"] | None = None
    why: str | None = None
    drop: Flag = False


class Freshness(Record):
    """The newest row must lie within so many days of the pilot's last as-of date."""

    column: str
    within_days: int = Field(ge=0)


class Limits(Record):
    """Beyond these a file is refused before it is read into memory."""

    bytes: int = Field(default=2_000_000_000, ge=1)
    rows: int = Field(default=50_000_000, ge=1)
    columns: int = Field(default=500, ge=1)
    field_bytes: int = Field(default=100_000, ge=1)
    unpacked_ratio: int = Field(default=100, ge=2)


class Contract(Record):
    """The promise about one source. Columns that are not declared break it."""

    about: Text
    publisher: str | None = None
    licence: str | None = None
    checked_on: str | None = None
    file: FileFormat = FileFormat()
    time_zone: str | None = None
    columns: dict[str, ColumnContract] = Field(min_length=1)
    unique: tuple[tuple[str, ...], ...] = ()
    freshness: Freshness | None = None
    quarantine_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    limits: Limits = Limits()
