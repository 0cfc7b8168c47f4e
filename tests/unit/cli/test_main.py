from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from civic_ai.cli import app as cli_app
from civic_ai.cli.main import main
from civic_ai.core.errors import CivicError, ConfigError, DataError, RefusedError, StoreError
from civic_ai.core.messages import say


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli_app, "app", fail)
    return main([])


@pytest.mark.parametrize(
    ("kind", "code"), [(ConfigError, 2), (RefusedError, 3), (DataError, 4), (StoreError, 1), (CivicError, 1)]
)
def test_each_kind_of_error_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[CivicError], code: int
) -> None:
    error = kind.because(say("went wrong"), about="here", remedy=say("do this"))
    assert raising(monkeypatch, error) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "here: went wrong\n  do this\n"


def test_an_interrupted_run_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert raising(monkeypatch, KeyboardInterrupt()) == 130


def test_anything_unexpected_ends_with_1_and_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CIVIC_AI_DEBUG", raising=False)
    assert raising(monkeypatch, ZeroDivisionError("division by zero")) == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "CIVIC_AI_DEBUG=1" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("arguments", [["nope"], ["run"], ["run", "p", "--nope"], ["check", "a", "b"]])
def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("civic-ai ")


def test_the_module_runs_too_and_help_is_quick() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-m", "civic_ai.cli", "--help"], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "verify" in told.stdout
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 1.0


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m civic_ai.cli describe features | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env={**os.environ}, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 141)


def test_nothing_is_coloured_when_it_is_piped() -> None:
    told = subprocess.run([sys.executable, "-m", "civic_ai.cli", "describe"], capture_output=True, check=True)
    assert b"\x1b" not in told.stdout


def test_the_package_runs_where_scripts_are_not_on_the_path() -> None:
    command = [sys.executable, "-m", "civic_ai", "check", "nowhere"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr
