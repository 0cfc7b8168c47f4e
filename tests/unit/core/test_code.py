from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_ai.core import code


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "civic_ai"
    shutil.copytree(code._ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "_ROOT", root)
    code.code_digest.cache_clear()
    yield root
    code.code_digest.cache_clear()


def _digest(package: str | None) -> str:
    code.code_digest.cache_clear()
    return code.code_digest(package)


def _change(path: Path) -> None:
    path.write_text(path.read_text() + "\n# changed\n")


def test_a_stage_depends_on_what_it_imports_and_on_nothing_else(tree: Path) -> None:
    panel, policy = _digest("panel"), _digest("policy")
    _change(tree / "policy" / "gates.py")
    assert _digest("panel") == panel
    assert _digest("policy") != policy


def test_a_stage_depends_on_what_lies_below_it(tree: Path) -> None:
    stages = ("data", "panel", "models", "evaluation")
    before = {stage: _digest(stage) for stage in stages}
    _change(tree / "core" / "canonical.py")
    assert all(_digest(stage) != before[stage] for stage in stages)


def test_the_whole_depends_on_every_file(tree: Path) -> None:
    before = _digest(None)
    _change(tree / "cli" / "table.py")
    assert _digest(None) != before


def test_the_cards_depend_on_templates_and_translations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("cards", "locale"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "file").write_text("before")
    monkeypatch.setattr(code, "governance_folder", lambda: tmp_path)
    seen = {code.templates_digest()}
    for part in ("cards", "locale"):
        (tmp_path / part / "file").write_text("after")
        seen.add(code.templates_digest())
    (tmp_path / "policy.yaml").write_text("not a template")
    seen.add(code.templates_digest())
    assert len(seen) == 3


def test_the_audit_depends_on_the_boards_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("questionnaires", "cards"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "file").write_text("before")
    monkeypatch.setattr(code, "governance_folder", lambda: tmp_path)
    before = code.questionnaires_digest()
    (tmp_path / "cards" / "file").write_text("after")
    assert code.questionnaires_digest() == before
    (tmp_path / "questionnaires" / "file").write_text("after")
    assert code.questionnaires_digest() != before
