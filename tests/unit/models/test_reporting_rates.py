from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.snapshot import open_tables
from civic_ai.models.reporting_rates import PRIOR_REPEATS, Reports, read_reports
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot
from tests.unit.audit.city import AREAS, Evaluated, evaluated

LIFE = 50.0


def simulate(rates: list[float], incidents: int, seed: int = 1) -> Reports:
    """Incidents that live 40 days after their first report, reported again at each area's rate."""
    rng = np.random.default_rng(seed)
    incident, area, at = [], [], []
    for number in range(incidents * len(rates)):
        home = number % len(rates)
        first = rng.uniform(0, 300)
        more = first + np.sort(rng.uniform(0, 40, rng.poisson(rates[home] * 40)))
        for moment in [first, *more]:
            incident.append(number)
            area.append(home)
            at.append(moment)
    begin = np.full(incidents * len(rates), np.inf)
    np.minimum.at(begin, incident, at)
    ended = begin[incident] + 40
    return Reports(np.array(incident), np.array(area), np.array(at), ended, len(rates), LIFE)


def day(number: int) -> np.datetime64:
    return np.datetime64("1970-01-01", "D") + number


def test_the_reported_share_is_recovered() -> None:
    """r / (r + 1 / life), Liu et al. 2024: 0.02 a day and 50 days give a half; 0.06 three quarters."""
    share = simulate([0.02, 0.06], 3000).share(day(1000))
    assert share[:2] == pytest.approx([0.5, 0.75], abs=0.02)
    assert share[0] < share[2] < share[1], "units without an area take the city's"


def test_few_reports_are_drawn_towards_the_city() -> None:
    few = Reports(np.array([0, 0]), np.array([0, 0]), np.array([1.0, 2.0]), np.array([11.0, 11.0]), 2, LIFE)
    share = few.share(day(100))
    rate = (1 + PRIOR_REPEATS) / (10 + PRIOR_REPEATS / 0.1)
    assert share == pytest.approx([rate / (rate + 0.02), 0.1 / 0.12, 0.1 / 0.12])


def test_only_what_was_known_before_the_day_counts() -> None:
    made = simulate([0.02, 0.06], 400)
    later = made.at >= 200
    poisoned = Reports(
        made.incident,
        np.where(later, 0, made.area),
        made.at,
        np.where(made.ended > 200, 1e6, made.ended),
        2,
        LIFE,
    )
    assert (poisoned.share(day(200)) == made.share(day(200))).all()
    assert (poisoned.share(day(400)) != made.share(day(400))).any()


def test_without_a_repeat_nothing_is_corrected() -> None:
    none = Reports(np.array([0, 1]), np.array([0, 1]), np.array([1.0, 2.0]), np.full(2, np.nan), 2, LIFE)
    assert none.share(day(100)).tolist() == [1.0, 1.0, 1.0]
    assert none.share(day(0)).tolist() == [1.0, 1.0, 1.0]


def tables_of(city: Evaluated) -> dict[str, Any]:
    panel = city.blobs.record(
        PanelManifest, city.blobs.record(Predictions, city.evaluation.predictions).panel
    )
    return open_tables(city.blobs.record(DataSnapshot, panel.snapshot), city.blobs)


def test_reports_are_read_from_the_pilot(tmp_path: Path) -> None:
    city = evaluated(tmp_path)
    asked = city.spec.audit.reporting.model_copy(update={"life_days": 90})
    spec = city.spec.model_copy(update={"audit": city.spec.audit.model_copy(update={"reporting": asked})})
    areas = [f"A{area:02d}" for area in range(AREAS)]
    reports = read_reports(spec, tables_of(city), areas)
    assert (reports.areas, reports.life_days) == (AREAS, 90.0)
    share = reports.share(np.datetime64("2023-01-01"))
    odd = np.arange(AREAS) % 2 == 1
    assert share[:-1][odd].mean() < share[:-1][~odd].mean(), "group 1 reports at 0.4 times the rate"
    unit = spec.unit.model_copy(update={"area": None, "inside": None})
    with pytest.raises(ConfigError, match="no column says in which area"):
        read_reports(spec.model_copy(update={"unit": unit}), tables_of(city), areas)
