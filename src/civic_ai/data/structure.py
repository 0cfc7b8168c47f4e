"""Is every row of a text table whole? Strictly by RFC 4180, at the speed of counting bytes.

A line without quotes is whole when it has the right number of delimiters: that is counted for a
block of some megabytes at once. A line with quotes is whole when each quote opens a field, closes one
or is doubled inside one. What remains is read byte by byte (``quoting.py``): a row over several lines
is put together, anything else is set aside with its line number and the rule that it breaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from civic_ai.data.quoting import UNDECODABLE, Dialect, Row, is_text, read_row

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_LF, _CR = 10, 13
_RAW_BYTES = 400


@dataclass(frozen=True)
class BrokenLine:
    """A line that is no row: its number (from 1), the rule that it breaks, its first bytes."""

    line: int
    rule: str
    raw: bytes


@dataclass(frozen=True)
class Lines:
    """A block of whole lines with their places. ``first`` is the number of its first line."""

    data: bytes
    first: int
    dialect: Dialect
    is_last: bool

    @cached_property
    def bytes_(self) -> npt.NDArray[np.uint8]:
        """The bytes as numbers."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def ends(self) -> Positions:
        """Where the line feeds stand."""
        return np.flatnonzero(self.bytes_ == _LF)

    @cached_property
    def starts(self) -> Positions:
        """Where the lines begin."""
        starts: Positions = np.concatenate(([0], self.ends[:-1] + 1))
        return starts

    @cached_property
    def has_cr(self) -> bool:
        """Whether there is any carriage return."""
        return b"\r" in self.data

    @cached_property
    def stops(self) -> Positions:
        """Where the content of the lines ends (before LF or CR LF)."""
        if not self.has_cr:
            return self.ends
        is_crlf = (self.ends > self.starts) & (self.bytes_[self.ends - 1] == _CR)
        stops: Positions = self.ends - is_crlf
        return stops

    def count(self, places: Positions) -> Positions:
        """How many of the sorted ``places`` lie in each line."""
        after: Positions = np.searchsorted(places, self.ends)
        return np.diff(after, prepend=0)


@dataclass
class Block:
    """What a block holds: the bytes of its rows (LF ends), their number, and the broken lines.

    ``jumps`` are pairs (row in this block, its line number) wherever the line numbers jump.
    ``used`` bytes and ``lines`` were dealt with; what follows belongs to a row that goes on later.
    """

    pieces: list[bytes] = field(default_factory=list)
    jumps: list[tuple[int, int]] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)
    rows: int = 0
    rows_over_lines: int = 0
    used: int = 0
    lines: int = 0


def scan_block(lines: Lines) -> Block:
    """Sort the lines of a block (which ends with a line feed) into rows and broken lines."""
    block = Block()
    for hard in np.flatnonzero(_suspect(lines)).tolist():
        if hard < block.lines:
            continue  # it was part of the row before
        _take_good(block, lines, hard)
        if not _take_hard(block, lines):
            return block
        if len(block.broken) >= lines.dialect.broken_at_once:
            return block
    _take_good(block, lines, len(lines.ends))
    return block


def _take_good(block: Block, lines: Lines, until: int) -> None:
    """Take the lines up to ``until`` as they are; only CR LF becomes LF."""
    if until == block.lines:
        return
    stop = int(lines.ends[until - 1]) + 1
    piece = lines.data[block.used : stop]
    block.pieces.append(piece.replace(b"\r\n", b"\n") if lines.has_cr else piece)
    block.jumps.append((block.rows, lines.first + block.lines))
    block.rows += until - block.lines
    block.used, block.lines = stop, until


