from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cli.main import main
from civic_ai.cli.tracking import sync_json, sync_text
from civic_ai.core.messages import say
from civic_ai.review.office import Office
from civic_ai.store.workspace import Workspace
from civic_ai.tracking import sync as sent
from civic_ai.tracking.outbox import alias_moves
from civic_ai.tracking.sync import SyncReport
from tests.unit.review.made_case import DIGESTS
from tests.unit.review.made_office import office_in, to_approval


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


def test_what_a_desk_decided_is_read_from_the_ledger_and_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, waited = Workspace(tmp_path), list[tuple[str | None, ...]]()
    made = office_in(tmp_path)
    to_approval(Office(made.ledger, made.policy, home.blobs))

    def send(workspace: Workspace, wait_seconds: float) -> SyncReport:
        waited.extend((move.pilot, move.approved) for move in alias_moves(workspace))
        return SyncReport("http://x", (), (), (), wait_seconds)

    monkeypatch.setattr(sent, "sync", send)
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    assert main(["sync", "--workspace", str(tmp_path), "--ledger", ledger]) == 0
    assert waited == [("streets", DIGESTS["A"])]
