"""A notice of the time before the migration is about a step."""

from __future__ import annotations

from civic_ai.web.notices.models import Notice


def test_an_older_notice_is_about_nothing_else() -> None:
    assert Notice._meta.get_field("about").default == ""
