from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from civic_ai.data.engine import open_memory
from civic_ai.data.history import (
    burst_findings,
    dispersion_of,
    gap_findings,
    history_findings,
    weekly,
)

FIRST = date(2018, 1, 1)


def stream(
    seed: int, *, rate: float, dispersion: float = 1.0, days: int = 1461, season: float = 0.4
) -> np.ndarray:
    """Rows a day of a steady stream with a season and quiet weekends."""
    chance = np.random.default_rng(seed)
    day = np.arange(days)
    mean = rate * (1 + season * np.cos(2 * np.pi * day / 365.25)) * np.where(day % 7 >= 5, 0.5, 1.2)
    if dispersion > 1:
        mean = mean * chance.gamma(1 / (dispersion - 1), dispersion - 1, days)
    return chance.poisson(mean).astype(float)


def gaps(counts: np.ndarray) -> list[tuple[object, object]]:
    return [(one.values["first"], one.values["last"]) for one in gap_findings(counts, FIRST, "s")]


def bursts(counts: np.ndarray) -> list[object]:
    return [one.values["week"] for one in burst_findings(counts, FIRST, "s")]


@pytest.mark.parametrize(
    ("rate", "dispersion"), [(0.3, 1.0), (2.0, 1.0), (15.0, 1.0), (15.0, 1.5), (0.5, 2.0)]
)
def test_false_alarms_stay_near_what_is_stated(rate: float, dispersion: float) -> None:
    """Stated: about one source of a hundred. Of 100 streams, 5 or fewer (chance of 6 at 1 %: 0.0005)."""
    streams = [stream(seed, rate=rate, dispersion=dispersion) for seed in range(100)]
    alarms = [sum(map(bool, map(look, streams))) for look in (gaps, bursts)]
    print(f"rate {rate}, dispersion {dispersion}: gaps and bursts in {alarms} of 100 clean streams")
    assert max(alarms) <= 5


@pytest.mark.parametrize("rate", [1.0, 5.0, 40.0])
def test_a_hole_of_three_weeks_is_found_with_its_days(rate: float) -> None:
    for seed in range(10):
        counts = stream(seed, rate=rate)
        counts[700:721] = 0
        counts[699] = counts[721] = 5
        first, last = (FIRST + timedelta(days=at) for at in (700, 720))
        assert gaps(counts) == [(str(first), str(last))]


def test_a_hole_of_half_a_year_is_found_too() -> None:
    counts = stream(4, rate=3.0)
    counts[500:690] = 0
    assert len(gaps(counts)) == 1


def test_one_missing_day_matters_only_in_a_daily_table() -> None:
    daily = np.ones(1000)
    daily[444] = 0
    day = str(FIRST + timedelta(days=444))
    assert gaps(daily) == [(day, day)]
    busy = stream(1, rate=20.0)
    busy[444] = 0
    assert gaps(busy) == []


def test_quiet_weekends_are_no_holes() -> None:
    counts = stream(2, rate=20.0)
    counts[5::7] = counts[6::7] = 0
    assert gaps(counts) == []


def test_the_ends_of_the_time_line_are_no_holes() -> None:
    counts = np.concatenate((np.zeros(30), stream(3, rate=5.0, days=200), np.zeros(30)))
    assert gaps(counts) == []


def test_a_storm_is_found_in_its_week() -> None:
    for seed in range(10):
        counts = stream(seed, rate=5.0)
        counts[700:707] += 40
        assert bursts(counts) == [str(FIRST + timedelta(days=700))]


def test_weeks_begin_on_monday_whatever_the_first_day() -> None:
    counts = stream(1, rate=5.0)
    counts[704:707] += 80
    shifted = FIRST + timedelta(days=3)
    found = [one.values["week"] for one in burst_findings(counts[3:], shifted, "s")]
    assert found == [str(FIRST + timedelta(days=700))]


def test_dispersion_is_that_of_the_stream() -> None:
    assert dispersion_of(weekly(np.ones(1000))) == 0
    assert dispersion_of(np.ones(3)) == 1.0
    made = [dispersion_of(weekly(stream(seed, rate=20.0, season=0))) for seed in range(30)]
    assert 0.8 < float(np.mean(made)) < 1.25


def test_rows_of_a_table_by_its_column() -> None:
    backend = open_memory()
    backend.con.execute(
        """CREATE TABLE t AS SELECT timestamp '2020-01-01' + interval (range / 24.0 || ' days') AS day
        FROM range(24 * 365) WHERE range NOT BETWEEN 24 * 100 AND 24 * 121 - 1"""
    )
    assert [
        (one.code, one.values["first"], one.count) for one in history_findings(backend, "t", "s", "day")
    ] == [("gap", "2020-04-10", 21)]
    backend.con.execute("CREATE TABLE u (day DATE)")
    assert history_findings(backend, "u", "s", "day") == []
