"""What waits with a statement goes with it."""

from __future__ import annotations

from django.db import connection

from civic_ai.web.drafts.models import Enclosure


def test_the_table_stands() -> None:
    assert Enclosure._meta.db_table in connection.introspection.table_names()
