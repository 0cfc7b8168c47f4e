"""Is every row of a text table whole? Strictly by RFC 4180, at the speed of counting bytes.

A line without quotes is whole when it has the right number of delimiters: that is counted for a
block of some megabytes at once. A line with quotes is whole when each quote opens a field, closes one
or is doubled inside one. Where quotes reach over lines, the same is counted for rows in place of lines;
if all rows of the block are whole, that is all. What remains is read byte by byte (``quoting.py``): a row
over several lines is put together, anything else is set aside with its line number and the rule that it
breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    def feeds(self) -> Positions:
        """Where the line feeds stand."""
        return np.flatnonzero(self.bytes_ == _LF)

    @cached_property
    def quotes(self) -> Positions:
        """Where the quotes stand."""
        return np.flatnonzero(self.bytes_ == ord(self.dialect.quote))

    @property
    def ends(self) -> Positions:
        """Where the lines end."""
        return self.feeds

    @cached_property
    def has_open_quotes(self) -> bool:
        """Whether quotes reach over the end of a line."""
        return bool((self.count(self.quotes) % 2).any())

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


class Spans(Lines):
    """The same block with rows for lines: a line feed between two quotes is part of a cell.

    That holds as long as all its rows are whole; after a stray quote, nothing would be in its place.
    """

    @cached_property
    def ends(self) -> Positions:
        """Where the rows end: line feeds with an even number of quotes before them."""
        ends: Positions = self.feeds[np.searchsorted(self.quotes, self.feeds) % 2 == 0]
        return ends

    @property
    def open_bytes(self) -> int:
        """Size of the row at the end of the block that goes on later."""
        return len(self.data) - int(self.ends[-1]) - 1 if len(self.ends) else len(self.data)

    def are_whole(self) -> bool:
        """Whether every row is whole, but for one that goes on in the next block."""
        is_known = not self.open_bytes if self.is_last else self.open_bytes <= self.dialect.line_bytes
        return is_known and len(self.ends) > 0 and not any(flags.any() for flags in _suspects(self))

    def as_block(self) -> Block:
        """All rows, if they are whole."""
        stop = int(self.ends[-1]) + 1
        returns = self.stops[self.stops < self.ends] if self.has_cr else self.ends[:0]
        piece = np.delete(self.bytes_[:stop], returns).tobytes() if len(returns) else self.data[:stop]
        lines = np.searchsorted(self.feeds, self.starts)
        jumps = np.flatnonzero(np.diff(lines, prepend=-2) != 1)
        taken = int(np.searchsorted(self.feeds, stop))
        return Block(
            pieces=[piece],
            jumps=[(int(row), self.first + int(lines[row])) for row in jumps],
            rows=len(self.ends),
            rows_over_lines=int((np.diff(lines, append=taken) > 1).sum()),
            used=stop,
            lines=taken,
        )


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
    if lines.has_open_quotes:
        spans = Spans(lines.data, lines.first, lines.dialect, lines.is_last)
        if spans.are_whole():
            return spans.as_block()
    block = Block()
    for hard in np.flatnonzero(np.logical_or.reduce(list(_suspects(lines)))).tolist():
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


def _suspects(lines: Lines) -> Iterator[Flags]:
    """Lines that counting alone does not show to be whole rows, by one test after another."""
    dialect = lines.dialect
    sizes = lines.stops - lines.starts
    yield (sizes == 0) | (sizes > dialect.field_bytes)
    if len(lines.quotes):
        yield _badly_quoted(lines)
    delimiters = np.flatnonzero(lines.bytes_ == ord(dialect.delimiter))
    yield lines.count(_outside_quotes(lines, delimiters)) != dialect.width - 1
    if b"\0" in lines.data:
        yield lines.count(np.flatnonzero(lines.bytes_ == 0)) > 0
    if lines.has_cr:
        returns = lines.count(_outside_quotes(lines, np.flatnonzero(lines.bytes_ == _CR)))
        yield returns > (lines.stops < lines.ends)
    if not lines.data.isascii():
        yield _undecodable(lines)


def _badly_quoted(lines: Lines) -> Flags:
    """Lines where a quote does not open, close or double, or where one stays open."""
    quotes = lines.quotes
    content = np.concatenate((lines.bytes_, np.array([_LF, _LF], dtype=np.uint8)))
    before, after = content[quotes - 1], content[quotes + 1]
    ends_line = (after == _LF) | ((after == _CR) & (content[quotes + 2] == _LF))
    mark, quote = ord(lines.dialect.delimiter), ord(lines.dialect.quote)
    good_open = (before == mark) | (before == quote) | (before == _LF)
    good_close = (after == mark) | (after == quote) | ends_line
    opens = _numbers_in_line(lines, quotes) % 2 == 0
    is_odd: Flags = lines.count(quotes) % 2 == 1
    return is_odd | (lines.count(quotes[np.where(opens, ~good_open, ~good_close)]) > 0)


def _outside_quotes(lines: Lines, places: Positions) -> Positions:
    """Those of the places that stand outside of quotes (an even number of quotes before, in the line)."""
    outside: Positions = places[_numbers_in_line(lines, places) % 2 == 0] if len(lines.quotes) else places
    return outside


def _numbers_in_line(lines: Lines, places: Positions) -> Positions:
    """How many quotes stand before each of ``places`` (sorted) in its line, up to a multiple of two."""
    before: Positions = np.searchsorted(lines.quotes, places)
    if not lines.has_open_quotes:
        return before
    line: Positions = np.searchsorted(lines.ends, places)
    in_line: Positions = before - np.searchsorted(lines.quotes, lines.starts)[line]
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
