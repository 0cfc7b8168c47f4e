from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from civic_ai.data.copies import copy_findings
from civic_ai.data.engine import open_memory
from civic_ai.records.snapshot import Finding
from tests.unit.data.cities import contract

PROMISE = contract(
    {
        "request_id": {"type": "text", "unique": True},
        "incident_id": "text",
        "kind": "text",
        "created_at": "timestamp",
        "closed_at": {"type": "timestamp", "blank": "not_yet"},
        "lat": "number",
    }
)
START = datetime(2021, 1, 4)
Row = tuple[Any, ...]


def city(seed: int, *, seconds: int = 1, weeks: int = 20, a_week: int = 60) -> list[Row]:
    """Requests of a clean city; times are rounded to ``seconds``."""
    chance = random.Random(seed)
    rows = []
    for number in range(weeks * a_week):
        at = chance.randrange(weeks * 7 * 86400) // seconds * seconds
        created = START + timedelta(seconds=at)
        closed = chance.choice(
            [None, created + timedelta(seconds=chance.randrange(10**6) // seconds * seconds)]
        )
        rows.append(
            (f"R{number}", f"I{number}", chance.choice("ab"), created, closed, round(chance.random(), 3))
        )
    return rows


def week(rows: list[Row], number: int) -> list[Row]:
    first = START + timedelta(days=7 * number)
    return [row for row in rows if first <= row[3] < first + timedelta(days=7)]


def renumbered(rows: list[Row], by: timedelta = timedelta()) -> list[Row]:
    return [(f"X{row[0]}", f"Y{row[1]}", row[2], row[3] + by, row[4] and row[4] + by, row[5]) for row in rows]


def found(rows: list[Row], promise: Any = PROMISE) -> list[Finding]:
    backend = open_memory()
    backend.con.execute(
        """CREATE TABLE t (request_id VARCHAR, incident_id VARCHAR, kind VARCHAR,
        created_at TIMESTAMP, closed_at TIMESTAMP, lat DOUBLE)"""
    )
    backend.con.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
    return copy_findings(backend, "t", "requests", promise, "created_at")


def test_clean_cities_raise_no_alarm_however_coarse_their_times() -> None:
    assert [found(city(seed, seconds=seconds)) for seed in range(3) for seconds in (1, 3600, 86400)] == [
        []
    ] * 9


def test_a_week_that_comes_again_on_other_days_is_named() -> None:
    rows = city(1)
    copied = [row for row in rows if row not in week(rows, 12)] + renumbered(
        week(rows, 5), timedelta(days=49)
    )
    made = found(copied)
    assert [(one.code, one.values["week"], one.values["copied"]) for one in made] == [
        ("duplicated_week", "2021-03-29", "2021-02-08")
    ]
    assert made[0].share == 1.0


def test_a_week_that_is_in_the_table_twice_under_new_numbers_is_named() -> None:
    rows = city(2)
    made = found(rows + renumbered(week(rows, 7)))
    assert [(one.code, one.values["week"]) for one in made] == [("repeated_content", "2021-02-22")]


def test_a_copy_beside_new_rows_is_still_named_when_it_is_most_of_the_week() -> None:
    rows = city(3)
    mixed = [row for row in rows if row not in week(rows, 12)[5:]] + renumbered(
        week(rows, 5), timedelta(days=49)
    )
    assert [one.code for one in found(mixed)] == ["duplicated_week"]


def test_a_table_whose_rows_are_alike_by_nature_is_left_alone() -> None:
    daily = [(f"R{i}", f"I{i}", "a", START + timedelta(days=i), None, 1.0) for i in range(300)]
    assert found([row for row in daily for _ in range(5)]) == []


def test_a_table_of_nothing_but_numbers_and_days_is_left_alone() -> None:
    bare = contract({"request_id": {"type": "text", "unique": True}, "created_at": "timestamp"})
    rows = city(4)
    assert found(rows + renumbered(week(rows, 7)), bare) == []
