"""Rules between the parts of a contract, and between a contract and the pilot that uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from difflib import get_close_matches
from math import isfinite
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from civic_ai.core.messages import Message, say
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import ColumnContract, ColumnType, Contract, FileFormat
from civic_ai.store.yaml import Path_

Broken = tuple[Path_, Message, Message | None]
TIMED: tuple[ColumnType, ...] = ("date", "timestamp")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PARSERS: dict[ColumnType, Callable[[str], object]] = {
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def parse_bound(kind: ColumnType, text: str) -> int | float | date | datetime:
    """The value of ``min``, ``max`` or ``distrust`` in a column of ``kind``. Raises ValueError."""
    if kind not in _PARSERS:
        raise ValueError(kind)
    made = _PARSERS[kind](text)
    if not isinstance(made, int | float | date) or (isinstance(made, float) and not isfinite(made)):
        raise ValueError(text)
    return made.replace(tzinfo=None) if isinstance(made, datetime) else made


def broken_promises(contract: Contract, parts: frozenset[str]) -> list[Broken]:
    """Every rule that a contract breaks in itself, among its sound ``parts``."""
    broken: list[Broken] = []
    if "time_zone" in parts:
        broken.extend(_zone_exists(contract))
    if "columns" not in parts:
        return broken
    for name, column in contract.columns.items():
        for rule in _COLUMN_RULES:
            broken.extend((("columns", name, *place), says, hint) for place, says, hint in rule(column))
    broken.extend(_names_are_plain(contract))
    for field, rule_of in (("unique", _unique_columns_exist), ("freshness", _fresh_column_is_timed)):
        if field in parts:
            broken.extend(rule_of(contract))
    if "file" in parts:
        broken.extend(_file_is_possible(contract))
    return broken


def broken_with_source(contract: Contract, spec: PilotSpec, name: str) -> list[Broken]:
    """Every rule that a contract breaks together with the pilot's source ``name``."""
    source = spec.sources[name]
    broken: list[Broken] = []
    if source.known_at is not None:
        broken.extend(_known_at_is_sure(contract, source.known_at))
    if source.key is not None:
        broken.extend(_key_is_unique(contract, source.key))
    for of, column, types, purpose in _typed_columns(spec):
        if of == name and column is not None:
            broken.extend(_is_of_type(contract, column, types, purpose))
    return broken


def _typed_columns(spec: PilotSpec) -> Iterator[tuple[str, str | None, tuple[ColumnType, ...], str]]:
    """Source, column, the types that it may have, and what needs them."""
    unit, label = spec.unit, spec.label
    for form, purpose in ((unit.grid, "the grid"), (unit.hexagons, "unit.hexagons")):
        if form is not None:
            yield from ((unit.source, column, ("number",), purpose) for column in (form.lat, form.lon))
    yield unit.source, unit.due_on, TIMED, "unit.due_on"
    yield label.source, label.known_at, TIMED, "label.known_at"
    yield label.source, label.ended_at, TIMED, "label.ended_at"


def _zone_exists(contract: Contract) -> Iterator[Broken]:
    if contract.time_zone is None:
        return
    try:
        ZoneInfo(contract.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            ("time_zone",),
            say("is not a time zone: {name}", name=contract.time_zone),
            say("Write it as in the IANA list, for example America/Bogota."),
        )


def _names_are_plain(contract: Contract) -> Iterator[Broken]:
    names: dict[str, str] = {}
    headers: dict[str, str] = {}
    for name, column in contract.columns.items():
        if not _NAME.fullmatch(name):
            yield (
                ("columns", name),
                say("is not a name that can be used here: letters, digits and _"),
                say("Choose a plain name and give the file's own under 'header'."),
            )
        header = column.header or name
        for seen, key, what in ((names, name.casefold(), "name"), (headers, header, "header")):
            if key in seen:
                yield (
                    ("columns", name),
                    say("has the same {what} as {other}", what=what, other=seen[key]),
                    say("Names must differ in more than capital letters."),
                )
            seen.setdefault(key, name)


def _bounds_fit(column: ColumnContract) -> Iterator[Broken]:
    values = {}
    for field in ("min", "max"):
        text = getattr(column, field)
        if text is None:
            continue
        try:
            values[field] = parse_bound(column.type, text)
        except ValueError:
            yield (
                (field,),
                say("is not a value of a column of type {type}: {text}", type=column.type, text=text),
                say("Bounds are for integer, number, date (2020-12-31) and timestamp columns."),
            )
    if len(values) == 2 and values["min"] > values["max"]:  # type: ignore[operator]
        yield ("min",), say("is greater than max ({max})", max=column.max), None


def _words_fit(column: ColumnContract) -> Iterator[Broken]:
    if column.allowed and column.type != "text":
        yield ("allowed",), say("is for text columns; this one is {type}", type=column.type), None
    for old, new in column.renamed.items():
        if column.allowed and new not in column.allowed:
            yield ("renamed", old), say("becomes {new}, which is not allowed", new=new), _meant(new, column)
        if old in column.allowed:
            yield ("renamed", old), say("is an allowed word too"), say("Allow only the word of today.")
        if new in column.renamed:
            yield ("renamed", old), say("becomes {new}, which is renamed again", new=new), None
    for word in sorted({word for word in column.allowed if column.allowed.count(word) > 1}):
        yield ("allowed",), say("{word} is given twice", word=word), None


