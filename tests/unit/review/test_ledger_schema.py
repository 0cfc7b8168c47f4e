from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from civic_ai.review import ledger_engine, ledger_schema
from tests.unit.review.made_ledger import found


def test_tables_are_strict_and_made_in_one_transaction(tmp_path: Path) -> None:
    engine = ledger_engine.open_engine(f"sqlite:///{tmp_path}/l.sqlite")
    with pytest.raises(ZeroDivisionError):
        create_and_fail(engine)
    with ledger_engine.writing(engine) as connection:
        assert not ledger_schema.stands(connection)
        ledger_schema.create(connection)
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'table'")).scalars().all()
        assert len(made) == 3
        assert all(sql.rstrip().endswith("STRICT") for sql in made)


def create_and_fail(engine: Engine) -> None:
    with ledger_engine.writing(engine) as connection:
        ledger_schema.create(connection)
        assert ledger_schema.stands(connection)
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET at = 'x'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries",
        "UPDATE checkpoints SET note = 'x'",
        "DELETE FROM checkpoints",
        "INSERT INTO cosignatures VALUES (0, 99, 'x')",
        "INSERT INTO entries VALUES ('a', 'b', 'c', 'd')",
        "INSERT INTO entries SELECT 9, at, envelope, statement FROM entries",
    ],
)
def test_nothing_is_changed_or_removed(tmp_path: Path, statement: str) -> None:
    ledger = found(tmp_path)
    before = ledger.snapshot()
    with pytest.raises(DBAPIError), ledger.engine.begin() as connection:
        connection.execute(text(statement))
    assert ledger.snapshot() == before
