"""``civic-ai desk`` on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from civic_ai.cli.desk import _settings


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
    for words in (("password", "ana"), ("close", "ana")):
        done = civic_ai("desk", *words, "--workspace", tmp_path, stdin="another honest sentence\n")
        assert (done.returncode, done.stderr) == (0, "")
    assert civic_ai("desk", "close", "nobody", "--workspace", tmp_path).returncode == 2


def test_a_desk_without_a_ledger_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    done = civic_ai("desk", "--workspace", tmp_path, "--port", "0")
    assert done.returncode == 2
    assert "log.key" in done.stderr


def test_without_a_file_the_environment_names_the_parts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    monkeypatch.setenv("CIVIC_AI_LOG_KEY", "/k/log.key")
    monkeypatch.setenv("CIVIC_AI_LEDGER", "postgresql://x/y")
    found = _settings(None, tmp_path, 8123)
    assert (found.log_key, found.ledger) == (Path("/k/log.key"), "postgresql://x/y")
    assert (found.home, found.address) == (tmp_path, "http://localhost:8123")
    for name in ("CIVIC_AI_LOG_KEY", "CIVIC_AI_LEDGER"):
        monkeypatch.delenv(name)
    assert (_settings(None, tmp_path).log_key, _settings(None, tmp_path).ledger) == (None, None)


def test_a_file_of_settings_says_it_all_and_the_environment_may_name_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    file = tmp_path / "desk.yaml"
    file.write_text("home: var\naddress: https://desk.city.example\n")
    monkeypatch.setenv("CIVIC_AI_LEDGER", "postgresql://x/y")
    assert (_settings(file, None).home, _settings(file, None).ledger) == (tmp_path / "var", None)
    monkeypatch.setenv("CIVIC_AI_DESK", str(file))
    assert _settings(None, None) == _settings(file, None)
    assert _settings(None, tmp_path).home == tmp_path, "what is typed counts before what the shell says"


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    (tmp_path / "desk.yaml").write_text("home: var\nadress: https://desk.city.example\n")
    done = civic_ai("desk", "--settings", tmp_path / "desk.yaml")
    assert done.returncode == 2
    assert "desk.yaml:2" in done.stderr
    assert "Did you mean address?" in done.stderr


def test_help_names_the_page_that_says_how_a_city_runs_it() -> None:
    assert "docs/how-to/desk.md" in civic_ai("desk", "--help").stdout


def test_a_demonstration_that_is_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    lines = (
        "with _thrown_away() as folder:\n    print(folder, flush=True)\n    import time\n    time.sleep(60)"
    )
    program = f"from civic_ai.cli.desk import _thrown_away\n{lines}"
    told = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], env=told, stdout=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        assert Path(demo.stdout.readline().decode().strip()).parent == tmp_path
        demo.terminate()
        assert demo.wait(10) == 0
    assert list(tmp_path.iterdir()) == []
