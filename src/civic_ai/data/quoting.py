"""One row of a text table, byte by byte, strictly by RFC 4180.

A quote may only open a field; inside, it is doubled; after the closing quote comes a delimiter or the
end of the line. Used for the few lines that counting (``structure.py``) cannot decide.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property

_LINE_END = re.compile(rb"\r?\n")
UNDECODABLE = {
    "latin-1": bytes(range(0x80, 0xA0)),
    "windows-1252": b"\x81\x8d\x8f\x90\x9d",
}
"""Bytes that no text in this encoding holds (C1 control characters; five holes in windows-1252)."""


@dataclass(frozen=True)
class Dialect:
    """How the rows of one file are written, and the limits that hold for them.

    ``width`` is the number of columns. After ``broken_at_once`` broken lines a block is handed back
    unfinished, so that the reader can ask whether going on makes sense.
    """

    delimiter: bytes
    quote: bytes
    encoding: str
    width: int
    field_bytes: int
    line_bytes: int
    broken_at_once: int

    @cached_property
    def field_end(self) -> re.Pattern[bytes]:
        """What ends a field without quotes."""
        return re.compile(rb"[\n" + re.escape(self.delimiter) + rb"]")


@dataclass(frozen=True)
class Row:
    """Where a row ends (after its line feed), its fields, and the rule that it breaks, if any.

    ``is_open``: a quoted field did not end in the bytes at hand.
    """

    end: int
    fields: tuple[bytes, ...] = ()
    rule: str | None = None
    is_open: bool = False


def read_row(data: bytes, start: int, dialect: Dialect) -> Row:
    """The row that begins at ``start``; ``data`` ends with a line feed."""
    fields: list[bytes] = []
    at = start
    while True:
        made = _quoted(data, at, dialect) if data.startswith(dialect.quote, at) else _plain(data, at, dialect)
        if made.rule or made.is_open:
            return made
        fields.extend(made.fields)
        if data.startswith(dialect.delimiter, made.end):
            at = made.end + 1
            continue
        line_end = _LINE_END.match(data, made.end)
        if line_end is None:
            return Row(made.end, rule="text_after_quote")
        return Row(
            line_end.end(), tuple(fields), _broken_rule(data[start : line_end.start()], fields, dialect)
        )


def _quoted(data: bytes, at: int, dialect: Dialect) -> Row:
    """A quoted field that opens at ``at``; its end is the byte after the closing quote."""
    close = at + 1
    while True:
        close = data.find(dialect.quote, close)
        if close < 0:
            return Row(len(data), is_open=True)
        if not data.startswith(dialect.quote, close + 1):
            break
        close += 2
    text = data[at + 1 : close].replace(dialect.quote * 2, dialect.quote)
    return Row(close + 1, (text,))


def _plain(data: bytes, at: int, dialect: Dialect) -> Row:
    """A field without quotes; its end is the delimiter or the line's end."""
    found = dialect.field_end.search(data, at)
    end = found.start() if found else len(data)
    if data.startswith(b"\r\n", end - 1):
        end -= 1
    text = data[at:end]
    if dialect.quote in text:
        return Row(end, rule="quote_inside_field")
    return Row(end, (text,), "lone_cr" if b"\r" in text else None)


def _broken_rule(row: bytes, fields: list[bytes], dialect: Dialect) -> str | None:
    if not row:
        return "blank_line"
    if b"\0" in row:
        return "nul_byte"
    if not is_text(row, dialect.encoding):
        return "wrong_encoding"
    if len(fields) != dialect.width:
        return "wrong_width"
    return "field_too_long" if max(map(len, fields)) > dialect.field_bytes else None


def is_text(row: bytes, encoding: str) -> bool:
    """Whether ``row`` is text in ``encoding``; C1 control characters and a byte order mark are not."""
    if encoding in UNDECODABLE:
        return len(row.translate(None, UNDECODABLE[encoding])) == len(row)
    try:
        row.decode(encoding)
    except UnicodeDecodeError:
        return False
    return codecs.BOM_UTF8 not in row
