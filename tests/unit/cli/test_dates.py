"""Today is a day."""

from __future__ import annotations

from datetime import date

from civic_ai.cli.dates import today


def test_today_is_a_day() -> None:
    assert today() >= date(2026, 11, 23)
