from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.models.baselines import RULES
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import Fitted
from tests.unit.models.simulated import HORIZON as HORIZON_OF_SIMULATED
from tests.unit.models.simulated import rule_scorer

HORIZON = 28
RECENT_DAYS, QUARTER_DAYS, YEAR_DAYS = 28, 91, 364
TODAY = date(2020, 1, 6)


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    """Reports of 12 units over four years, more in winter; each row a unit and a day."""
    rng = np.random.default_rng(5)
    day = rng.integers(0, 4 * YEAR_DAYS, 6000)
    winter = np.cos(2 * np.pi * day / YEAR_DAYS) > rng.uniform(-1, 1, 6000)
    made = pd.DataFrame({"unit": rng.integers(0, 12, 6000), "day": day})[winter]
    return made.assign(on=[TODAY - timedelta(days=int(days)) for days in made["day"]])


def in_days(history: pd.DataFrame, after: date, upto: date) -> pd.DataFrame:
    return history[(history["on"] > after) & (history["on"] <= upto)]


def trailing(history: pd.DataFrame, unit: int, days: int) -> int:
    return int((in_days(history, TODAY - timedelta(days=days), TODAY)["unit"] == unit).sum())


def season_index(history: pd.DataFrame) -> float:
    """The coming weeks' share of past years, over the share that an even year would give them."""
    same_weeks = whole_years = 0
    for years in (1, 2, 3):
        start = TODAY - timedelta(days=YEAR_DAYS * years)
        same_weeks += len(in_days(history, start, start + timedelta(days=HORIZON)))
        whole_years += len(in_days(history, start, start + timedelta(days=YEAR_DAYS)))
    return same_weeks / (whole_years * HORIZON / YEAR_DAYS)


def panel_of(history: pd.DataFrame) -> pd.DataFrame:
    units = range(12)
    return pd.DataFrame(
        {
            "baseline_recent_count": [float(trailing(history, unit, RECENT_DAYS)) for unit in units],
            "baseline_quarter_count": [float(trailing(history, unit, QUARTER_DAYS)) for unit in units],
            "baseline_year_count": [float(trailing(history, unit, YEAR_DAYS)) for unit in units],
            "baseline_season_index": season_index(history),
        }
    )


def test_the_counts_are_what_a_clerk_would_count(history: pd.DataFrame) -> None:
    panel = panel_of(history)
    recent = [trailing(history, unit, 28) / 28 * HORIZON for unit in range(12)]
    quarter = [trailing(history, unit, 91) / 91 * HORIZON for unit in range(12)]
    np.testing.assert_allclose(rule_scorer("quarter_count", HORIZON).score(panel), quarter, rtol=1e-12)
    year = [trailing(history, unit, 364) / 364 * HORIZON for unit in range(12)]
    np.testing.assert_allclose(rule_scorer("recent_count", HORIZON).score(panel), recent, rtol=1e-12)
    np.testing.assert_allclose(rule_scorer("year_count", HORIZON).score(panel), year, rtol=1e-12)


def test_the_seasonal_rule_is_the_year_times_the_season(history: pd.DataFrame) -> None:
    panel = panel_of(history)
    index = season_index(history)
    assert index > 1.3, "January is winter in this history"
    expected = [trailing(history, unit, 364) / 13 * index for unit in range(12)]
    np.testing.assert_allclose(rule_scorer("seasonal_index", HORIZON).score(panel), expected, rtol=1e-12)


def test_the_season_moves_the_level_but_not_the_ranking(history: pd.DataFrame) -> None:
    panel = panel_of(history)
    year, season = (rule_scorer(name, HORIZON).score(panel) for name in ("year_count", "seasonal_index"))
    assert season.sum() > 1.3 * year.sum()
    np.testing.assert_array_equal(np.argsort(year, kind="stable"), np.argsort(season, kind="stable"))


def test_equal_counts_tie_exactly() -> None:
    panel = pd.DataFrame({"baseline_year_count": [7.0, 3.0, 7.0], "baseline_season_index": 1.1})
    score = rule_scorer("seasonal_index", 30).score(panel)
    assert score[0] == score[2] != score[1]


