from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from civic_ai.panel.build import build_panel, make_parts
from civic_ai.panel.ending import DAYS_BEFORE, LAST_DAYS, end_is_doubtful, thins_out
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, City, lenient, made_city

LAST = FIRST + timedelta(days=7 * 29)
"""The last as-of date; labels look two weeks ahead."""


def ending(city: City, last: date, keep: float = 1.0) -> City:
    """The same city with an extract that ends on ``last``, whose last week holds only a share of its rows."""
    random, table = np.random.default_rng(1), city.tables["requests"]
    moment = list(table.columns).index("created_at")
    rows = [
        row
        for row in table.rows
        if row[moment].date() <= last
        and (row[moment].date() <= last - timedelta(days=LAST_DAYS) or random.random() < keep)
    ]
    final = (*rows[0][:moment], datetime(last.year, last.month, last.day, 12), *rows[0][moment + 1 :])
    return city.with_table("requests", table.with_rows([*rows, final]))


def busy() -> City:
    """About 40 requests a week."""
    return made_city(5, per_area=400)


@pytest.mark.parametrize(
    ("last", "keep", "is_doubtful"),
    [
        (LAST + timedelta(days=14), 1.0, False),
        (LAST + timedelta(days=14), 0.05, True),
        (LAST + timedelta(days=20), 0.05, True),
        (LAST + timedelta(days=21), 0.05, False),
    ],
    ids=["whole end", "thin end", "one day of a label in it", "no label in it"],
)
def test_a_thin_end_is_doubted_where_a_label_reaches_into_it(
    last: date, keep: float, is_doubtful: bool, blobs: Blobs
) -> None:
    spec, snapshot = ending(busy(), last, keep).seal(blobs)
    manifest = build_panel(spec, snapshot, lenient(), blobs)
    assert manifest.last_known_on == str(last)
    assert manifest.unmatured_rows == 0
    assert manifest.end_is_doubtful == is_doubtful


def test_one_late_row_makes_an_end_doubtful(blobs: Blobs) -> None:
    """Without it the rows of the last lists would be unmatured, and counted as such."""
    parts = make_parts(*ending(busy(), LAST + timedelta(days=14), 0.0).seal(blobs), blobs)
    assert end_is_doubtful(parts.scope, parts.label.last_day)


def test_few_rows_are_no_reason_to_doubt() -> None:
    """No row where thirteen were usual happens by chance in two of a million weeks."""
    eight_weeks = DAYS_BEFORE // LAST_DAYS
    assert not thins_out(0, 13 * eight_weeks)
    assert thins_out(0, 15 * eight_weeks)
    assert not thins_out(0, 0)


def test_a_quiet_week_is_no_reason_to_doubt() -> None:
    eight_weeks = DAYS_BEFORE // LAST_DAYS
    assert not thins_out(300, 1000 * eight_weeks)
    assert thins_out(299, 1000 * eight_weeks)


def test_steady_streams_are_not_doubted() -> None:
    random = np.random.default_rng(2)
    for rate in (1, 5, 30, 500):
        late = random.poisson(rate, 5000)
        before = random.poisson(rate * DAYS_BEFORE / LAST_DAYS, 5000)
        assert not any(thins_out(int(a), int(b)) for a, b in zip(late, before, strict=True))
