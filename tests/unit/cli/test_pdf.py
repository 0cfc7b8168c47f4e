"""``civic-ai pdf`` writes a file a card, of the public's version unless the board's is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cards import pdf as cards_pdf
from civic_ai.cli.main import main
from civic_ai.core.errors import CivicError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str]]:
    """What the verb asks for; one page is made."""
    seen: list[tuple[Path, str]] = []

    def made(dossier: Path, audience: str) -> dict[str, bytes]:
        seen.append((dossier, audience))
        return {"board_brief.es.pdf": b"%PDF-1.7"}

    monkeypatch.setattr(cards_pdf, "pdf_cards", made)
    return seen


def test_the_public_version_unless_the_boards_is_asked_for(
    asked: list[tuple[Path, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pdf", "d", "--to", str(tmp_path / "out")]) == 0
    assert main(["pdf", "d", "--to", str(tmp_path / "out"), "--board"]) == 0
    assert asked == [(Path("d"), "public"), (Path("d"), "board")]
    assert (tmp_path / "out" / "board_brief.es.pdf").read_bytes() == b"%PDF-1.7"
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "out" / "board_brief.es.pdf")] * 2


def test_a_folder_that_cannot_be_written_is_said(asked: list[tuple[Path, str]], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    from civic_ai.cli.pdf import pdf

    with pytest.raises(CivicError, match="file"):
        pdf(Path("d"), tmp_path / "file" / "out")
    assert len(asked) == 1


def test_what_is_no_dossier_is_refused(tmp_path: Path) -> None:
    assert main(["pdf", str(tmp_path), "--to", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
