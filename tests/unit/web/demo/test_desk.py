from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.web.demo.desk import open_demo


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RefusedError, match="something stands in this folder already"):
        open_demo(tmp_path, "http://localhost:1")
