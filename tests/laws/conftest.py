"""The PostgreSQL that the laws share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.laws.postgres import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of an empty database."""
    pytest.importorskip("psycopg", reason="the extra civic-ai[postgres] is not installed")
    with postgres_server() as url:
        if url is None:
            pytest.skip("PostgreSQL is not installed, or cannot be run by another than root")
        yield url
