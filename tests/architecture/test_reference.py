"""Generated pages are up to date; every command and option stands in the docs."""

from __future__ import annotations

import pytest
from tools.reference import ROOT, pages


@pytest.mark.parametrize("path", sorted(pages()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_generated_page_is_up_to_date(path: object) -> None:
    assert path.read_text("utf-8") == pages()[path], "run `make reference`"
