from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.web.demo.found import Calendar, found_demo, schedule
from civic_ai.web.demo.pilots import PILOTS
from civic_ai.web.demo.ways import WAYS

TODAY = date(2026, 5, 5)


def test_every_deed_is_planned_in_its_order_and_the_last_as_many_days_ago_as_it_says() -> None:
    plan = schedule(TODAY)
    assert [one.day for one in plan] == sorted(one.day for one in plan)
    for number, pilot in enumerate(PILOTS):
        own = [one for one in plan if one.case == number]
        assert tuple(one.deed for one in own) == WAYS[pilot.left_in]
        assert own[-1].day == TODAY - timedelta(days=pilot.days_ago)
    assert max(one.day for one in plan) <= TODAY


def test_the_calendar_never_goes_back() -> None:
    calendar = Calendar(datetime(2026, 1, 1, 9, tzinfo=UTC))
    first = calendar()
    calendar.turn_to(date(2025, 12, 1))
    assert calendar() > first
    calendar.turn_to(date(2026, 2, 1))
    assert calendar().date() == date(2026, 2, 1)


def test_a_folder_in_which_something_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RefusedError, match="something stands in this folder already"):
        found_demo(tmp_path, TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
