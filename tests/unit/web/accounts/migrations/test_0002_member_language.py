"""Nobody's language is known before they have signed in."""

from __future__ import annotations

from civic_ai.web.accounts.models import Member


def test_an_older_account_has_no_language() -> None:
    assert Member._meta.get_field("language").default == ""
