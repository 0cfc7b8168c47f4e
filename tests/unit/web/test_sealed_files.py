"""A file of a dossier is what its manifest names, or it is not shown."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import RefusedError
from civic_ai.records.dossier import SealedFile
from civic_ai.web.sealed_files import SealedFiles, sealed_files


def opened(folder: Path) -> SealedFiles:
    found = sealed_files(folder, digest_of_file(folder / "manifest.json")[:12])
    assert found is not None
    return found


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    shutil.copytree(sealed, tmp_path / "dossier")
    return tmp_path / "dossier"


def test_every_file_of_the_manifest_is_read_as_it_was_sealed(sealed: Path) -> None:
    files = opened(sealed)
    for file in files.manifest.files:
        assert files.read(file.path) == (sealed / file.path).read_bytes()
    assert files.evidence().pilot == files.manifest.pilot


@pytest.mark.parametrize("path", ["../secret", "manifest.json", "/etc/passwd", "", "public"])
def test_what_the_manifest_does_not_name_is_not_read(sealed: Path, path: str) -> None:
    assert opened(sealed).read(path) is None


def test_a_file_that_was_altered_or_lost_is_refused(copy: Path) -> None:
    files = opened(copy)
    card = copy / "board" / "board_brief.en.html"
    card.write_bytes(card.read_bytes() + b" ")
    with pytest.raises(RefusedError, match=r"altered after it was sealed: board/board_brief\.en\.html"):
        files.card("board_brief", "en", "board")
    (copy / "evidence.json").unlink()
    with pytest.raises(RefusedError, match=r"evidence\.json"):
        files.evidence()


def test_another_dossier_in_its_place_is_refused(copy: Path) -> None:
    with pytest.raises(RefusedError, match=r"manifest\.json"):
        sealed_files(copy, "0" * 12)
    (copy / "manifest.json").write_text("{}")
    with pytest.raises(RefusedError):
        sealed_files(copy, digest_of_file(copy / "manifest.json")[:12])
    assert sealed_files(copy / "none", "0" * 12) is None


def test_a_card_is_in_the_readers_language_where_there_is_one(sealed: Path) -> None:
    files = opened(sealed)
    first = files.manifest.languages[0]
    for language in ("en", "es", "pt"):
        found = files.card("board_brief", language, "public")
        assert found is not None
        assert found[0] == (language if language in files.manifest.languages else first)
    assert files.card("no_card", "en", "board") is None


@pytest.mark.parametrize("by_link", [False, True], ids=["by its path", "by a link"])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(copy: Path, by_link: bool) -> None:
    """Even with the right digest: the team that wrote the manifest may know a file of the desk."""
    secret = copy.parent / "secret"
    secret.write_bytes(b"of the desk")
    path = "public/inside.txt" if by_link else "../secret"
    if by_link:
        (copy / path).symlink_to(secret)
    files = opened(copy)
    digest = digest_of_file(secret)
    named = SealedFile(path=path, role="record", audience="public", sha256=digest, size=11)
    hostile = files.manifest.model_copy(update={"files": (*files.manifest.files, named)})
    with pytest.raises(RefusedError, match="altered"):
        replace(files, manifest=hostile).read(path)
