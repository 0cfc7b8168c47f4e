from __future__ import annotations

from pathlib import Path

from civic_ai.cli.publication import _of


def test_the_boards_dossier_goes_before_the_newest(tmp_path: Path) -> None:
    (tmp_path / ("ab" * 6)).mkdir()
    assert _of(tmp_path, "ab" * 32) == tmp_path / ("ab" * 6)
    assert _of(tmp_path, "cd" * 32) is None
    assert _of(tmp_path, None) is None
