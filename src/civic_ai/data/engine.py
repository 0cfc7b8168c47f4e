"""DuckDB as every stage of ``data`` uses it: bounded memory, no network, the same order each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import ibis

from civic_ai.core.errors import StoreError
from civic_ai.core.messages import say
from civic_ai.store.blobs import Blobs, store_error
from civic_ai.store.scratch import scratch_prefix

_SETTINGS: dict[str, str] = {
    "memory_limit": "2GB",
    "preserve_insertion_order": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@contextmanager
def open_scratch(blobs: Blobs) -> Iterator[tuple[Any, Path]]:
    """An Ibis back end on a DuckDB file in a scratch folder beside the blobs; both vanish at the end.

    Raises :class:`StoreError` when the disk is full or may not be written.
    """
    try:
        blobs.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=blobs.folder, prefix=scratch_prefix("reading")) as name:
            folder = Path(name)
            backend = _connect(folder / "tables.duckdb", name)
            try:
                yield backend, folder
            finally:
                backend.disconnect()
    except OSError as error:
        raise store_error(blobs.folder, error) from error
    except duckdb.Error as error:
        if not _has_no_room(error):
            raise
        raise _full(blobs, error) from error


def open_memory() -> Any:
    """An Ibis back end on a DuckDB that lives in memory (for tables read from blobs)."""
    return _connect(":memory:", "")


def _connect(database: Path | str, temp_directory: str) -> Any:
    backend = ibis.duckdb.connect(database, temp_directory=temp_directory, **_SETTINGS)
    backend.con.execute("SET TimeZone = 'UTC'")
    return backend


def quoted(name: str) -> str:
    """A column or table name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def rows_of(backend: Any, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    rows: list[tuple[Any, ...]] = backend.con.execute(sql).fetchall()
    return rows


def number_of(backend: Any, sql: str) -> int:
    """The one number that a query gives; 0 for NULL."""
    return int(rows_of(backend, sql)[0][0] or 0)


def _has_no_room(error: BaseException | None) -> bool:
    """Whether DuckDB could not write or ran out of space; a full log ends in other classes of error."""
    if error is None:
        return False
    is_storage = isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException)
    return is_storage or "no space left" in str(error).lower() or _has_no_room(error.__context__)


def _full(blobs: Blobs, error: Exception) -> StoreError:
    made = StoreError.because(
        say("the workspace has no room for the tables: {reason}", reason=str(error).splitlines()[0]),
        about=str(blobs.folder),
        remedy=say("Free some disk or memory and run again; nothing is lost."),
    )
    assert isinstance(made, StoreError)
    return made
