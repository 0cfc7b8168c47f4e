from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.results import PilotRun
from civic_ai.runner import run
from tests.journey.tiny import quick, write_tiny_pilot
from tests.once import once


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, PilotRun]:
    """The tiny pilot's folder, its workspace, and a finished run. Tests leave them as they are."""
    base = once(tmp_path_factory, "tiny", take_to_the_end)
    pilot = base / "tiny-potholes"
    return pilot, base / "workspace", run(pilot, quick(base / "workspace"))


def take_to_the_end(base: Path) -> None:
    """The pilot's folder and the workspace of its run."""
    run(write_tiny_pilot(base / "tiny-potholes"), quick(base / "workspace"))
