from __future__ import annotations

import json
from pathlib import Path

from civic_ai.core.canonical import digest_of_file
from civic_ai.web.assets import MANIFEST, assets_fault


def made(folder: Path) -> Path:
    (folder / "desk.css").write_text("p { color: red }")
    (folder / MANIFEST).write_text(json.dumps({"files": {"desk.css": digest_of_file(folder / "desk.css")}}))
    return folder


def test_what_the_build_made_has_no_fault(tmp_path: Path) -> None:
    assert assets_fault(made(tmp_path)) is None


def test_a_build_that_is_missing_altered_or_broken_is_told(tmp_path: Path) -> None:
    assert "not built" in str(assets_fault(tmp_path))
    (made(tmp_path) / "desk.css").write_text("p { color: blue }")
    assert "desk.css is not the file" in str(assets_fault(tmp_path))
    (tmp_path / "desk.css").unlink()
    assert "desk.css is not the file" in str(assets_fault(tmp_path))
    (tmp_path / MANIFEST).write_text("[]")
    assert "not built" in str(assets_fault(tmp_path))
