"""From the text of a cell to a value of the contract's type, strictly and inside DuckDB.

DuckDB's own casts are generous (they drop the offset of ``2020-01-01 00:00+02``, take ``infinity`` for a
date and ``12_000`` for a number), so a cell must first have the exact form that its contract declares.
A cell without it becomes NULL and is counted as broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis

from civic_ai.data.contract_rules import parse_bound
from civic_ai.data.engine import literal, quoted
from civic_ai.records.contract import ColumnContract, ColumnType, FileFormat

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "flag": "BOOLEAN",
}
IBIS_TYPES: dict[ColumnType, ibis.DataType] = {
    "text": ibis.dtype("string"),
    "integer": ibis.dtype("int64"),
    "number": ibis.dtype("float64"),
    "date": ibis.dtype("date"),
    "timestamp": ibis.dtype("timestamp(6)"),
    "flag": ibis.dtype("boolean"),
}
FLAGS = {
    "true": ("true", "True", "TRUE", "t", "1", "yes", "Yes", "YES"),
    "false": ("false", "False", "FALSE", "f", "0", "no", "No", "NO"),
}
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_FIRST_YEAR, _LAST_YEAR = 1700, 2200


@dataclass(frozen=True)
class Reading:
    """How the cells of one file are read: its marks, its own zone, and the zone of the pilot."""

    file: FileFormat
    zone: str
    pilot_zone: str


@dataclass(frozen=True)
class ColumnSql:
    """How one text column becomes typed, in two steps of SQL.

    Over the text table: ``is_blank``, ``is_renamed`` (an older word) and ``parsed``. Over the result,
    where these stand as columns ``#blank``, ``#renamed`` and ``#parsed`` followed by the column's name:
    ``value`` (NULL if blank, broken or distrusted), ``is_broken`` (not blank, but no value of the type),
    ``is_distrusted`` (a default that means nothing was known).
    """

    is_blank: str
    is_renamed: str
    parsed: str
    value: str
    is_broken: str
    is_distrusted: str


def column_sql(name: str, column: ColumnContract, reading: Reading) -> ColumnSql:
    """How the text column ``name`` becomes a column of its contract's type."""
    text = quoted(name)
    marks = ", ".join(literal(mark) for mark in ("", *reading.file.blank_marks))
    old = ", ".join(literal(word) for word in column.renamed)
    parsed, blank = quoted(f"#parsed {name}"), quoted(f"#blank {name}")
    sound = _sound(parsed, column.type)
    distrusted = f"({sound} AND {_distrusted(parsed, column)})" if column.distrust else "false"
    filled = "0" if column.blank == "zero" else "NULL"
    value = f"CASE WHEN {blank} THEN {filled} WHEN {sound} AND NOT {distrusted} THEN {parsed} END"
    return ColumnSql(
        is_blank=f"({text} IS NULL OR {text} IN ({marks}))",
        is_renamed=f"coalesce({text} IN ({old}), false)" if old else "false",
        parsed=_parsed(_renamed(text, column), column, reading),
        value=f"CAST({value} AS {SQL_TYPES[column.type]})",
        is_broken=f"(NOT {blank} AND NOT {sound})",
        is_distrusted=f"(NOT {blank} AND {distrusted})",
    )


def _sound(parsed: str, kind: ColumnType) -> str:
    """Whether a parsed value is there and is one that can be meant."""
    if kind in ("date", "timestamp"):
        return f"coalesce(year({parsed}) BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR}, false)"
    if kind == "number":
        return f"coalesce(isfinite({parsed}), false)"
    return f"({parsed} IS NOT NULL)"


def _renamed(text: str, column: ColumnContract) -> str:
    if not column.renamed:
        return text
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in column.renamed.items())
    return f"(CASE {text} {cases} ELSE {text} END)"


def _parsed(text: str, column: ColumnContract, reading: Reading) -> str:
    if column.type in ("date", "timestamp"):
        return _moment(text, column, reading)
    if column.type == "flag":
        words = {key: ", ".join(map(literal, values)) for key, values in FLAGS.items()}
        yes, no = (f"{text} IN ({words[key]})" for key in ("true", "false"))
        return f"(CASE WHEN {yes} THEN true WHEN {no} THEN false END)"
    if column.type == "text":
        return text
    return _number(text, column, reading.file)


def _number(text: str, column: ColumnContract, file: FileFormat) -> str:
    """Digits with the declared marks only; groups of thousands must be whole groups."""
    form = r"[0-9]+"
    if file.thousands:
        form = rf"([0-9]{{1,3}}({re.escape(file.thousands)}[0-9]{{3}})+|[0-9]+)"
    if column.type == "number":
        mark = re.escape(file.decimal)
        form = rf"({form}({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]{{1,3}})?"
    plain = f"replace({text}, {literal(file.thousands)}, '')" if file.thousands else text
    if column.type == "number" and file.decimal != ".":
        plain = f"replace({plain}, {literal(file.decimal)}, '.')"
    cast = f"TRY_CAST({plain} AS {SQL_TYPES[column.type]})"
    return f"(CASE WHEN regexp_full_match({text}, {literal('[+-]?' + form)}) THEN {cast} END)"


def _moment(text: str, column: ColumnContract, reading: Reading) -> str:
    """ISO 8601 or the declared format; a timestamp is moved to the pilot's time zone."""
    if column.format is not None:
        made = _moved(f"try_strptime({text}, {literal(column.format)})", column, reading)
        return f"TRY_CAST({made} AS {SQL_TYPES[column.type]})"
    if column.type == "date":
        return f"(CASE WHEN regexp_full_match({text}, {literal(_DATE)}) THEN TRY_CAST({text} AS DATE) END)"
    local, absolute = literal(f"{_DATE}([ T]{_TIME})?"), literal(f"{_DATE}[ T]{_TIME}{_OFFSET}")
    naive = _moved(f"TRY_CAST({text} AS TIMESTAMP)", column, reading)
    zoned = f"timezone({literal(reading.pilot_zone)}, TRY_CAST({text} AS TIMESTAMPTZ))"
    return (
        f"(CASE WHEN regexp_full_match({text}, {local}) THEN {naive} "
        f"WHEN regexp_full_match({text}, {absolute}) THEN {zoned} END)"
    )


def _moved(made: str, column: ColumnContract, reading: Reading) -> str:
    if column.type == "date" or reading.zone == reading.pilot_zone:
        return made
    return f"timezone({literal(reading.pilot_zone)}, timezone({literal(reading.zone)}, {made}))"


def _distrusted(parsed: str, column: ColumnContract) -> str:
    return f"{parsed} IN ({', '.join(_value(column.type, text) for text in column.distrust)})"


def _value(kind: ColumnType, text: str) -> str:
    if kind == "text":
        return literal(text)
    if kind == "flag":
        return "true" if text in FLAGS["true"] else "false"
    made = parse_bound(kind, text)
    return f"CAST({literal(str(made))} AS {SQL_TYPES[kind]})"
