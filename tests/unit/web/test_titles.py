from __future__ import annotations

import json
from pathlib import Path

from civic_ai.web.titles import Titles, read_title


def test_a_title_is_read_once_and_told_in_the_readers_language(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "abc"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(
        json.dumps({"title": {"en": "Where?", "es": "¿Dónde?"}, "owner": "Roads"})
    )
    titles = Titles(lambda pilot, digest: tmp_path / pilot / digest)
    found = titles.of("one", "abc")
    assert found is not None
    assert [found.in_language(each) for each in ("en", "es", "pt")] == [
        ("Where?", "Roads"), ("¿Dónde?", "Roads"), ("Where?", "Roads")
    ]  # fmt: skip
    (folder / "spec.json").unlink()
    assert titles.of("one", "abc") is found
    assert titles.of("one", None) is None


def test_a_dossier_that_is_copied_later_has_its_title_then(tmp_path: Path) -> None:
    titles = Titles(lambda pilot, digest: tmp_path / pilot / digest)
    assert titles.of("one", "abc") is None
    folder = tmp_path / "one" / "abc"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps({"title": {"en": "Where?"}, "owner": "Roads"}))
    assert titles.of("one", "abc") is not None


def test_what_is_no_dossier_has_no_title(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    for content in ("", "[]", "{}", '{"title": {}, "owner": "x"}', '{"title": 5, "owner": "x"}', "\x00"):
        file.write_text(content)
        assert read_title(file) is None, content
    assert read_title(tmp_path / "nowhere.json") is None
