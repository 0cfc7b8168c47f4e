"""A draft of the time before the migration is one that is not entered yet."""

from __future__ import annotations

from django.db import connection

from civic_ai.web.drafts.models import Draft


def test_an_older_draft_has_no_entry() -> None:
    with connection.cursor() as cursor:
        columns = {
            each.name: each for each in connection.introspection.get_table_description(cursor, "drafts_draft")
        }
    assert columns["entry"].null_ok
    assert Draft._meta.get_field("entry").default is None
