"""The whole journey on the tiny city: what is sealed, what is skipped, what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import civic_ai
from civic_ai import runner
from civic_ai.cards.verification import verify
from civic_ai.core.errors import ConfigError, DataError, RefusedError, StoreError
from civic_ai.journey import JOURNEY
from civic_ai.records.predictions import Bundle
from civic_ai.results import PilotRun
from civic_ai.runner import look_at, run
from civic_ai.store.scratch import scratch_prefix
from tests.journey.tiny import ROOT, quick, write_tiny_pilot

ONE_OF_TWO = """
import sys
from pathlib import Path
from civic_ai.runner import run
from tests.journey.tiny import quick

print(run(sys.argv[1], quick(Path(sys.argv[2]))).dossier_record.digest)
"""
Tiny = tuple[Path, Path, PilotRun]


class Listener:
    """Notes which stages ran and which were skipped."""

    def __init__(self) -> None:
        self.skipped: dict[str, bool] = {}
        self.open: list[str] = []

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """A stage begins."""
        self.open.append(stage)

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """A stage ended."""
        assert self.open.pop() == stage
        self.skipped[stage] = skipped


def ran(pilot: Path, workspace: Path) -> tuple[PilotRun, set[str]]:
    """A run, and the stages that were not skipped (tracking aside, which has its own tests)."""
    listener = Listener()
    finished = run(pilot, quick(workspace, listener))
    assert set(listener.skipped) == {stage.package for stage in JOURNEY if stage.runs} - {"pilot"}
    return finished, {stage for stage, skipped in listener.skipped.items() if not skipped} - {"tracking"}


@pytest.fixture
def copy(tiny: Tiny, tmp_path: Path) -> tuple[Path, Path]:
    """A pilot and a workspace of this test's own, the workspace with all that the tiny run made."""
    pilot = shutil.copytree(tiny[0], tmp_path / "pilot")
    return pilot, shutil.copytree(tiny[1], tmp_path / "workspace")


def change(pilot: Path, old: str, new: str) -> None:
    text = (pilot / "pilot.yaml").read_text("utf-8")
    assert old in text
    (pilot / "pilot.yaml").write_text(text.replace(old, new), "utf-8")


def test_the_dossier_is_sealed_and_intact(tiny: Tiny) -> None:
    finished = tiny[2]
    checked = verify(finished.dossier)
    assert checked.intact
    assert checked.digest == finished.dossier_record.digest
    assert finished.report.is_file()
    assert (finished.dossier / "manifest.json").is_file()


def test_the_frames_have_their_columns(tiny: Tiny) -> None:
    finished = tiny[2]
    assert {"candidate", "split", "metric", "value", "lower", "upper", "n"} <= set(finished.scores.columns)
    assert {"attribute", "group", "metric", "value", "lower", "upper", "n"} <= set(finished.groups.columns)
    assert {"unit", "as_of", "split", "candidate", "score", "label"} <= set(finished.predictions.columns)
    assert finished.champion in set(finished.scores["candidate"])
    assert finished.pilot in finished._repr_html_()


def test_the_json_names_what_scripts_need(tiny: Tiny) -> None:
    told = json.loads(json.dumps(tiny[2].to_json()))
    assert {"pilot", "dossier", "report", "gates", "champion"} <= set(told)
    assert Path(told["report"]).is_file()
    assert {gate["verdict"] for gate in told["gates"]} <= {"pass", "fail", "unknown"}


def test_nothing_sealed_tells_a_clock_a_host_a_path_or_a_person(tiny: Tiny) -> None:
    pilot, workspace, finished = tiny
    forbidden = [str(pilot), str(workspace), os.uname().nodename, str(Path.home()), date.today().isoformat()]
    for path in finished.dossier.rglob("*"):
        if path.is_file() and path.name != "receipt.json":
            content = path.read_bytes()
            told = [word for word in forbidden if word.encode() in content and len(word) > 3]
            assert told == [], path


def test_a_second_run_makes_nothing_again(copy: tuple[Path, Path], tiny: Tiny) -> None:
    finished, stages = ran(*copy)
    assert stages == set()
    assert finished.dossier_record == tiny[2].dossier_record


