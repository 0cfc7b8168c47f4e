from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from civic_ai.cli import keys, ledger
from civic_ai.review.key_files import read_public_key
from tests.unit.cli.verbs import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A city whose ledger Ana founded; Bea has a key that is not enrolled."""
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    monkeypatch.setenv("CIVIC_AI_LANGUAGE", "en")
    for name in ("CIVIC_AI_LEDGER", "CIVIC_AI_LOG_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert (
        run(keys.app, "new", tmp_path / "keys" / "log.key", "--name", "city.example/ledger", "--kind", "log")
        == 0
    )
    for name in ("Ana", "Bea"):
        assert run(keys.app, "new", tmp_path / f"{name}.key", "--name", name) == 0
    assert run(ledger.app, "new", "--sign-with", tmp_path / "Ana.key") == 0
    return tmp_path


def test_a_key_is_made_enrolled_listed_and_revoked(city: Path, capsys: Captured) -> None:
    capsys.readouterr()
    bea = read_public_key(city / "Bea.key.pub")
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 0
    assert capsys.readouterr().out == f"entry 1: key {bea.id}\n"
    assert run(keys.app, "show") == 0
    assert f"{bea.id} Bea (ed25519), entries 2 to now\n" in capsys.readouterr().out
    assert run(keys.app, "revoke", bea.id, "--reason", "left", "--sign-with", city / "Bea.key") == 0
    assert run(keys.app, "show") == 0
    told = capsys.readouterr().out
    assert "Bea (ed25519), entries 2 to 2\n" in told
    assert "Ana (ed25519), entries 0 to now; custodian\n" in told


def test_who_may_not_enrol_is_refused(city: Path, capsys: Captured) -> None:
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Bea.key") == 3
    assert "is not enrolled" in capsys.readouterr().err
    assert run(keys.app, "new", city / "Ana.key", "--name", "Ana") == 3
    assert run(keys.app, "enroll", city / "nothing", "--sign-with", city / "Ana.key") == 2


def test_a_servers_key_is_shown_as_weaker(city: Path, capsys: Captured) -> None:
    run(keys.app, "new", city / "desk.key", "--name", "desk", "--kind", "server")
    assert run(keys.app, "enroll", city / "desk.key.pub", "--sign-with", city / "Ana.key") == 0
    run(keys.app, "show")
    assert "desk (server), entries 2 to now; weaker: signs for accounts" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_an_ssh_key_takes_the_place_of_another(city: Path) -> None:
    key = city / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    old = read_public_key(city / "Ana.key.pub").id
    place = ["--holder", "Ana", "--custodian", "--replaces", old, "--sign-with", city / "Ana.key"]
    assert run(keys.app, "enroll", city / "id.pub", *place) == 0
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 3
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", key) == 0


def test_the_logs_own_key_is_changed_by_two_people(city: Path, capsys: Captured) -> None:
    new = city / "keys" / "next.key"
    assert run(keys.app, "new", new, "--name", "city.example/ledger", "--kind", "log") == 0
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 0
    common = ["rotate-log", f"{new}.pub", "--reason", "new server", "--sign-with", city / "Ana.key"]
    assert run(keys.app, *common) == 3
    assert "two people must sign" in capsys.readouterr().err
    assert run(keys.app, *common, "--sign-with", city / "Bea.key") == 0
    assert "entry 2: key " in capsys.readouterr().out
    revoke = ["revoke", read_public_key(city / "Bea.key.pub").id, "--reason", "left", "--sign-with"]
    assert run(keys.app, *revoke, city / "Ana.key") == 3
    assert "is not the one in use" in capsys.readouterr().err
    assert run(keys.app, *revoke, city / "Ana.key", "--log-key", new) == 0
    for key in ("log.key.pub", "next.key.pub"):
        assert run(ledger.app, "verify", "--log", city / "keys" / key) == 0
    assert run(keys.app, *common, "--sign-with", city / "Bea.key") == 3
    assert "was no longer in use" in capsys.readouterr().err


def test_the_logs_key_is_changed_again_at_once(city: Path, capsys: Captured) -> None:
    """The last checkpoint is the old key's; the key in use is the new one, which has signed nothing yet."""
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 0
    people = ["--reason", "x", "--sign-with", city / "Ana.key", "--sign-with", city / "Bea.key"]
    names = ["log", "second", "third", "stranger"]
    for name in names[1:]:
        new = city / "keys" / f"{name}.key"
        assert run(keys.app, "new", new, "--name", "city.example/ledger", "--kind", "log") == 0

    def change(old: str, new: str) -> int:
        public, private = city / "keys" / f"{new}.key.pub", city / "keys" / f"{old}.key"
        return run(keys.app, "rotate-log", public, *people, "--log-key", private)

    assert change("log", "second") == 0
    assert change("log", "third") == 3
    assert "does not replace the log's key in use" in capsys.readouterr().err
    assert change("second", "third") == 0
    assert change("stranger", "third") == 3
    assert "is not signed by" in capsys.readouterr().err
    for name in names[:3]:
        assert run(ledger.app, "verify", "--log", city / "keys" / f"{name}.key.pub") == 0


def test_a_key_is_named_by_its_public_file_too_and_any_other_word_is_refused(
    city: Path, capsys: Captured
) -> None:
    revoke = ("revoke", "--reason", "left", "--sign-with", city / "Ana.key")
    assert run(keys.app, "enroll", city / "Bea.key.pub", "--sign-with", city / "Ana.key") == 0
    for word in ("Bea", city / "none.pub", read_public_key(city / "Bea.key.pub").id[:12]):
        assert run(keys.app, *revoke, word) == 2
        assert "is neither the id of a key nor its public file" in capsys.readouterr().err
    assert run(keys.app, *revoke, city / "Bea.key.pub") == 0
    assert run(keys.app, "show") == 0
    assert "Bea (ed25519), entries 2 to 2\n" in capsys.readouterr().out
