from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cli.office import open_desk_to_write
from civic_ai.cli.record import (
    ledger_stands,
    ledger_to_read,
    ledger_to_write,
    ledger_url,
    log_key,
    log_public_key,
    read_line_key,
)
from civic_ai.core.errors import ConfigError
from civic_ai.review.key_files import make_key_file, note_key
from tests.unit.review.made_ledger import found


def test_the_address_is_given_or_named_or_in_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    monkeypatch.delenv("CIVIC_AI_LEDGER", raising=False)
    assert ledger_url(None) == f"sqlite:///{tmp_path}/ledger.sqlite"
    monkeypatch.setenv("CIVIC_AI_LEDGER", "named")
    assert (ledger_url(None), ledger_url("given")) == ("named", "given")


def test_the_logs_key_is_given_or_named_or_in_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    monkeypatch.delenv("CIVIC_AI_LOG_KEY", raising=False)
    made = {
        place: note_key(make_key_file(tmp_path / place, "log", place)).public
        for place in ("keys/log.key", "named", "given")
    }
    assert log_key(None).public == made["keys/log.key"]
    monkeypatch.setenv("CIVIC_AI_LOG_KEY", str(tmp_path / "named"))
    assert log_key(None).public == made["named"]
    assert log_key(tmp_path / "given").public == made["given"]
    assert read_line_key(tmp_path / "given.pub") == made["given"]
    with pytest.raises(ConfigError, match="cannot be read"):
        read_line_key(tmp_path / "missing")


def test_a_workspace_that_is_named_brings_its_own_ledger_and_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a step would be judged by the ledger of one city and the files of another."""
    usual, named = tmp_path / "usual", tmp_path / "named"
    monkeypatch.setenv("CIVIC_AI_HOME", str(usual))
    for variable in ("CIVIC_AI_LEDGER", "CIVIC_AI_LOG_KEY"):
        monkeypatch.delenv(variable, raising=False)
    for home in (usual, named):
        make_key_file(home / "keys" / "log.key", "log", home.name)
    assert not ledger_stands(None, named)
    found(named)
    assert ledger_stands(None, named)
    assert not ledger_stands(None)
    desk = open_desk_to_write(None, None, named, None)
    assert desk.office.ledger.engine.url.database == str(named / "ledger.sqlite")
    assert desk.office.ledger.log_key is not None
    assert desk.office.ledger.log_key.public == log_public_key(None, named)
    assert (log_public_key(None, named).name, log_public_key(None).name) == ("named", "usual")


def test_only_who_has_the_key_writes(tmp_path: Path) -> None:
    found(tmp_path)
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    make_key_file(tmp_path / "log", "log", "city.example/ledger")
    assert ledger_to_read(url).log_key is None
    assert ledger_to_write(url, tmp_path / "log").log_key is not None
