"""``civic-ai desk`` on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from civic_ai.cli.desk import _log_key


def civic_ai(*words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Django is told its settings once in a process, so each command has one of its own."""
    command = [sys.executable, "-m", "civic_ai.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, check=False)


def test_accounts_are_made_before_the_desk_is_open(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    words = ("desk", "account", "Ana Ruiz", "--name", "ana", "--workspace", tmp_path)
    assert civic_ai(*words, stdin="short\n").returncode == 2
    assert civic_ai(*words, stdin="a long and honest sentence\n").returncode == 0
    again = civic_ai(*words, stdin="a long and honest sentence\n")
    assert again.returncode == 2
    assert "stands already" in again.stderr


def test_a_desk_without_a_ledger_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    done = civic_ai("desk", "--workspace", tmp_path, "--port", "0")
    assert done.returncode == 2
    assert "log.key" in done.stderr


def test_the_logs_key_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVIC_AI_LOG_KEY", "/k/log.key")
    assert _log_key() == Path("/k/log.key")
    monkeypatch.delenv("CIVIC_AI_LOG_KEY")
    assert _log_key() is None