def test_another_workspace_gives_the_same_dossier(tiny: Tiny, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(tiny[0], tmp_path / "elsewhere" / "pilot")
    finished, stages = ran(elsewhere, tmp_path / "new")
    assert len(stages) == sum(stage.runs for stage in JOURNEY) - 2
    assert finished.dossier_record.digest == tiny[2].dossier_record.digest


def test_a_lost_blob_is_made_again(copy: tuple[Path, Path], tiny: Tiny) -> None:
    pilot, workspace = copy
    blob = tiny[2].panel.blob
    (workspace / "blobs" / blob[:2] / blob).unlink()
    finished, stages = ran(pilot, workspace)
    assert stages == {"panel"}
    assert finished.dossier_record.digest == tiny[2].dossier_record.digest


def test_a_lost_file_of_the_champion_is_made_again(copy: tuple[Path, Path], tiny: Tiny) -> None:
    (pilot, workspace), before = copy, tiny[2]
    bundle = before.workspace.blobs.record(Bundle, before.evidence.bundle)
    digest = sorted(bundle.files.values())[0]
    (workspace / "blobs" / digest[:2] / digest).unlink()
    finished, stages = ran(pilot, workspace)
    assert "evaluation" in stages
    assert finished.dossier_record.digest == before.dossier_record.digest
    assert verify(finished.dossier).intact


def test_a_file_that_changes_while_it_is_read_is_not_noted(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its rows would stand for the file that was hashed before, for ever."""
    digests = iter([{"requests.path": "before"}, {"requests.path": "after"}])
    with monkeypatch.context() as patch:
        patch.setattr(runner, "_raw_digests", lambda pilot: next(digests))
        with pytest.raises(DataError, match=r"(?s)requests.path: the file changed while it was read.*again"):
            run(tiny[0], quick(tmp_path))
    assert not (tmp_path / "journal").exists()
    assert look_at(tiny[0], quick(tmp_path)).snapshot == tiny[2].snapshot


def test_what_a_killed_run_left_is_swept(copy: tuple[Path, Path]) -> None:
    pilot, workspace = copy
    left = workspace / "blobs" / f"{scratch_prefix('reading').replace(str(os.getpid()), '4194304999')}x"
    left.mkdir()
    run(pilot, quick(workspace))
    assert not left.exists()


def test_a_changed_promise_gives_another_dossier(copy: tuple[Path, Path], tiny: Tiny) -> None:
    pilot, workspace = copy
    change(pilot, "units_per_period: 150", "units_per_period: 40")
    finished, _ = ran(pilot, workspace)
    assert finished.dossier_record.digest != tiny[2].dossier_record.digest
    assert finished.evaluation.capacity == 40
    assert len(list(workspace.glob("dossiers/*/*/manifest.json"))) == 2


def test_a_changed_policy_changes_the_verdict_and_is_named(copy: tuple[Path, Path], tiny: Tiny) -> None:
    pilot, workspace = copy
    text = (Path(__file__).parents[2] / "governance" / "policy.yaml").read_text("utf-8")
    strict = workspace.parent / "policy.yaml"
    strict.write_text(text.replace('must_be: "<= 0.000001"', 'must_be: "< 0"'), "utf-8")
    finished = run(pilot, quick(workspace, policy=strict))
    verdicts = {check.gate: check.verdict for check in finished.gates.checks}
    assert verdicts["reasons-add-up"] == "fail"
    assert finished.evidence.policy != tiny[2].evidence.policy


def test_a_dossier_that_was_altered_is_not_overwritten(copy: tuple[Path, Path], tiny: Tiny) -> None:
    pilot, workspace = copy
    card = next((workspace / "dossiers").rglob("public/*.html"))
    card.write_bytes(card.read_bytes() + b" ")
    with pytest.raises(RefusedError, match="altered"):
        run(pilot, quick(workspace))
    assert card.read_bytes().endswith(b" ")


def test_the_lockbox_counts_its_looks(copy: tuple[Path, Path]) -> None:
    pilot, workspace = copy
    assert run(pilot, quick(workspace)).lockbox_looks == 1
    change(pilot, "seed: 20240101", "seed: 5")
    assert run(pilot, quick(workspace)).lockbox_looks == 2


def test_two_runs_at_once_do_no_harm(tiny: Tiny, tmp_path: Path) -> None:
    """Without their mirrors: two of these at once are ``tests/unit/tracking/test_sync.py``."""
    command = [sys.executable, "-c", ONE_OF_TWO, str(tiny[0]), str(tmp_path / "shared")]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    told = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert {out.strip() for out, _ in told} == {tiny[2].dossier_record.digest}


def test_a_look_trains_nothing(tiny: Tiny, tmp_path: Path) -> None:
    look = look_at(tiny[0], quick(tmp_path))
    assert {source.name for source in look.snapshot.sources} == {"requests", "areas", "weather"}
    assert [split.name for split in look.splits] == ["1", "2", "lockbox"]
    assert json.loads(json.dumps(look.to_json()))["pilot"] == "example-potholes"
    assert not (tmp_path / "dossiers").exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"seed: 20240101": "seed: none"}, ConfigError),
        ({"where: request_type == 'pothole'": "where: request_type == 'dragon'"}, ConfigError),
    ],
)
def test_what_cannot_be_run_is_refused(
    tmp_path: Path, changes: Mapping[str, str], error: type[Exception]
) -> None:
    pilot = write_tiny_pilot(tmp_path / "pilot", dict(changes))
    with pytest.raises(error):
        run(pilot, quick(tmp_path / "workspace"))
    assert not (tmp_path / "workspace" / "dossiers").exists()


def test_a_workspace_that_cannot_be_written_is_a_clear_error(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="CIVIC_AI_HOME"):
        run(tiny[0], quick(tmp_path / "file"))


def test_the_public_names_are_there() -> None:
    assert civic_ai.run is run
    assert civic_ai.verify is verify
    assert set(civic_ai.__all__) <= set(dir(civic_ai))
    with pytest.raises(AttributeError):
        _ = civic_ai.nothing
