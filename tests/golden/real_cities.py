"""What the golden tests share: the city data, one run of a pilot, and what its gates said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from civic_ai.results import PilotRun
from civic_ai.runner import Options, run
from tests.journey.tiny import not_mirrored

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CIVIC_AI_DATA", ROOT.parent / "shared" / "data")).resolve()


def needs(city: str) -> list[pytest.MarkDecorator]:
    """Marks of a test on the data of ``city``: skipped, and said so, where the folder is absent."""
    reason = f"no folder {DATA}/{city}: set CIVIC_AI_DATA"
    return [pytest.mark.data, pytest.mark.slow, pytest.mark.skipif(not (DATA / city).is_dir(), reason=reason)]


def run_pilot(pilot: Path, workspace: Path) -> PilotRun:
    """The whole journey of a pilot on the data of the real cities, without MLflow."""
    environment = {**os.environ, "CIVIC_AI_DATA": str(DATA)}
    return run(pilot, Options(workspace=workspace, environment=environment, mirror=not_mirrored))


def verdicts(made: PilotRun) -> dict[str, str]:
    """What each gate said."""
    return {check.gate: check.verdict for check in made.gates.checks}
