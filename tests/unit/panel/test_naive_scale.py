from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.parts import Parts
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, City, Table, made_city, with_gaps

LABEL = {"from": "requests", "horizon_days": 7, "kind": "count", "called": "a request"}
MIDNIGHT = datetime(FIRST.year, FIRST.month, FIRST.day)


def weekly(*counts: int, **parts: Any) -> City:
    """So many requests in a00 in weeks of which the fourth ends on the first date; one in a01 each day."""
    weeks = len(counts)
    rows = [
        (f"q{week}-{n}", "pothole", MIDNIGHT + timedelta(days=7 * (week - 3) - n % 7), "a00", None, None)
        for week, count in enumerate(counts)
        for n in range(count)
    ]
    first = MIDNIGHT - timedelta(days=27)
    rows += [
        (f"d{n}", "pothole", first + timedelta(days=n), "a01", None, None) for n in range(7 * weeks + 300)
    ]
    city = made_city(1, rows=1, columns=2)
    return city.with_table("requests", Table(city.tables["requests"].columns, rows)).with_spec(
        label=LABEL, **parts
    )


def scale_of(city: City, blobs: Blobs) -> Any:
    return make_parts(*city.seal(blobs), blobs).reserved["scale"]


def test_a_worked_example(blobs: Blobs) -> None:
    """Weeks of 3, 5, 1, 4 requests by the first date: differences 2, -4, 3; then 4 again: 0."""
    scale = scale_of(weekly(3, 5, 1, 4, 4), blobs)
    assert scale[:2, 0].tolist() == pytest.approx([np.sqrt(29 / 3), np.sqrt(29 / 4)])
    assert (scale[:, 1] == 0).all()


def test_weeks_beside_a_gap_are_left_out(blobs: Blobs) -> None:
    """Days 1 to 3 of the second week before the first date are lost: the differences 2 and -4 with it."""
    scale = scale_of(with_gaps(weekly(3, 5, 1, 4, 4), (-20, -18, [])), blobs)
    assert scale[:2, 0].tolist() == pytest.approx([3, np.sqrt(9 / 2)])


def test_until_two_whole_horizons_are_known_there_is_no_scale(blobs: Blobs) -> None:
    city = made_city(1, days=7 * 30 + 35 + 10).with_spec(label=LABEL)
    parts: Parts = make_parts(*city.seal(blobs), blobs)
    known = (parts.scope.dates - (parts.label.first_day - 1)) // 7 - (
        parts.scope.dates - parts.scope.dates[0]
    ) // 7
    scale = parts.reserved["scale"]
    pairs = np.arange(len(parts.scope.dates)) + known[0] - 1
    assert np.isnan(scale).all(axis=1).tolist() == (pairs < 1).tolist()
    assert np.isfinite(scale[pairs >= 1]).all()


def test_events_have_none(blobs: Blobs) -> None:
    assert "scale" not in make_parts(*made_city(1).seal(blobs), blobs).reserved
