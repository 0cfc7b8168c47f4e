"""The page of the register; what it hands out is held to `publish` in ``test_live_register.py``."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from civic_ai.web.pages.register import policy_of


def test_a_page_may_load_its_own_styles_and_nothing_else() -> None:
    css = b"p { color: red }"
    digest = b64encode(sha256(css).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in policy_of(b"<style>" + css + b"</style>")
    assert "style-src 'none'" in policy_of(b"no style")
    assert not re.search(r"unsafe|\*|https?:", policy_of(b"<style>a</style>"))
