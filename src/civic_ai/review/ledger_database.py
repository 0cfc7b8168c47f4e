"""Whether a ledger's database is sound below what its entries say: pages, triggers, numbers, checkpoints.

``verify_ledger`` judges what is exported. This judges where it is kept, so that what is wrong is told before
the next step is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Connection, select, text

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError, StoreError
from civic_ai.core.messages import say
from civic_ai.records.ledger import LedgerEntry, read_entry
from civic_ai.review import ledger_engine, ledger_schema
from civic_ai.review.checkpoint import open_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_schema import CHECKPOINTS, COSIGNATURES, ENTRIES
from civic_ai.review.log_keys import LogKeys, Rotation, read_rotation
from civic_ai.review.merkle import EMPTY_ROOT, leaf_hash, roots
from civic_ai.review.note import VerifierKey
from civic_ai.review.statement import read_statement


def check_database(url: str, log: VerifierKey) -> tuple[Finding, ...]:
    """All that is wrong with the database at ``url``; one fault where it cannot be read at all.

    Raises :class:`ConfigError` where no ledger was founded.
    """
    try:
        with ledger_engine.reading(open_ledger(url).engine) as connection:
            broken = tuple(_pages(connection))
            return broken or (*_triggers(connection), *_entries(connection), *_checkpoints(connection, log))
    except StoreError as error:
        return (Finding("database", error.mistakes[0].says),)


def check_place(connection: Connection) -> tuple[Finding, ...]:
    """What is wrong with the file and with what keeps the ledger append-only, whatever the entries say."""
    return (*_pages(connection), *_triggers(connection))


def _pages(connection: Connection) -> Iterator[Finding]:
    """What SQLite says of its own file; PostgreSQL checks its pages itself."""
    if connection.dialect.name == "sqlite":
        for (told,) in connection.execute(text("PRAGMA integrity_check")):
            if told != "ok":
                yield Finding("database", say("the file of the database is damaged: {reason}", reason=told))


def _triggers(connection: Connection) -> Iterator[Finding]:
    for name in sorted(ledger_schema.missing_triggers(connection)):
        says = say("the trigger {name}, which keeps the ledger append-only, is missing", name=name)
        yield Finding("database", says)


def _entries(connection: Connection) -> Iterator[Finding]:
    """Rows whose number or index is not that of what they hold; what they say is judged elsewhere."""
    for place, row in enumerate(connection.execute(select(ENTRIES).order_by(ENTRIES.c.number))):
        if row.number != place:
            yield Finding("database", say("row {number} should be {place}", number=row.number, place=place))
            return
        entry = _read(place, f"{row.at} {row.envelope}".encode())
        if entry is not None and digest_of_bytes(entry.envelope.content) != row.statement:
            says = say("row {number} is filed under another statement", number=place)
            yield Finding("database", says, place)


def _read(number: int, line: bytes) -> LedgerEntry | None:
    try:
        return read_entry(number, line)
    except ValueError:
        return None


def _checkpoints(connection: Connection, log: VerifierKey) -> Iterator[Finding]:
    """Every checkpoint that was ever signed must fit the entries: one that does not shows a rewriting."""
    rows = connection.execute(select(ENTRIES).order_by(ENTRIES.c.number))
    keys = LogKeys(log, _rotations(connection))
    states = [EMPTY_ROOT, *roots(leaf_hash(f"{row.at} {row.envelope}".encode()) for row in rows)]
    known = set[int]()
    for size, note in connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)):
        known.add(size)
        if not _fits(states, size, note, keys.at(size)):
            says = say("the checkpoint of {size} entries is not that of the entries", size=size)
            yield Finding("database", says)
    for size in sorted(set(connection.scalars(select(COSIGNATURES.c.size))) - known):
        says = say("a witness signed {size} entries; that checkpoint is missing", size=size)
        yield Finding("database", says)


def _rotations(connection: Connection) -> tuple[Rotation, ...]:
    """How the log's key changed, as the statements say that can be read; who said it is judged elsewhere."""
    made = []
    for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.number)):
        entry = _read(row.number, f"{row.at} {row.envelope}".encode())
        with suppress(RefusedError):
            made += [] if entry is None else [read_rotation(read_statement(entry.envelope.content))]
    return tuple(one for one in made if one is not None)


def _fits(states: Sequence[bytes], size: int, note: str, log: VerifierKey) -> bool:
    """Whether the log signed this state of the ledger; ``states``: its root after each number of entries."""
    try:
        stated = open_checkpoint(note, log)
    except ValueError:
        return False
    return stated is not None and stated.size == size < len(states) and states[size].hex() == stated.root
