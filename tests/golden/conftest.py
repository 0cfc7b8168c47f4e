"""Runs that several golden tests look at: one a pilot and process."""

from __future__ import annotations

import pytest

from civic_ai.results import PilotRun
from tests.golden.real_cities import ROOT, run_pilot


@pytest.fixture(scope="session")
def chicago(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    return run_pilot(ROOT / "pilots" / "chicago-food-inspections", tmp_path_factory.mktemp("chicago"))
