"""A store for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.store.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")
