from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, RefusedError, StoreError
from civic_ai.records.ledger import PublicKey
from civic_ai.review.envelope import to_sign
from civic_ai.review.key_files import (
    make_key_file,
    note_key,
    read_key_file,
    read_public_key,
    sign_with_file,
    ssh_public_key,
)
from civic_ai.review.note import KeyType, read_verifier_key
from civic_ai.review.signatures import verifies
from civic_ai.review.statement import state
from tests.unit.review.made_ledger import DOSSIER

STATEMENT = state("vote", "pilot", DOSSIER, {})


def test_a_key_file_is_private_and_signs(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ana.key"
    made = make_key_file(path, "ed25519", "Ana")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key_file(path) == made
    public = read_public_key(tmp_path / "keys" / "ana.key.pub")
    assert public == made.public_key == PublicKey.model_validate_json(made.public_text)
    assert (public.holder, public.kind, public.is_personal) == ("Ana", "ed25519", True)
    assert verifies(public, sign_with_file(path, STATEMENT), to_sign(STATEMENT))
    assert made.private not in made.public_text


def test_two_keys_are_never_the_same(tmp_path: Path) -> None:
    names = [make_key_file(tmp_path / str(number), "ed25519", "Ana").private for number in range(5)]
    assert len(set(names)) == 5


@pytest.mark.parametrize("standing", ["k", "k.pub"])
def test_a_key_is_never_overwritten(tmp_path: Path, standing: str) -> None:
    (tmp_path / standing).write_text("stands")
    with pytest.raises(RefusedError, match="never overwritten"):
        make_key_file(tmp_path / "k", "ed25519", "Ana")
    assert [path.name for path in tmp_path.iterdir()] == [standing]
    assert (tmp_path / standing).read_text() == "stands"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    make_key_file(tmp_path / "k", "ed25519", "Ana")
    (tmp_path / "k").chmod(mode)
    for use in (lambda: read_key_file(tmp_path / "k"), lambda: sign_with_file(tmp_path / "k", STATEMENT)):
        with pytest.raises(RefusedError, match="others can read"):
            use()


def test_a_log_and_a_witness_have_a_line(tmp_path: Path) -> None:
    for kind, type_ in (("log", KeyType.LOG), ("witness", KeyType.WITNESS)):
        made = make_key_file(tmp_path / kind, kind, "city.example/l")
        line = (tmp_path / f"{kind}.pub").read_text()
        assert read_verifier_key(line) == note_key(made).public
        assert note_key(made).public.type is type_
        with pytest.raises(ConfigError, match="not of a person"):
            sign_with_file(tmp_path / kind, STATEMENT)
    with pytest.raises(ConfigError, match="of a person"):
        note_key(make_key_file(tmp_path / "ana", "ed25519", "Ana"))


@pytest.mark.parametrize(
    ("kind", "name"), [("log", "two words"), ("log", "a+b"), ("witness", ""), ("ed25519", ""), ("log", "é")]
)
def test_a_name_that_cannot_stand_in_a_note_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    with pytest.raises(ConfigError, match="needs a name"):
        make_key_file(tmp_path / "k", kind, name)
    assert not list(tmp_path.iterdir())


def test_what_is_no_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key_file(path)
    path.write_text("{}")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="no key file"):
        read_key_file(path)
    with pytest.raises(ConfigError, match="no public key"):
        read_public_key(path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((StoreError, OSError)):
        make_key_file(tmp_path / "file" / "k", "ed25519", "Ana")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_an_ssh_key_signs_too(tmp_path: Path) -> None:
    path = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana@city", "-f", path], check=True)
    public = read_public_key(tmp_path / "id_ed25519.pub", "Ana")
    assert public == ssh_public_key((tmp_path / "id_ed25519.pub").read_text(), "Ana")
    assert public.kind == "ssh"
    assert "ana@city" not in public.key
    assert verifies(public, sign_with_file(path, STATEMENT), to_sign(STATEMENT))
    with pytest.raises(ConfigError, match="holder is not named"):
        read_public_key(tmp_path / "id_ed25519.pub")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_an_ssh_key_that_is_broken_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "id").write_text(
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
    )
    (tmp_path / "id").chmod(0o600)
    with pytest.raises(ConfigError, match="did not sign"):
        sign_with_file(tmp_path / "id", STATEMENT)
