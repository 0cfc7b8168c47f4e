"""A verified copy of a text table: only whole rows, in UTF-8, with LF ends and no header.

What DuckDB reads is this copy, so nothing is left for it to guess.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from civic_ai.core.errors import DataError, Mistake, Place
from civic_ai.core.messages import say
from civic_ai.data.header import read_header
from civic_ai.data.quoting import Dialect, is_text
from civic_ai.data.stream import RawFile, read_blocks
from civic_ai.data.structure import Block, BrokenLine, Lines, scan_block
from civic_ai.records.contract import Contract

_LONGEST_LINE = 16 << 20
_BROKEN_AT_ONCE = 20_000
"""So many broken lines that reading stops, if they are also twice the declared share of the rows so far."""
_LATER = (
    rb"(?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xe2(?:\x80[\x93\x94\x98-\x9e\xa0-\xa2\xa6\xb0\xb9\xba]|\x82\xac|\x84\xa2))"
)
"""What a later byte of a letter becomes when UTF-8 is taken for windows-1252 and encoded once more."""
_DAMAGED = {
    "utf-8": (
        re.compile(rb"\xef\xbf\xbd"),
        re.compile(rb"\xc3(?:[\x82-\x9f]" + _LATER + rb"|[\xa0-\xaf]" + _LATER + _LATER + rb")"),
    ),
    "latin-1": (re.compile(rb"\xc3[\xa0-\xbf]"),),
    "windows-1252": (re.compile(rb"\xc3[\x80-\xbf]"), re.compile(rb"\xe2\x80[\x90-\xa6]")),
}
"""UTF-8: the replacement character, or UTF-8 encoded twice. Others: UTF-8 taken for this encoding.

