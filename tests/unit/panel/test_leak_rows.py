from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.dates import dates_every
from civic_ai.panel.build import make_parts
from civic_ai.panel.leak_rows import find_incidents_across, find_written_later
from civic_ai.records.panel import LeakFinding
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import City, made_city
from tests.unit.panel.test_known import opened

Delay = Callable[[np.random.Generator], float]


def with_moment(seed: int, delay: Delay, *, cut_off: bool, **column: Any) -> City:
    """Requests with a second moment so many days after; ``cut_off``: only rows written by the end."""
    city, random = made_city(seed, per_area=600), np.random.default_rng(seed)
    requests = city.tables["requests"]
    last: datetime = max(requests.column("created_at"))
    moments = [moment + timedelta(days=delay(random)) for moment in requests.column("created_at")]
    table = requests.with_column("moment", {"type": "timestamp", **column}, moments)
    kept = [row for row in table.rows if not cut_off or row[-1] <= last]
    return city.with_table("requests", table.with_rows(kept))


def written_later(city: City, blobs: Blobs) -> list[LeakFinding]:
    contracts = {name: table.contract() for name, table in city.tables.items()}
    return find_written_later(opened(city, blobs), contracts)


@pytest.mark.parametrize("mean", [3, 10, 30])
def test_a_moment_that_ends_with_the_extract_says_when_rows_were_written(mean: int, blobs: Blobs) -> None:
    city = with_moment(mean, lambda random: random.exponential(mean), cut_off=True)
    [leak] = written_later(city, blobs)
    assert (leak.form, leak.column, leak.detail) == ("written_later", "requests.moment", "created_at")
    moments = zip(
        city.tables["requests"].column("created_at"), city.tables["requests"].column("moment"), strict=True
    )
    assert leak.rows == sum(late.date() > known.date() for known, late in moments)


@pytest.mark.parametrize(
    "delay",
    [
        lambda random: float(random.choice([3, 10, 30])),
        lambda random: 14.0,
        lambda random: float(random.exponential(10)),
        lambda random: 0.0,
    ],
)
def test_a_deadline_goes_on_beyond_the_extract_and_is_no_leak(delay: Delay, blobs: Blobs) -> None:
    for seed in range(3):
        assert written_later(with_moment(seed, delay, cut_off=False), blobs) == []


def test_with_few_rows_in_a_delay_nothing_is_claimed(blobs: Blobs) -> None:
    """A delay of two days with a row every other day: about one row, where it takes about twelve."""
    city = with_moment(3, lambda random: random.exponential(2), cut_off=True)
    requests = city.tables["requests"]
    assert written_later(city.with_table("requests", requests.with_rows(requests.rows[::18])), blobs) == []


def test_a_deadline_whose_rule_became_shorter_is_no_leak(blobs: Blobs) -> None:
    """Houston shortened its deadlines; the delays of old rows must not be held against new ones."""
    city = made_city(2, per_area=150)
    requests = city.tables["requests"]
    moments = requests.column("created_at")
    change = sorted(moments)[len(moments) // 2]
    due = [moment + timedelta(days=30 if moment < change else 3) for moment in moments]
    city = city.with_table("requests", requests.with_column("due_at", "timestamp", due))
    assert written_later(city, blobs) == []


@pytest.mark.parametrize("word", [{"known": "afterwards"}, {"blank": "not_yet"}])
def test_a_moment_declared_as_later_is_no_leak_by_itself(word: dict[str, str], blobs: Blobs) -> None:
    city = with_moment(4, lambda random: random.exponential(10), cut_off=True, **word)
    assert written_later(city, blobs) == []


def test_a_moment_before_the_row_became_known_is_no_leak(blobs: Blobs) -> None:
    assert written_later(with_moment(4, lambda r: -r.exponential(10), cut_off=True), blobs) == []


def incidents(city: City, blobs: Blobs) -> list[LeakFinding]:
    contracts = {name: table.contract() for name, table in city.tables.items()}
    return find_incidents_across(make_parts(*city.seal(blobs), blobs), contracts)


def repeated(seed: int, *, gap: float, same_place: bool = True, share: float = 0.4) -> City:
    """Requests of which some are reported again, so many days later on average, under one number."""
    city, random = made_city(seed, per_area=60), np.random.default_rng(seed)
    requests = city.tables["requests"]
    rows = []
    for number, row in enumerate(requests.rows):
        rows.append((*row, f"n{number}"))
        if random.random() < share:
            area = row[3] if same_place else f"a{random.integers(9):02d}"
            later = row[2] + timedelta(days=random.exponential(gap))
            rows.append((f"{row[0]}-2", row[1], later, area, *row[4:], f"n{number}"))
    last = max(requests.column("created_at"))
    columns = {**requests.columns, "number": "text"}
    table = type(requests)(columns, [row for row in rows if row[2] <= last])
    return city.with_table("requests", table)


def across_by_hand(city: City) -> int:
    """Later reports that the label of some as-of date counts although the first was known on it."""
    first: dict[str, Any] = {}
    rows = sorted(
        (row for row in city.tables["requests"].rows if row[1] == "pothole"), key=lambda row: row[2]
    )
    as_of = city.spec["as_of"]
    dates = list(dates_every(as_of["first"], as_of["last"], as_of["every_days"]))
    across = 0
    for row in rows:
        day = row[2].date()
        known = first.setdefault(row[-1], day)
        across += any(known <= date < day <= date + timedelta(days=14) for date in dates)
    return across


def test_reports_of_one_incident_on_both_sides_of_a_date_are_counted(blobs: Blobs) -> None:
    for seed in range(3):
        city = repeated(seed, gap=5)
        [leak] = incidents(city, blobs)
        assert (leak.form, leak.column) == ("incident_across_cutoff", "requests.number")
        assert leak.rows == across_by_hand(city) > 0


def test_reports_that_no_label_counts_are_not_across(blobs: Blobs) -> None:
    """A list every four weeks with a horizon of two: half of the days lie in no label."""
    validation = {"splits": 2, "test_days": 56, "lockbox_days": 28}
    city = repeated(1, gap=5)
    monthly = city.with_spec(as_of={**city.spec["as_of"], "every_days": 28}, validation=validation)
    [leak] = incidents(monthly, blobs)
    assert leak.rows == across_by_hand(monthly) > 0


def test_where_the_spec_names_the_incident_nothing_is_counted_twice(blobs: Blobs) -> None:
    city = repeated(1, gap=5)
    reporting = {"method": "duplicates", "from": "requests", "incident": "number"}
    assert incidents(city.with_spec(audit={**city.spec["audit"], "reporting": reporting}), blobs) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"gap": 120.0},
        {"gap": 5.0, "same_place": False},
        {"gap": 5.0, "share": 0.0},
    ],
)
def test_what_repeats_otherwise_names_no_incident(parts: dict[str, Any], blobs: Blobs) -> None:
    """A caller comes back after months; a crew is everywhere; a number of its own never repeats."""
    assert incidents(repeated(6, **parts), blobs) == []


def test_a_category_names_no_incident(blobs: Blobs) -> None:
    assert incidents(made_city(2), blobs) == []
