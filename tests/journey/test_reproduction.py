"""A second run by somebody else, compared with the sealed dossier."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from civic_ai.cli.reproduction import reproduce as verb
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.reproduction import reproduce
from civic_ai.results import PilotRun
from tests.journey.tiny import quick, write_tiny_pilot

Tiny = tuple[Path, Path, PilotRun]


def test_the_same_promise_and_data_give_the_same_dossier(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot, _, run = tiny
    report = tmp_path / "report.json"
    assert verb(run.dossier, pilot, tmp_path / "again", report, as_json=True, quiet=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["identical"]
    assert told["compared"] > 5000
    assert told["again"] == run.dossier_record.digest
    assert json.loads(report.read_bytes())["dossier"] == run.dossier_record.digest
    assert len(list((tmp_path / "again").rglob("manifest.json"))) == 1


def test_another_promise_is_told_with_every_figure_that_moved(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, run = tiny
    other = write_tiny_pilot(tmp_path / "tiny-potholes", {"units_per_period: 150": "units_per_period: 60"})
    assert verb(run.dossier, other, quiet=True) == 3
    told = capsys.readouterr().out
    assert told.startswith("Differs:")
    found = reproduce(run.dossier, other)
    spec = next(part for part in found.parts if part.name == "spec")
    assert not spec.is_same
    assert all(part.is_same for part in found.parts if part.kind == "given")
    moved = {each.fact for each in found.deviations}
    assert "evaluation.capacity" in moved or any(name.startswith("evaluation.") for name in moved)


def test_nothing_of_a_run_that_stands_is_taken(tiny: Tiny) -> None:
    """Else a stage would be compared with itself."""
    pilot, workspace, run = tiny
    with pytest.raises(ConfigError, match="not empty"):
        reproduce(run.dossier, pilot, quick(workspace))


def test_an_altered_dossier_and_another_pilot_are_refused_before_anything_runs(
    tiny: Tiny, tmp_path: Path
) -> None:
    pilot, _, run = tiny
    altered = tmp_path / "altered"
    shutil.copytree(run.dossier, altered)
    (altered / "gates.json").chmod(0o600)
    (altered / "gates.json").write_bytes((altered / "gates.json").read_bytes() + b" ")
    with pytest.raises(RefusedError, match="altered"):
        reproduce(altered, pilot)
    other = write_tiny_pilot(tmp_path / "other", {"pilot: example-potholes": "pilot: another-one"})
    with pytest.raises(RefusedError, match="no dossier of the pilot another-one"):
        reproduce(run.dossier, other)
