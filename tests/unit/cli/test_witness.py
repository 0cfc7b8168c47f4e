from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cli import keys, ledger, witness
from tests.unit.cli.test_keys import city
from tests.unit.cli.verbs import run, type_in

__all__ = ["city"]


def test_the_city_asks_the_coach_signs_the_city_records(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    coach, log = city / "coach.key", city / "keys" / "log.key.pub"
    run(keys.app, "new", coach, "--name", "coach.example/w", "--kind", "witness")
    signs = ["cosign", "--key", coach, "--log", log, "--memory", city / "memory"]
    capsys.readouterr()
    for old in (0, 1):
        assert run(witness.app, "request", "--old", old) == 0
        type_in(monkeypatch, capsys.readouterr().out)
        assert run(witness.app, *signs) == 0
        type_in(monkeypatch, capsys.readouterr().out)
        assert run(witness.app, "record", "--witness", city / "coach.key.pub") == 0
    run(ledger.app, "export", "--to", city / "out")
    seen = ["--log", log, "--witness", city / "coach.key.pub"]
    assert run(ledger.app, "verify", city / "out", *seen) == 0
    assert capsys.readouterr().out == "good; entries: 1\n"
    assert run(witness.app, "request", "--old", 2) == 2


def test_what_contradicts_is_refused(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(keys.app, "new", city / "coach.key", "--name", "coach.example/w", "--kind", "witness")
    signs = [
        "cosign",
        "--key",
        city / "coach.key",
        "--log",
        city / "keys" / "log.key.pub",
        "--memory",
        city / "m",
    ]
    for text, code in (
        ("nothing", 2),
        ("old 0\n\nnothing", 3),
        ("\udcff".encode("utf-8", "replace").decode(), 2),
    ):
        type_in(monkeypatch, text)
        assert run(witness.app, *signs) == code
    type_in(monkeypatch, "nothing")
    assert run(witness.app, "record", "--witness", city / "coach.key.pub") == 3
    assert capsys.readouterr().err
