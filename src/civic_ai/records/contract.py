"""What the city promised about one source: columns, types, ranges, blanks, owner, licence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from civic_ai.records.record import Explained
from civic_ai.records.text import Text


def _yes_or_no(value: Any) -> Any:
    """Only ``true`` and ``false``: other words that YAML 1.1 took for booleans are refused."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, Field(strict=True), BeforeValidator(_yes_or_no)]
ColumnType = Literal["text", "integer", "number", "date", "timestamp", "flag"]


class FileFormat(Explained):
    """How the file is written. Nothing is guessed: what is not declared here is the default.

    Where a source has several files, all are written like this; only the order of columns may differ. One
    rule for all is on purpose: 1.234 is a thousand in a file with decimal commas and one and a bit in a file
    with decimal points, and the cell does not tell. A file that is written otherwise breaks its cells, and is
    refused with its name and line; give it a source and a contract of its own.
    """

    kind: Literal["csv", "tsv", "parquet"] = "csv"
    """csv, tsv or parquet; the file may end in .gz (csv, tsv)."""
    delimiter: Literal[",", ";", "|", "\t"] = ","
    """Between fields (csv)."""
    quote: Literal['"', "'"] = '"'
    """Around a field that holds a delimiter."""
    encoding: Literal["utf-8", "latin-1", "windows-1252"] = "utf-8"
    """A byte order mark is allowed with utf-8."""
    decimal: Literal[".", ","] = "."
    """The decimal mark."""
    thousands: Literal[".", ",", " "] | None = None
    """The thousands mark; leave it out when numbers have none."""
    skip_lines: int = Field(default=0, ge=0, le=1000)
    """Lines above the header that are not part of the table."""
    blank_marks: tuple[str, ...] = ()
    """Words (NA, NULL) that mean an empty cell; the empty cell always does."""


class ColumnContract(Explained):
    """One column: its type, what a blank means, what is allowed, when it becomes known."""

    type: ColumnType
    """What its values are."""
    header: str | None = None
    """Its name in the file, where it differs."""
    about: Text | None = None
    """What it means."""
    blank: Literal["refused", "missing", "not_yet", "zero"] = "refused"
    """What an empty cell means: refused (breaks the contract), missing (not known), not_yet (not
    happened by the day of the extract), zero."""
    min: str | None = None
    """The lowest value allowed."""
    max: str | None = None
    """The highest value allowed."""
    allowed: tuple[str, ...] = ()
    """The only values allowed."""
    renamed: dict[str, str] = {}
    """Old word in the file: word of today."""
    distrust: tuple[str, ...] = ()
    """Defaults, such as the coordinates of the city hall, that mean nothing was known."""
    unique: Flag = False
    """No value twice."""
    format: str | None = None
    """How a date is written, in strptime letters; default ISO 8601."""
    known: Literal["at_once", "afterwards"] = "at_once"
    """afterwards: filled in after the event; no feature may use it."""
    personal: Literal["none", "identifier"] | None = None
    """none (with why) or identifier (kept as an integer code)."""
    why: str | None = None
    """Why a column that looks personal is not."""
    drop: Flag = False
    """It never enters the snapshot."""


class Freshness(Explained):
    """The newest row must lie within so many days of the pilot's last as-of date."""

    column: str
    """A column with dates."""
    within_days: int = Field(ge=0)
    """Days that the newest row may lie before the last as-of date."""


class Limits(Explained):
    """Beyond these a file is refused before it is read into memory. They hold for each file of a source."""

    bytes: int = Field(default=2_000_000_000, ge=1)
    """Size of the file."""
    rows: int = Field(default=50_000_000, ge=1)
    """Rows."""
    columns: int = Field(default=500, ge=1)
    """Columns."""
    field_bytes: int = Field(default=100_000, ge=1)
    """Size of one field."""
    unpacked_ratio: int = Field(default=100, ge=2)
    """Unpacked over packed size of a .gz file."""


class Contract(Explained):
    """The promise about one source. Columns that are not declared break it."""

    about: Text
    """What the table is."""
    publisher: str | None = None
    """Who answers for it."""
    licence: str | None = None
    """Under which it may be used."""
    checked_on: str | None = None
    """When someone last compared this contract with the source."""
    file: FileFormat = FileFormat()
    """How the file is written."""
    time_zone: str | None = None
    """Of timestamps without an offset; default: the pilot's."""
    columns: dict[str, ColumnContract] = Field(min_length=1)
    """Every column of the file, in any order."""
    unique: tuple[tuple[str, ...], ...] = ()
    """Sets of columns that must not repeat together."""
    freshness: Freshness | None = None
    """How old the newest row may be."""
    quarantine_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Above this share of broken rows the run stops."""
    limits: Limits = Limits()
    """Beyond these a file is refused before it is read."""

    @property
    def unique_keys(self) -> list[tuple[str, ...]]:
        """The sets of columns that must not repeat together: single ones first, each once."""
        single = [(name,) for name, column in self.columns.items() if column.unique]
        return [*single, *(key for key in self.unique if key not in single)]
