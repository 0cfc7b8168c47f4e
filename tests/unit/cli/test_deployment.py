"""The verbs `score` and `release`: what they need, and that a no has its sentence and writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from civic_ai.cli import deployment
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.records.case import Case
from civic_ai.store.workspace import Workspace
from tests.journey.tiny import EXAMPLE
from tests.unit.review.made_ledger import LOG, write_log_key
from tests.unit.review.made_office import office_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with an empty ledger."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    office_in(folder)
    write_log_key(folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CIVIC_AI_LEDGER", raising=False)
    return folder


def ledger_of(home: Path) -> str:
    return f"sqlite:///{home}/ledger.db"


def score(home: Path, on: str = "2024-12-02", *, release: Path | None = None, log: Path | None = None) -> int:
    return deployment.score(
        str(EXAMPLE), on, home.parent / "list.csv", release=release, log=log, ledger=ledger_of(home),
        workspace=home,
    )  # fmt: skip


def test_without_an_approval_nothing_is_scored(home: Path) -> None:
    with pytest.raises(RefusedError, match="the board has not approved this model"):
        score(home)
    assert not list(home.parent.glob("list.csv*"))


def test_without_an_approval_nothing_is_released(home: Path) -> None:
    with pytest.raises(RefusedError, match="the board has not approved this model"):
        deployment.release(str(EXAMPLE), to=home.parent / "out", ledger=ledger_of(home), workspace=home)
    assert not (home.parent / "out").exists()


def test_the_ledger_is_verified_where_its_key_is_given(home: Path) -> None:
    key = home.parent / "log.pub"
    key.write_text(LOG.public.text + "\n")
    with pytest.raises(RefusedError, match="the board has not approved this model"):
        score(home, log=key)


def test_a_release_needs_the_logs_key(home: Path) -> None:
    with pytest.raises(ConfigError, match="checked with the log's public key"):
        score(home, release=home.parent)


def test_a_key_that_cannot_be_read(home: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        score(home, release=home.parent, log=home.parent / "nowhere")


def test_a_date_that_is_none(home: Path) -> None:
    with pytest.raises(ConfigError, match="is no date"):
        score(home, on="last monday")


def test_the_approved_dossier_must_stand_in_the_workspace(home: Path) -> None:
    told: dict[str, object] = {
        "question": "G3",
        "dossier": "a" * 64,
        "verdict": "approve",
        "decided_on": "2026-01-01",
    }
    told |= {"present": (), "absent": (), "recused": (), "votes": (), "policy": "b" * 64}
    case = Case.model_validate({"pilot": "example-potholes", "state": "pilot", "approval": told})
    with pytest.raises(RefusedError, match="the approved dossier aaaaaaaaaaaa does not stand here"):
        deployment._approved_folder(case, "example-potholes", Workspace(home))
    (home / "dossiers" / "example-potholes" / "aaaaaaaaaaaa").mkdir(parents=True)
    found = deployment._approved_folder(case, "example-potholes", Workspace(home))
    assert found.name == "aaaaaaaaaaaa"


def test_rows_of_a_release_are_kept_nowhere(home: Path) -> None:
    with deployment._place_for_rows(Workspace(home), None) as blobs:
        assert blobs.folder == home / "blobs"
    with deployment._place_for_rows(Workspace(home), home) as blobs:
        blobs.put(b"a row")
        folder = blobs.folder
        assert not folder.is_relative_to(home)
    assert not folder.exists()


def test_today_is_a_day_of_utc() -> None:
    assert abs((deployment._now() - datetime.now(UTC)).total_seconds()) < 60
