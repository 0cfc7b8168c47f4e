from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from civic_ai.core.errors import ConfigError, StoreError
from civic_ai.review import ledger_engine


def test_sqlite_is_durable_and_strict(tmp_path: Path) -> None:
    engine = ledger_engine.open_engine(f"sqlite:///{tmp_path}/l.sqlite")
    ledger_engine.make_private(engine)
    with ledger_engine.reading(engine) as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "trusted_schema",
                "recursive_triggers",
            )
        }
        assert told == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "recursive_triggers": 1,
        }
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() >= 30_000


def test_a_writer_holds_the_lock_from_its_first_statement(tmp_path: Path) -> None:
    engine = ledger_engine.open_engine(f"sqlite:///{tmp_path}/l.sqlite")
    with ledger_engine.writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    with ledger_engine.writing(engine):
        with ledger_engine.reading(engine) as reader:  # readers go on
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
        assert is_locked(tmp_path / "l.sqlite")
    assert not is_locked(tmp_path / "l.sqlite")


def is_locked(path: Path) -> bool:
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
    return False


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/db", "oracle+none://x", "sqlite+nodriver:///x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="no address of a ledger"):
        ledger_engine.open_engine(url)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        ledger_engine.open_engine("mysql://ana:secret@host/db")
    assert "secret" not in str(caught.value)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    engine = ledger_engine.open_engine(f"sqlite:///{tmp_path}/missing/l.sqlite")
    assert ledger_engine.is_missing_file(engine)
    with pytest.raises(StoreError, match="unable to open"), ledger_engine.reading(engine):
        pass


def test_words_of_a_damaged_file_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    engine = ledger_engine.open_engine(f"sqlite:///{tmp_path}/ledger.sqlite")
    with (
        pytest.raises(StoreError, match="the ledger's database refused: 'utf-8'"),
        ledger_engine.reading(engine),
    ):
        b"\xff".decode()