def _take_hard(block: Block, lines: Lines) -> bool:
    """Read one row byte by byte. False: it goes on in the next block."""
    start, dialect = block.used, lines.dialect
    row = read_row(lines.data, start, dialect)
    size = row.end - start
    if row.is_open and not lines.is_last and size <= dialect.line_bytes:
        return False
    if row.is_open or size > dialect.line_bytes:
        row = Row(row.end, rule="quote_never_closed")
    if row.rule is not None:
        _set_aside(block, lines, row.rule)
        return True
    block.pieces.append(lines.data[start : row.end].removesuffix(b"\n").removesuffix(b"\r") + b"\n")
    block.jumps.append((block.rows, lines.first + block.lines))
    block.rows += 1
    block.used = row.end
    taken = int(np.searchsorted(lines.ends, row.end)) - block.lines
    block.rows_over_lines += taken > 1
    block.lines += taken
    return True


def _set_aside(block: Block, lines: Lines, rule: str) -> None:
    """Set one line aside; reading goes on with the next line."""
    stop = int(lines.stops[block.lines])
    raw = lines.data[block.used : min(stop, block.used + _RAW_BYTES)]
    block.broken.append(BrokenLine(lines.first + block.lines, rule, raw))
    block.used = int(lines.ends[block.lines]) + 1
    block.lines += 1


def _suspect(lines: Lines) -> Flags:
    """Lines that counting alone does not show to be whole rows."""
    data, dialect = lines.data, lines.dialect
    sizes = lines.stops - lines.starts
    suspect: Flags = (sizes == 0) | (sizes > dialect.field_bytes)
    delimiters = np.flatnonzero(lines.bytes_ == ord(dialect.delimiter))
    if dialect.quote in data:
        quotes = np.flatnonzero(lines.bytes_ == ord(dialect.quote))
        suspect |= _badly_quoted(lines, quotes)
        delimiters = _outside_quotes(lines, delimiters, quotes)
    suspect |= lines.count(delimiters) != dialect.width - 1
    if b"\0" in data:
        suspect |= lines.count(np.flatnonzero(lines.bytes_ == 0)) > 0
    if lines.has_cr:
        returns = lines.count(np.flatnonzero(lines.bytes_ == _CR))
        suspect |= returns > (lines.stops < lines.ends)
    if not data.isascii():
        suspect |= _undecodable(lines)
    return suspect


def _badly_quoted(lines: Lines, quotes: Positions) -> Flags:
    """Lines where a quote does not open, close or double, or where one stays open."""
    content = np.concatenate((lines.bytes_, np.array([_LF, _LF], dtype=np.uint8)))
    before, after = content[quotes - 1], content[quotes + 1]
    ends_line = (after == _LF) | ((after == _CR) & (content[quotes + 2] == _LF))
    mark, quote = ord(lines.dialect.delimiter), ord(lines.dialect.quote)
    good_open = (before == mark) | (before == quote) | (before == _LF)
    good_close = (after == mark) | (after == quote) | ends_line
    opens = _numbers_in_line(lines, quotes, quotes) % 2 == 0
    is_odd: Flags = lines.count(quotes) % 2 == 1
    return is_odd | (lines.count(quotes[np.where(opens, ~good_open, ~good_close)]) > 0)


def _outside_quotes(lines: Lines, delimiters: Positions, quotes: Positions) -> Positions:
    """The delimiters that stand outside of quotes (an even number of quotes before, in the line)."""
    outside: Positions = delimiters[_numbers_in_line(lines, delimiters, quotes) % 2 == 0]
    return outside


def _numbers_in_line(lines: Lines, places: Positions, quotes: Positions) -> Positions:
    """How many quotes stand before each of ``places`` (sorted) in its line, up to a multiple of two."""
    before: Positions = np.searchsorted(quotes, places)
    if not (lines.count(quotes) % 2).any():
        return before
    line: Positions = np.searchsorted(lines.ends, places)
    in_line: Positions = before - np.searchsorted(quotes, lines.starts)[line]
    return in_line


def _undecodable(lines: Lines) -> Flags:
    encoding = lines.dialect.encoding
    if encoding in UNDECODABLE:
        holes = np.isin(lines.bytes_, list(UNDECODABLE[encoding]))
        return lines.count(np.flatnonzero(holes)) > 0
    if is_text(lines.data, encoding):
        return np.zeros(len(lines.ends), dtype=np.bool_)
    spans = zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)
    return np.array([not is_text(lines.data[start:end], encoding) for start, end in spans])
