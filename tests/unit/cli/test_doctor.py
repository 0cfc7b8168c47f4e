from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cli.main import main


def test_the_doctor_prints_a_table_or_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path))
    monkeypatch.delenv("CIVIC_AI_DATA", raising=False)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.startswith("state")
    assert main(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {"python", "libraries", "workspace", "tracking", "clock"} <= {
        finding["subject"] for finding in findings
    }


def test_a_machine_that_is_not_ready_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path / "file"))
    assert main(["doctor"]) == 3
