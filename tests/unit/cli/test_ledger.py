from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from civic_ai.cli import keys, ledger
from tests.unit.cli.test_keys import city
from tests.unit.cli.verbs import run

__all__ = ["city"]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def exported(city: Path, capsys: Captured) -> Path:
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 0
    assert run(ledger.app, "export", "--to", city / "out") == 0
    capsys.readouterr()
    return city


def test_an_export_is_verified_without_the_database(exported: Path, capsys: Captured) -> None:
    (exported / "ledger.sqlite").unlink()
    log = exported / "keys" / "log.key.pub"
    assert run(ledger.app, "verify", exported / "out", "--log", log) == 0
    assert capsys.readouterr().out.startswith("good; entries: 2\nno witness: ")
    assert run(ledger.app, "verify", exported / "out", "--log", log, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["is_good"], told["size"]) == ("ledger-verify/1", True, 2)
    assert [(one["kind"], one["is_fault"]) for one in told["findings"]] == [("no witness", False)]


def test_an_altered_export_ends_with_3_and_names_the_entry(exported: Path, capsys: Captured) -> None:
    entries = exported / "out" / "entries.txt"
    entries.write_bytes(entries.read_bytes().replace(b"T", b"t", 1))
    log = exported / "keys" / "log.key.pub"
    assert run(ledger.app, "verify", exported / "out", "--log", log) == 3
    assert capsys.readouterr().out.startswith(
        "not to be believed; entries: 2\naltered #0: entry 0 was altered\n"
    )


def test_a_remembered_checkpoint_is_compared(exported: Path, capsys: Captured) -> None:
    kept = exported / "kept.txt"
    kept.write_bytes((exported / "out" / "checkpoint.txt").read_bytes())
    common = ["verify", exported / "out", "--log", exported / "keys" / "log.key.pub", "--remembered"]
    assert run(ledger.app, *common, kept) == 0
    kept.write_text("nothing")
    assert run(ledger.app, *common, kept) == 3
    assert "malformed: a checkpoint cannot be read" in capsys.readouterr().out
    assert run(ledger.app, *common, exported / "missing") == 2


def test_a_receipt_is_given_and_checked(exported: Path, capsys: Captured) -> None:
    log = exported / "keys" / "log.key.pub"
    assert run(ledger.app, "receipt", 1) == 0
    text = capsys.readouterr().out
    (exported / "receipt.txt").write_text(text)
    assert run(ledger.app, "check", exported / "receipt.txt", "--log", log) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("good: entry 1 of 2, ")
    assert '"holder":"Bea"' in shown
    (exported / "receipt.txt").write_text(text.replace("index 1", "index 0"))
    assert run(ledger.app, "check", exported / "receipt.txt", "--log", log) == 3
    assert capsys.readouterr().out.startswith("altered #0: ")
    assert run(ledger.app, "receipt", 2) == 2
    assert run(ledger.app, "check", exported / "receipt.txt", "--log", exported / "Ana.key.pub") == 2


def test_a_ledger_is_founded_once(city: Path, capsys: Captured) -> None:
    assert run(ledger.app, "new", "--sign-with", city / "Ana.key") == 3
    assert run(ledger.app, "export", "--to", city / "x", "--ledger", f"sqlite:///{city}/none.sqlite") == 2
    assert "no ledger stands here" in capsys.readouterr().err


def damage(city: Path, statement: str) -> None:
    raw = sqlite3.connect(city / "ledger.sqlite")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.commit()
    raw.close()


def test_the_database_is_verified_and_what_was_seen_here_remembered(exported: Path, capsys: Captured) -> None:
    assert run(ledger.app, "verify") == 0
    assert capsys.readouterr().out.startswith("good; entries: 2\n")
    assert len(list((exported / "seen").iterdir())) == 1
    damage(exported, "DELETE FROM checkpoints WHERE size = 1")
    assert run(ledger.app, "verify") == 3
    told = capsys.readouterr().out
    assert "database: the trigger entries_no_delete, which keeps the ledger append-only, is missing" in told
    assert "`civic-ai ledger restore`" in told


def test_a_database_that_went_back_is_told(exported: Path, capsys: Captured) -> None:
    """An old copy of the file is sound in itself."""
    copy = exported / "copy.sqlite"
    raw = sqlite3.connect(exported / "ledger.sqlite")
    raw.execute("VACUUM INTO ?", [str(copy)])
    raw.close()
    assert run(keys.app, "new", exported / "Cy.key", "--name", "Cy") == 0
    assert run(keys.app, "enroll", exported / "Cy.key.pub", "--sign-with", exported / "Ana.key") == 0
    assert run(ledger.app, "verify") == 0
    for beside in exported.glob("ledger.sqlite*"):
        beside.unlink()
    copy.rename(exported / "ledger.sqlite")
    capsys.readouterr()
    assert run(ledger.app, "verify") == 3
    assert "cut back: 3 entries were seen; here stand 2" in capsys.readouterr().out


def test_the_drill_from_an_export(exported: Path, capsys: Captured) -> None:
    (exported / "ledger.sqlite").unlink()
    assert run(ledger.app, "verify") == 2
    assert run(ledger.app, "restore", exported / "out") == 0
    assert capsys.readouterr().out == "Restored 2 entries. Now ask the witness to co-sign.\n"
    assert run(ledger.app, "verify") == 0
    assert run(ledger.app, "restore", exported / "out") == 3
    assert "stands here already" in capsys.readouterr().err
    assert run(keys.app, "new", exported / "Cy.key", "--name", "Cy") == 0
    assert run(keys.app, "enroll", exported / "Cy.key.pub", "--sign-with", exported / "Ana.key") == 0


def test_no_ledger_is_restored_that_is_older_than_what_was_seen(exported: Path, capsys: Captured) -> None:
    assert run(keys.app, "new", exported / "Cy.key", "--name", "Cy") == 0
    assert run(keys.app, "enroll", exported / "Cy.key.pub", "--sign-with", exported / "Ana.key") == 0
    assert run(ledger.app, "verify") == 0
    (exported / "ledger.sqlite").unlink()
    assert run(ledger.app, "restore", exported / "out") == 3
    assert "cut back: 3 entries were seen; here stand 2" in capsys.readouterr().err
    assert not (exported / "ledger.sqlite").exists()
