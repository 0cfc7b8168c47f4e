"""The tables of the ledger, and what keeps them append-only, for SQLite and PostgreSQL.

Triggers stop mistakes, not the operator: against that stand the signed checkpoints and the witness.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, Table, Text, inspect, text

_metadata = MetaData()

ENTRIES = Table(
    "entries",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("statement", Text, nullable=False, unique=True),
    sqlite_strict=True,
)
"""``statement``: SHA-256 of the payload; what was said once cannot be entered again."""

CHECKPOINTS = Table(
    "checkpoints",
    _metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    sqlite_strict=True,
)

COSIGNATURES = Table(
    "cosignatures",
    _metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, ForeignKey("checkpoints.size"), nullable=False),
    Column("line", Text, nullable=False),
    sqlite_strict=True,
)

_SAYS = "the ledger is append-only"
_SQLITE = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{says}'); END"""
_POSTGRES = (
    "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$",
    *(
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} EXECUTE FUNCTION ledger_refuses()"
        for table in _metadata.tables
        for act in ("update", "delete", "truncate")
    ),
    "REVOKE UPDATE, DELETE, TRUNCATE ON entries, checkpoints, cosignatures FROM PUBLIC",
    "REVOKE UPDATE, DELETE, TRUNCATE ON entries, cosignatures FROM CURRENT_USER",
)
_SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRES_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"


def stands(connection: Connection) -> bool:
    """Whether a ledger was founded in this database."""
    return inspect(connection).has_table(ENTRIES.name)


def missing_triggers(connection: Connection) -> set[str]:
    """The triggers that should keep the ledger append-only and do not stand there."""
    is_postgres = connection.dialect.name == "postgresql"
    acts = ("update", "delete", "truncate") if is_postgres else ("update", "delete")
    expected = {f"{table}_no_{act}" for table in _metadata.tables for act in acts}
    asked = _POSTGRES_TRIGGERS if is_postgres else _SQLITE_TRIGGERS
    return expected - set(connection.scalars(text(asked)))


def create(connection: Connection) -> None:
    """Make the tables and their triggers, in the caller's transaction."""
    _metadata.create_all(connection, checkfirst=False)
    for statement in _POSTGRES if connection.dialect.name == "postgresql" else _sqlite():
        connection.execute(text(statement))


def _sqlite() -> list[str]:
    return [
        _SQLITE.format(table=table, act=act, says=_SAYS)
        for table in _metadata.tables
        for act in ("update", "delete")
    ]
