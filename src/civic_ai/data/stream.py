"""Bytes of a city's file, unpacked, in blocks of whole lines, within limits.

Archives are refused and ``.gz`` is counted while it unpacks, so that a file that grows without end is
stopped after its first block.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from civic_ai.core.errors import DataError, Place
from civic_ai.core.messages import Message, say
from civic_ai.records.contract import Limits

BLOCK_BYTES = 1 << 20
_RATIO_FLOOR_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_KNOWN_FORMS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "a zip archive or an Excel file"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a rar archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"SQLite format 3\x00", "a database"),
    (0, b"%PDF-", "a PDF"),
    (0, b"\xff\xfe", "UTF-16 text"),
    (0, b"\xfe\xff", "UTF-16 text"),
)


@dataclass(frozen=True)
class RawFile:
    """A file that a city handed over; ``shown`` is how errors name it."""

    path: Path
    shown: str

    def refuse(self, says: Message, *, line: int | None = None, remedy: Message | None = None) -> DataError:
        """The error that refuses this file, at ``line`` where that is known."""
        error = DataError.because(says, about=self.path.name, place=Place(self.shown, line), remedy=remedy)
        assert isinstance(error, DataError)
        return error


def check_size(raw: RawFile, limits: Limits) -> int:
    """Bytes of the file on disk. Raises :class:`DataError` if it is missing, no plain file, or too large."""
    if not raw.path.exists():
        raise raw.refuse(say("is not there"), remedy=say("Check 'path' in the pilot and the file itself."))
    if not raw.path.is_file():
        raise raw.refuse(say("is not a plain file"))
    size = raw.path.stat().st_size
    if size > limits.bytes:
        raise raw.refuse(_too_large(limits), remedy=_raise_limit("bytes"))
    if size == 0:
        raise raw.refuse(say("is empty"), remedy=say("Ask for the file again."))
    return size


def read_blocks(raw: RawFile, limits: Limits, line_bytes: int) -> Iterator[bytes]:
    """Blocks that end at a line feed (the last one as it ends). No line is longer than ``line_bytes``.

    Raises :class:`DataError` for archives, broken gzip, too many bytes, too long lines, and files
    whose lines end with CR alone.
    """
    carried, ends_lines = b"", False
    for block in _unpacked(raw, limits):
        data = carried + block
        cut = data.rfind(b"\n") + 1
        ends_lines = ends_lines or cut > 0
        if len(data) - cut > line_bytes:
            raise _no_line_end(raw, data[cut:], line_bytes, ends_lines=ends_lines)
        if cut:
            yield data[:cut]
        carried = data[cut:]
    if carried and not ends_lines and b"\r" in carried:
        raise _no_line_end(raw, carried, line_bytes, ends_lines=False)
    if carried:
        yield carried


def _unpacked(raw: RawFile, limits: Limits) -> Iterator[bytes]:
    """Blocks of unpacked bytes, refused as soon as they grow beyond the limits."""
    check_size(raw, limits)
    packed = _is_packed(raw)
    total = 0
    with raw.path.open("rb") as source:
        stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=source) if packed else source
        while block := _next_block(raw, stream):
            if total == 0:
                _refuse_known_forms(raw, block)
            total += len(block)
            if total > limits.bytes:
                raise raw.refuse(_too_large(limits), remedy=_raise_limit("bytes"))
            if packed and total > max(_RATIO_FLOOR_BYTES, limits.unpacked_ratio * source.tell()):
                ratio = limits.unpacked_ratio
                says = say("unpacks to more than {ratio} times its size", ratio=ratio)
                raise raw.refuse(says, remedy=_raise_limit("unpacked_ratio"))
            yield block
    if total == 0:
        raise raw.refuse(say("is empty"), remedy=say("Ask for the file again."))


def _next_block(raw: RawFile, stream: BinaryIO | gzip.GzipFile) -> bytes:
    try:
        return stream.read(BLOCK_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        says = say("is cut off or damaged: its compression does not end as it should")
        raise raw.refuse(says, remedy=say("Ask for the file again.")) from error
    except OSError as error:
        raise raw.refuse(say("cannot be read: {reason}", reason=error.strerror or error)) from error


def _is_packed(raw: RawFile) -> bool:
    """Whether the file is gzip; its name and its content must agree."""
    try:
        with raw.path.open("rb") as source:
            starts_packed = source.read(2) == _GZIP
    except OSError as error:
        raise raw.refuse(say("cannot be read: {reason}", reason=error.strerror or error)) from error
    if starts_packed != (raw.path.suffix == ".gz"):
        says = (
            say("is gzip, but its name says it is not") if starts_packed else say("is named .gz, but is not")
        )
        raise raw.refuse(says, remedy=say("Give the file the name that fits its content."))
    return starts_packed


def _refuse_known_forms(raw: RawFile, block: bytes) -> None:
    if block.startswith(_GZIP):
        raise raw.refuse(say("is packed twice"), remedy=say("Unpack it once."))
    for at, mark, form in _KNOWN_FORMS:
        if block[at : at + len(mark)] == mark:
            remedy = say("Hand over the table itself as CSV in UTF-8, or declare it as Parquet.")
            raise raw.refuse(say("is {form}, not a text table", form=form), remedy=remedy)


def _no_line_end(raw: RawFile, data: bytes, line_bytes: int, *, ends_lines: bool) -> DataError:
    if b"\r" in data and not ends_lines:
        says = say("ends its lines with CR alone, as old Macs did")
        return raw.refuse(says, remedy=say("Save it again with line ends of Unix (LF) or Windows (CR LF)."))
    says = say("has a line longer than {limit} bytes", limit=line_bytes)
    return raw.refuse(says, remedy=_raise_limit("field_bytes"))


def _too_large(limits: Limits) -> Message:
    return say("holds more than {limit} bytes", limit=limits.bytes)


def _raise_limit(name: str) -> Message:
    return say("If that is right, raise 'limits: {name}' in the contract.", name=name)
