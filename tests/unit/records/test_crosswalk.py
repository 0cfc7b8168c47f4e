"""Levels only add fields; a standard's age is counted from the day it was looked at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from civic_ai.records.crosswalk import Crosswalk, RecordField
from civic_ai.records.levels import LEVELS

FIELD = {"group": "identity", "filled_by": "city", "from_level": "I", "name": "Name", "asks": "What?"}
STANDARD = {
    "name": "S", "version": "1", "publisher": "P", "checked_on": "2026-01-01", "is_unofficial": True,
    "seen": "file", "fields": {"A01": "1.1"},
}  # fmt: skip


def walk(**fields: str) -> Crosswalk:
    return Crosswalk.model_validate(
        {"fields": {"A01": FIELD}, "standards": {"S": STANDARD | {"fields": fields}}}
    )


@pytest.mark.parametrize("start", LEVELS)
def test_a_field_is_needed_from_its_level_on(start: str) -> None:
    field = RecordField.model_validate(FIELD | {"from_level": start})
    needed = [LEVELS.index(level) for level in LEVELS if field.is_needed_at(level)]
    assert needed == list(range(LEVELS.index(field.from_level), len(LEVELS)))


def test_where_the_level_is_not_known_every_field_is_needed() -> None:
    assert RecordField.model_validate(FIELD | {"from_level": "IV"}).is_needed_at(None)


def test_a_standard_is_too_old_one_day_after_its_last_day() -> None:
    last = date(2026, 1, 1) + timedelta(days=30)
    assert list(walk(A01="1").older_than(30, last)) == []
    assert list(walk(A01="1").older_than(30, last + timedelta(days=1))) == ["S"]
    assert walk(A01="1").standards["S"].age_days(last) == 30


def test_a_field_that_does_not_stand_is_found() -> None:
    assert list(walk(A01="1", Z99="2").unknown_fields()) == [("S", "Z99")]
