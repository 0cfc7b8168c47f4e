from __future__ import annotations

import socket
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from civic_ai.cli import examination
from civic_ai.cli.examination import LOOKS, Finding, examine
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.load import load_policy


def by_subject(environment: dict[str, str]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in examine(environment)}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"CIVIC_AI_HOME": str(tmp_path)}


def test_a_sound_machine_is_well(environment: dict[str, str]) -> None:
    found = by_subject(environment)
    assert len(found) == len(LOOKS)
    assert {finding.state for finding in found.values()} <= {"well", "watch"}


def test_what_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = by_subject({"CIVIC_AI_HOME": str(tmp_path / "file"), "CIVIC_AI_DATA": str(tmp_path / "none")})
    for subject in ("workspace", "CIVIC_AI_DATA"):
        assert found[subject].state == "wrong"
        assert found[subject].remedy


def test_a_tracking_server_is_tried(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert by_subject({**environment, "MLFLOW_TRACKING_URI": address})["tracking"].state == "well"
    away = by_subject({**environment, "MLFLOW_TRACKING_URI": address})["tracking"]
    assert away.state == "watch"
    assert "sync" in away.remedy


def test_a_library_that_is_too_old_is_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "version", lambda name: "0.0.1")
    found = by_subject(environment)["libraries"]
    assert found.state == "wrong"
    assert "mlflow 0.0.1 (wants" in found.found


@pytest.mark.parametrize(("days", "state"), [(180, "well"), (181, "watch")])
def test_standards_looked_at_longer_ago_than_the_policy_allows_are_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, days: int, state: str
) -> None:
    assert load_policy().standards_max_age_days == 180
    oldest = min(shipped_crosswalk().standards.values(), key=lambda standard: standard.checked_on)
    then = datetime.combine(oldest.checked_on, time(12), UTC) + timedelta(days=days)
    monkeypatch.setattr(examination.time, "time", then.timestamp)
    found = by_subject(environment)["standards"]
    assert found.state == state
    assert ("checked_on" in found.remedy) is (state == "watch")


def test_a_clock_far_behind_is_noticed(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination.time, "time", lambda: 0.0)
    assert by_subject(environment)["clock"].state == "watch"
