from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.results import PilotRun
from civic_ai.runner import run
from tests.journey.tiny import quick, write_tiny_pilot


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, PilotRun]:
    """The tiny pilot's folder, its workspace, and a finished run. Tests leave them as they are."""
    base = tmp_path_factory.mktemp("tiny")
    pilot = write_tiny_pilot(base / "tiny-potholes")
    return pilot, base / "workspace", run(pilot, quick(base / "workspace"))
