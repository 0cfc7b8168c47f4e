"""What can be wrong below the entries of a ledger, each by its name; a sound database has nothing wrong."""

from __future__ import annotations

import random
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, StoreError
from civic_ai.review.ledger import Ledger, open_ledger
from civic_ai.review.ledger_database import check_database
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.witness import Witness
from tests.unit.review.made_ledger import (
    ANA,
    LOG,
    OTHER_LOG,
    START,
    TRUST,
    WITNESS,
    append,
    cosign,
    found,
    seconds,
    vote,
)

FLIPS = 60


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    ledger = found(folder)
    append(ledger, *(vote(number, ANA) for number in range(6)))
    cosign(ledger, Witness(WITNESS, folder / "coach"), 0, seconds(START))
    raw = sqlite3.connect(folder / "ledger.sqlite")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return folder / "ledger.sqlite"


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "ledger.sqlite"))


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def told(path: Path) -> str:
    faults = check_database(url(path), LOG.public)
    assert {fault.kind for fault in faults} <= {"database"}
    assert all(fault.is_fault for fault in faults)
    return "; ".join(str(fault.says) for fault in faults)


def test_a_sound_database_has_nothing_wrong(sound: Path) -> None:
    assert check_database(url(sound), LOG.public) == ()


def test_where_none_stands(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no ledger stands here"):
        check_database(url(tmp_path / "none.sqlite"), LOG.public)


def change(path: Path, *statements: str, keep_triggers: bool = True) -> None:
    raw = sqlite3.connect(path)
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    for _, sql in triggers if keep_triggers else ():
        raw.execute(sql)
    raw.commit()
    raw.close()


def test_triggers_that_were_dropped_are_named(copy: Path) -> None:
    change(copy, keep_triggers=False)
    assert told(copy).count("keeps the ledger append-only, is missing") == 6
    assert "entries_no_delete" in told(copy)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE entries SET number = 9 WHERE number = 6", "row 9 should be 6"),
        ("UPDATE entries SET statement = 'x' WHERE number = 3", "row 3 is filed under another statement"),
        ("DELETE FROM entries WHERE number = 6", "the checkpoint of 7 entries is not that of the entries"),
        ("UPDATE checkpoints SET note = '?' WHERE size = 4", "the checkpoint of 4 entries is not that"),
        ("UPDATE checkpoints SET size = 99 WHERE size = 4", "the checkpoint of 99 entries is not that"),
        ("DELETE FROM checkpoints WHERE size = 7", "a witness signed 7 entries; that checkpoint is missing"),
    ],
)
def test_rows_that_do_not_agree_are_named(copy: Path, statement: str, says: str) -> None:
    change(copy, statement)
    assert says in told(copy)


def test_every_checkpoint_must_be_the_logs_own(sound: Path) -> None:
    assert len(check_database(url(sound), OTHER_LOG.public)) == 8


def test_random_bytes_of_the_file_are_found_or_harmless(sound: Path, tmp_path: Path) -> None:
    """T21: a flipped byte is told, or every entry and checkpoint reads as before."""
    before, draw, harmless = export(open_ledger(url(sound)).snapshot()), random.Random(21), 0
    content = sound.read_bytes()
    for number in range(FLIPS):
        place = draw.randrange(len(content))
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(
            content[:place] + bytes([content[place] ^ draw.randrange(1, 256)]) + content[place + 1 :]
        )
        harmless += _is_harmless(path, before)
    assert 0 < harmless < FLIPS


def _is_harmless(path: Path, before: object) -> bool:
    try:
        if check_database(url(path), LOG.public):
            return False
        exported = export(Ledger(open_ledger(url(path)).engine).snapshot())
    except (ConfigError, StoreError):
        return False
    is_good = verify_ledger(exported, TRUST, START + timedelta(days=1)).is_good
    assert not is_good or exported == before
    return is_good