Each pattern begins with a byte of its own, which is looked for at the speed of memory."""


@dataclass
class Verified:
    """What was found while the copy was written. ``line_of`` maps rows of the copy to lines.

    ``ends_open``: the last line has no line end, as in a file that was cut off.
    """

    columns: list[str] = field(default_factory=list)
    rows: int = 0
    rows_over_lines: int = 0
    broken: list[BrokenLine] = field(default_factory=list)
    crlf_lines: int = 0
    lines: int = 0
    damaged: int = 0
    ends_open: bool = False
    mistaken_for_bytes: bool = False
    _rows_at: list[int] = field(default_factory=list)
    _lines_at: list[int] = field(default_factory=list)
    _has_letters: bool = False

    @classmethod
    def by_number(cls, rows: int) -> Verified:
        """A file without lines: its rows are named by their number, from 1."""
        return cls(rows=rows, _rows_at=[0], _lines_at=[1])

    @property
    def mixes_line_ends(self) -> bool:
        """Whether some lines end with CR LF and some with LF."""
        return 0 < self.crlf_lines < self.lines

    def line_of(self, row: int) -> int:
        """The line of the file at which row ``row`` (from 0) of the copy begins."""
        at = bisect_right(self._rows_at, row) - 1
        return self._lines_at[at] + row - self._rows_at[at]

    def add(self, lines: Lines, block: Block) -> None:
        """Count a block that was scanned."""
        for row, line in block.jumps:
            self._rows_at.append(self.rows + row)
            self._lines_at.append(line)
        self.rows += block.rows
        self.rows_over_lines += block.rows_over_lines
        self.broken.extend(block.broken)
        self.lines += block.lines
        if lines.has_cr:
            self.crlf_lines += int((lines.stops < lines.ends)[: block.lines].sum())
        if not lines.data.isascii():
            self._look_at_letters(lines)

    def _look_at_letters(self, lines: Lines) -> None:
        """Count damaged letters; notice UTF-8 in a file that is declared as one byte a letter."""
        encoding = lines.dialect.encoding
        self.damaged += sum(len(pattern.findall(lines.data)) for pattern in _DAMAGED[encoding])
        if encoding != "utf-8" and not self._has_letters:
            self.mistaken_for_bytes = is_text(lines.data, "utf-8")
        elif encoding != "utf-8":
            self.mistaken_for_bytes = self.mistaken_for_bytes and is_text(lines.data, "utf-8")
        self._has_letters = True


def write_verified(raw: RawFile, contract: Contract, target: Path) -> Verified:
    """Write the whole rows of ``raw`` to ``target``; what was counted, and every broken line.

    Raises :class:`DataError` when the file or its header is not what the contract promised, when a
    limit is passed, or when more lines are broken than the contract allows.
    """
    dialect = _dialect(raw, contract)
    verified = Verified()
    with target.open("wb") as copy:
        for lines, block in _scanned(raw, contract, dialect, verified):
            verified.add(lines, block)
            _check_so_far(raw, contract, verified)
            for piece in block.pieces:
                copy.write(piece if dialect.encoding == "utf-8" else _recoded(piece, dialect))
    _check_at_end(raw, contract, verified)
    return verified


def _dialect(raw: RawFile, contract: Contract) -> Dialect:
    limits, width = contract.limits, len(contract.columns)
    return Dialect(
        delimiter=("\t" if contract.file.kind == "tsv" else contract.file.delimiter).encode(),
        quote=contract.file.quote.encode(),
        encoding=contract.file.encoding,
        width=width,
        field_bytes=limits.field_bytes,
        line_bytes=min(limits.field_bytes * width, _LONGEST_LINE),
        broken_at_once=_BROKEN_AT_ONCE,
    )


def _scanned(
    raw: RawFile, contract: Contract, dialect: Dialect, verified: Verified
) -> Iterator[tuple[Lines, Block]]:
    """The blocks below the header, each scanned; a row that goes on is put before the next block."""
    blocks = read_blocks(raw, contract.limits, dialect.line_bytes)
    data = _below_preamble(raw, next(blocks).removeprefix(codecs.BOM_UTF8), contract)
    verified.columns, used = read_header(raw, _closed(data), dialect, contract)
    line = contract.file.skip_lines + 1 + _closed(data).count(b"\n", 0, used)
    data = data[used:]
    while data:
        following = next(blocks, b"")
        verified.ends_open = not following and not data.endswith(b"\n")
        lines = Lines(_closed(data), line, dialect, is_last=not following)
        block = scan_block(lines)
        yield lines, block
        line += block.lines
        data = lines.data[block.used :] + following


def _below_preamble(raw: RawFile, data: bytes, contract: Contract) -> bytes:
    for _ in range(contract.file.skip_lines):
        data = data.partition(b"\n")[2]
    if not data:
        raise raw.refuse(say("ends before its header"))
    return data


def _closed(data: bytes) -> bytes:
    return data if data.endswith(b"\n") else data + b"\n"


def _recoded(piece: bytes, dialect: Dialect) -> bytes:
    return piece.decode(dialect.encoding).encode()


def _check_so_far(raw: RawFile, contract: Contract, verified: Verified) -> None:
    if verified.rows + len(verified.broken) > contract.limits.rows:
        says = say("holds more than {limit} rows", limit=contract.limits.rows)
        raise raw.refuse(says, remedy=say("If that is right, raise 'limits: rows' in the contract."))
    broken = len(verified.broken)
    if broken >= _BROKEN_AT_ONCE and broken > contract.quarantine_share * 2 * verified.rows:
        raise too_many_broken(raw, contract, verified.broken, verified.rows)


def _check_at_end(raw: RawFile, contract: Contract, verified: Verified) -> None:
    read = verified.rows + len(verified.broken)
    if read == 0:
        raise raw.refuse(say("holds a header, but no row"), remedy=say("Ask for the file again."))
    if verified.mistaken_for_bytes:
        says = say("is UTF-8, but the contract says {encoding}", encoding=contract.file.encoding)
        raise raw.refuse(says, remedy=say("Write 'encoding: utf-8' in the contract."))
    if len(verified.broken) > contract.quarantine_share * read:
        raise too_many_broken(raw, contract, verified.broken, verified.rows)


def too_many_broken(raw: RawFile, contract: Contract, broken: list[BrokenLine], rows: int) -> DataError:
    """The error for a file with more broken lines than its contract allows: each rule, with lines."""
    counts = Counter(line.rule for line in broken)
    allowed = round(contract.quarantine_share * (rows + len(broken)))
    mistakes = [
        Mistake(
            raw.path.name,
            say("{count} lines are no whole rows ({rule}); {allowed} may be",
                count=count, rule=rule, allowed=allowed),
            Place(raw.shown, next(line.line for line in broken if line.rule == rule)),
            BROKEN_LINES[rule],
        )
        for rule, count in counts.most_common()
    ]  # fmt: skip
    return DataError(mistakes)


BROKEN_LINES = {
    "wrong_width": say("Look for a second table, a footer, or a text with the delimiter that has no quotes."),
    "blank_line": say("A blank line often stands between two tables: hand them over as two files."),
    "quote_inside_field": say("A quote may only open a field, and is doubled inside one."),
    "text_after_quote": say("After a closing quote comes a delimiter or the end of the line."),
    "quote_never_closed": say("A quote opens a field here that no quote closes."),
    "nul_byte": say("The line holds a NUL byte: the file was damaged, or is UTF-16."),
    "wrong_encoding": say("The line is not text in the declared encoding: check 'encoding'."),
    "lone_cr": say("The line holds a carriage return inside: save it again with one kind of line end."),
    "field_too_long": say("A field is longer than 'limits: field_bytes' of the contract."),
}
"""What to do about each way in which a line can be no row."""
