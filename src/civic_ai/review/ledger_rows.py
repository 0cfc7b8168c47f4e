"""The rows of a ledger as lines, in the order of their numbers, and its notes; nothing in them is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from civic_ai.review.ledger_schema import CHECKPOINTS, COSIGNATURES, ENTRIES

_AT_ONCE = 1000
"""Lines that SQLite hands over in one piece: before each piece, Python waits for all of its other threads."""
_LINE, _NUMBER = ENTRIES.c.at + " " + ENTRIES.c.envelope, ENTRIES.c.number


def size_of(connection: Connection) -> int:
    """One more than the number of the last row."""
    last = connection.scalar(select(func.max(_NUMBER)))
    return 0 if last is None else int(last) + 1


def lines_of(connection: Connection, first: int = 0, most: int | None = None) -> Iterator[bytes]:
    """The lines from number ``first`` on, ``most`` of them."""
    if connection.dialect.name != "sqlite":
        wanted = select(_LINE).where(first <= _NUMBER).order_by(_NUMBER).limit(most)
        piecewise = wanted.execution_options(yield_per=_AT_ONCE)
        return (line.encode() for line in connection.scalars(piecewise))
    end = size_of(connection)
    return _in_pieces(connection, first, end if most is None else min(end, first + most))


def lines_among(connection: Connection, numbers: Sequence[int]) -> Iterator[bytes]:
    """The lines with these numbers, in order."""
    for begins in range(0, len(numbers), _AT_ONCE):
        wanted = _NUMBER.in_(numbers[begins : begins + _AT_ONCE])
        for line in connection.scalars(select(_LINE).where(wanted).order_by(_NUMBER)).all():
            yield line.encode()


def with_cosignatures(connection: Connection, size: int) -> str:
    """The checkpoint of that size, with the lines of those who co-signed it; nothing where there is none."""
    note = connection.scalar(select(CHECKPOINTS.c.note).where(CHECKPOINTS.c.size == size))
    lines = select(COSIGNATURES.c.line).where(COSIGNATURES.c.size == size).order_by(COSIGNATURES.c.number)
    return str(note or "") + "".join(connection.scalars(lines))


def _in_pieces(connection: Connection, first: int, end: int) -> Iterator[bytes]:
    """The lines from SQLite, which reads in the order of numbers; in another one they would be refused."""
    joined = func.group_concat(_LINE, "\n")
    for begins in range(first, end, _AT_ONCE):
        wanted = _NUMBER.between(begins, min(begins + _AT_ONCE, end) - 1)
        piece = connection.scalar(select(joined).where(wanted))
        yield from () if piece is None else piece.encode().split(b"\n")
