"""Generated pages are up to date; every command and option stands in the docs."""

from __future__ import annotations

from tools.reference import ROOT, pages


def test_every_generated_page_is_up_to_date() -> None:
    made = pages()
    assert len(made) >= 8
    stale = [str(path.relative_to(ROOT)) for path, page in made.items() if path.read_text("utf-8") != page]
    assert stale == [], "run `make reference`"