def _meant(word: str, column: ColumnContract) -> Message:
    close = get_close_matches(word, column.allowed, n=1)
    return (
        say("Did you mean {word}?", word=close[0])
        if close
        else say("Allowed here: {words}.", words=", ".join(column.allowed))
    )


def _distrust_fits(column: ColumnContract) -> Iterator[Broken]:
    if column.distrust and column.blank not in ("missing", "not_yet"):
        yield (
            ("distrust",),
            say("takes values as missing, but blank is {blank}", blank=column.blank),
            say("Write 'blank: missing'."),
        )
    if column.type in ("text", "flag"):
        return
    for text in column.distrust:
        try:
            parse_bound(column.type, text)
        except ValueError:
            says = say("is not a value of a column of type {type}: {text}", type=column.type, text=text)
            yield ("distrust",), says, None


def _blank_fits(column: ColumnContract) -> Iterator[Broken]:
    if column.blank == "zero" and column.type not in ("integer", "number"):
        yield ("blank",), say("'zero' is for numbers; this column is {type}", type=column.type), None


def _format_fits(column: ColumnContract) -> Iterator[Broken]:
    if column.format is None:
        return
    if column.type not in TIMED:
        yield ("format",), say("is for dates and timestamps; this column is {type}", type=column.type), None
    elif not all(any(letter in column.format for letter in way) for way in _NEEDED_LETTERS):
        yield (
            ("format",),
            say("does not say where the year, the month and the day stand: {format}", format=column.format),
            say('Write for example "%d/%m/%Y %H:%M".'),
        )


_NEEDED_LETTERS = (("%Y", "%y"), ("%m", "%b", "%B", "%-m"), ("%d", "%-d"))


def _personal_is_said(column: ColumnContract) -> Iterator[Broken]:
    if column.personal == "none" and not (column.why or "").strip():
        yield ("personal",), say("'none' needs a reason"), say("Add 'why', in one sentence.")
    if column.why is not None and column.personal != "none":
        yield ("why",), say("belongs to 'personal: none'"), None
    if column.personal == "identifier" and column.type not in ("text", "integer"):
        yield ("personal",), say("an identifier is text or integer, not {type}", type=column.type), None


def _unique_columns_exist(contract: Contract) -> Iterator[Broken]:
    for i, columns in enumerate(contract.unique):
        for column in columns:
            if column not in contract.columns:
                yield ("unique", i), *no_such_column(column, contract)
        if len(set(columns)) < len(columns) or not columns:
            yield ("unique", i), say("needs different columns"), None


def _fresh_column_is_timed(contract: Contract) -> Iterator[Broken]:
    if contract.freshness is None:
        return
    column = contract.freshness.column
    if column not in contract.columns:
        yield ("freshness", "column"), *no_such_column(column, contract)
    elif contract.columns[column].type not in TIMED:
        yield ("freshness", "column"), say("{column} is not a date or timestamp", column=column), None


def _file_is_possible(contract: Contract) -> Iterator[Broken]:
    file = contract.file
    if file.decimal == file.thousands:
        yield ("file", "thousands"), say("is the same mark as decimal"), None
    plain = FileFormat(kind="parquet")
    for field in FileFormat.model_fields:
        if file.kind == "parquet" and getattr(file, field) != getattr(plain, field):
            yield (
                ("file", field),
                say("is nothing to declare: a Parquet file says itself how it is written"),
                None,
            )


def _known_at_is_sure(contract: Contract, column: str) -> Iterator[Broken]:
    yield from _is_of_type(contract, column, TIMED, "known_at")
    declared = contract.columns.get(column)
    if declared is not None and (declared.blank != "refused" or declared.drop):
        yield (
            ("columns", column),
            say("is 'known_at' of the source, so it may be neither blank nor dropped"),
            say("Write 'blank: refused': rows without it are set aside and counted."),
        )


def _key_is_unique(contract: Contract, column: str) -> Iterator[Broken]:
    declared = contract.columns.get(column)
    if declared is not None and not declared.unique and (column,) not in contract.unique:
        yield ("columns", column), say("is the key of the source"), say("Write 'unique: true'.")


def _is_of_type(
    contract: Contract, column: str, types: tuple[ColumnType, ...], purpose: str
) -> Iterator[Broken]:
    declared = contract.columns.get(column)
    if declared is not None and declared.type not in types:
        yield (
            ("columns", column, "type"),
            say("{purpose} needs {types}, not {type}", purpose=purpose, types=types[0], type=declared.type),
            None,
        )


def no_such_column(column: str, contract: Contract) -> tuple[Message, Message]:
    """The sentence and the remedy for a column that a contract does not know."""
    close = get_close_matches(column, contract.columns, n=1)
    hint = (
        say("Did you mean {word}?", word=close[0])
        if close
        else say("Known here: {words}.", words=", ".join(contract.columns))
    )
    return say("there is no column called {column}", column=column), hint


_COLUMN_RULES = (_bounds_fit, _words_fit, _distrust_fits, _blank_fits, _format_fits, _personal_is_said)
