from __future__ import annotations

import json
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
