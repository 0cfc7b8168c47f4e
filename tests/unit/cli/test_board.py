from __future__ import annotations

import pytest

from civic_ai.cli.board import _finding
from civic_ai.cli.main import main


def test_a_finding_is_written_in_one_line() -> None:
    assert _finding("map-wrong: blocking: The map: it is of 2019.") == {
        "id": "map-wrong",
        "severity": "blocking",
        "text": "The map: it is of 2019.",
    }


@pytest.mark.parametrize("verb", ["submit", "review", "decide"])
def test_nothing_is_entered_without_a_ledger(
    verb: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tests of what is entered: tests/journey/test_decision.py."""
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    rest = {
        "submit": ["streets", "--dossier", "d", "--key", "k"],
        "review": ["streets", "--key", "k", "--role", "technical_reviewer", "--reason", "r"],
        "decide": ["vote", "streets", "--key", "k", "--role", "chair"],
    }[verb]
    assert main([verb, *rest]) == 2
    assert "no ledger stands here" in capsys.readouterr().err
