"""Connections to a ledger's database: durable, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from civic_ai.core.errors import CivicError, ConfigError, StoreError
from civic_ai.core.messages import say

_BEGIN = "ledger_begin"
PATIENCE = 60
"""Seconds to wait for whoever else writes."""
_LOCK = 0x6C6564676572
"""The number of PostgreSQL's advisory lock: ``ledger`` in ASCII."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)


def open_engine(url: str, patience: int = PATIENCE, keeps: bool = False) -> Engine:
    """The engine for ``url``: ``sqlite:////path`` or ``postgresql://...``, which waits so long for a lock.

    ``keeps``: connections are kept and used again; they must not be carried over a fork.

    Raises :class:`ConfigError` when it is no such address or its driver is missing.
    """
    try:
        engine = _engine(make_url(url), patience, keeps)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, KeyError) as error:
        raise _no_database(url) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkout", _require_same_file)
    return engine


def _engine(url: URL, patience: int, keeps: bool) -> Engine:
    driver = {"postgresql": "postgresql+psycopg"}.get(url.drivername, url.drivername)
    waits = {
        "sqlite": {"timeout": patience},
        "postgresql": {"options": f"-c lock_timeout={patience}s"},
    }[driver.partition("+")[0]]
    if keeps:
        return create_engine(url.set(drivername=driver), pool_pre_ping=True, connect_args=waits)
    return create_engine(url.set(drivername=driver), poolclass=NullPool, connect_args=waits)


def make_private(engine: Engine) -> None:
    """Make the file of a SQLite ledger readable for its owner only, before it holds anything."""
    name = engine.url.database
    if engine.dialect.name == "sqlite" and name:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))


def is_missing_file(engine: Engine) -> bool:
    """Whether the ledger is a SQLite file that does not stand: connecting would make an empty one."""
    return engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else writes, from its first statement to its commit."""
    with _as_store_error(engine), engine.connect() as bare:
        connection = bare.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the ledger."""
    with _as_store_error(engine), engine.connect() as bare:
        is_postgres = engine.dialect.name == "postgresql"
        connection = bare.execution_options(isolation_level="REPEATABLE READ") if is_postgres else bare
        with connection.begin():
            yield connection


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    record.info["file"] = _file_of(connection)


def _require_same_file(connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
    """A connection that was kept is opened again when another file was put in the place of its own."""
    if record.info["file"] != _file_of(connection):
        raise DisconnectionError


def _file_of(connection: sqlite3.Connection) -> tuple[int, int]:
    found = Path(connection.execute("PRAGMA database_list").fetchone()[2]).stat()
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


@contextmanager
def _as_store_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _refused(engine, str(error.orig).strip()) from error
    except UnicodeDecodeError as error:  # of a damaged file SQLite's own words may not be readable
        raise _refused(engine, str(error)) from error


def _refused(engine: Engine, reason: str) -> CivicError:
    return StoreError.because(
        say("the ledger's database refused: {reason}", reason=reason),
        about=engine.url.render_as_string(hide_password=True),
        remedy=say("Nothing was entered. Put right what it says, or see `civic-ai ledger verify`."),
    )


def _no_database(url: str) -> CivicError:
    return ConfigError.because(
        say("this is no address of a ledger, or the driver of its database is missing"),
        about=url.rpartition("@")[2],
        remedy=say("Say sqlite:////folder/ledger.sqlite, or install civic-ai[postgres]."),
    )