@pytest.mark.parametrize("name", ["recent_count", "quarter_count", "year_count", "seasonal_index"])
@pytest.mark.parametrize("horizon", [7, 28, 364, 730])
def test_a_longer_horizon_expects_more_in_proportion(name: str, horizon: int) -> None:
    panel = pd.DataFrame(
        {
            "baseline_recent_count": [2.0],
            "baseline_quarter_count": [7.0],
            "baseline_year_count": [26.0],
            "baseline_season_index": [0.5],
        }
    )
    one, many = (rule_scorer(name, days).score(panel)[0] for days in (1, horizon))
    assert many == pytest.approx(one * horizon)


def test_the_seasons_part_is_what_it_adds_to_the_year() -> None:
    panel = pd.DataFrame({"baseline_year_count": [13.0, 0.0], "baseline_season_index": [1.5, 1.5]})
    np.testing.assert_allclose(
        rule_scorer("seasonal_index", 28).contributions(panel), [[1.0, 0.5, 0.0], [0.0, 0.0, 0.0]]
    )


def test_what_is_told_of_the_horizon_itself_stays_as_it_is() -> None:
    panel = pd.DataFrame({"baseline_last_value": [3.0], "baseline_seasonal_naive": [5.0]})
    assert rule_scorer("last_value", 90).score(panel) == [3.0]
    assert rule_scorer("seasonal_naive", 90).score(panel) == [5.0]


def test_who_came_first_stands_first() -> None:
    panel = pd.DataFrame({"baseline_arrival": [-0.5, -6.0, 2.0]})
    score = rule_scorer("arrival_order", 14).score(panel)
    assert list(np.argsort(-score)) == [1, 0, 2]


def test_the_record_says_what_the_rule_multiplies() -> None:
    assert RULES["seasonal_index"].settings == {
        "column": "baseline_year_count",
        "window_days": 364,
        "index": "baseline_season_index",
        "sign": 1,
    }
    assert RULES["arrival_order"].settings["sign"] == -1
    assert RULES["last_value"].settings["window_days"] == "none"


def test_a_rule_as_a_baseline_takes_nothing_from_the_training_rows_but_the_horizon(
    fitted: Mapping[str, Fitted],
) -> None:
    fit = fitted["poisson_glm"]
    baseline = RULES["year_count"].as_baseline(3)
    assert (baseline.name, baseline.simplicity, baseline.reads) == ("year_count", 3, ("baseline_year_count",))
    for training in fit.trainings:
        scorer = baseline.fit(training)
        assert scorer == rule_scorer("year_count", HORIZON_OF_SIMULATED)
        assert scorer.columns(fit.rows.frame) == {}
    assert baseline.record.is_baseline
    assert baseline.record.settings == RULES["year_count"].settings


@pytest.mark.parametrize("name", RULES)
def test_a_sealed_rule_is_the_rule_and_keeps_nothing_of_any_row(name: str, blobs: Blobs) -> None:
    scorer = rule_scorer(name, 28, "event")
    opened = open_bundle(seal_bundle(scorer, blobs), blobs)
    assert opened == scorer
    assert not opened.model.learned
    assert opened.smallest_cell(pd.DataFrame(index=range(7))) == 7


@pytest.mark.parametrize(
    "file",
    [
        {"name": "last_value", "column": "baseline_last_value"},
        {"name": "year_count", "column": "baseline_last_value", "window_days": 364},
        {"name": "year_count", "column": "baseline_year_count", "window_days": 182},
        {"name": "year_count", "column": "baseline_year_count", "window_days": 364, "sign": -1},
    ],
)
def test_a_rule_file_that_says_another_rule_than_the_model_tells_is_refused(
    file: dict[str, Any], blobs: Blobs
) -> None:
    with pytest.raises(RefusedError, match="the rule is another one than"):
        open_bundle(sealed_with(blobs, json.dumps(file).encode()), blobs)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"name":"year_count","column":"x","sign":2}', b'{"name":"a","column":"x","more":1}',
     b'{"name":"year_count","column":"x","window_days":0}'],
)  # fmt: skip
def test_what_is_no_rule_is_refused(content: bytes, blobs: Blobs) -> None:
    with pytest.raises(RefusedError, match="not a rule of bundle/1"):
        open_bundle(sealed_with(blobs, content), blobs)


def sealed_with(blobs: Blobs, content: bytes) -> str:
    """The bundle of the count of a year, with another file in the rule's place."""
    honest = blobs.record(Bundle, seal_bundle(rule_scorer("year_count", 28), blobs))
    return blobs.put_record(Bundle(files={**honest.files, "rule.json": blobs.put(content)}))
