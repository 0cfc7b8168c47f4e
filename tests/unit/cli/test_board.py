from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cli.board import _finding
from civic_ai.cli.main import main
from civic_ai.cli.office import Desk
from civic_ai.core.errors import ConfigError
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take

SHIPPED = Path(__file__).parents[3] / "pilots" / "example-potholes"


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


@pytest.mark.parametrize(
    "text", ["map", "map: minor", "map: tiny: It is old.", ": minor: It is old.", "map: minor:"]
)
def test_what_is_no_finding_is_told_how_one_is_written(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--finding: is no finding: .*\n.*Severity: note, minor, major"):
        _finding(text)


def test_a_case_is_looked_up_by_its_folder_as_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its folder the same case was said not to be opened yet."""
    office = office_in(tmp_path)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    folder = tmp_path / "pilots" / "anywhere"
    folder.mkdir(parents=True)
    spec = (SHIPPED / "pilot.yaml").read_text("utf-8").replace("pilot: example-potholes", f"pilot: {PILOT}")
    (folder / "pilot.yaml").write_text(spec, "utf-8")
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    monkeypatch.setattr("civic_ai.cli.board.open_desk", lambda *_: Desk(office))
    told = []
    for named in (PILOT, str(folder)):
        assert main(["case", named]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert "Being prepared" in told[0]
