from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy(policy="test", version="1", gates=())
