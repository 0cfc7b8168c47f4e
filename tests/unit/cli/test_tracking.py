from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cli.main import main
from civic_ai.cli.tracking import sync_json, sync_text
from civic_ai.core.messages import say
from civic_ai.tracking.sync import SyncReport


def test_an_empty_workspace_has_nothing_to_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["sync", "--workspace", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == []


def test_what_is_pending_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVIC_AI_LANGUAGE", "en")
    report = SyncReport("http://x", (), ("d" * 64,), (say("the server is away"),), 1.0)
    told = sync_text(report)
    assert "`civic-ai sync` sends the rest" in told
    assert "the server is away" in told
    assert sync_json(report)["reasons"] == ["the server is away"]
    assert "has everything" in sync_text(SyncReport("http://x", ("d" * 64,), (), (), 1.0))
