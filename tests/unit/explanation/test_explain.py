"""The whole explanation, on worlds whose truth is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from civic_ai.explanation import explain
from civic_ai.explanation.explain import explain_champion, sample_rows
from civic_ai.explanation.reasons import REASONS
from civic_ai.records.explanation import Explanation
from civic_ai.records.policy import Suppression
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import FAMILIES, make_pilot, simulate
from tests.unit.models.waiting import make_waiting_pilot, simulate_waits

from .judged import POLICY, Judged, judge, judge_pilot


def explain_anew(judged: Judged) -> Explanation:
    return explain_champion(judged.pilot.spec, judged.evaluation, POLICY, judged.blobs)


@cache
def explained(judged: Judged) -> Explanation:
    """Made once for each judged pilot."""
    return explain_anew(judged)


def test_laws_of_every_explanation(judged: Judged) -> None:
    made = explained(judged)
    assert made.candidate == judged.evaluation.champion
    assert made.predictions == judged.evaluation.predictions
    assert made.rows_explained == len(judged.cases.frame)
    assert made.additivity_error is not None
    assert made.additivity_error < 1e-6
    assert sum(part.share for part in made.contributions) == pytest.approx(1.0)
    assert sum(part.share.value or 0 for part in made.families) == pytest.approx(1.0)
    for sizes in (
        [part.share for part in made.contributions],
        [part.share.value or 0 for part in made.families],
    ):
        assert sizes == sorted(sizes, reverse=True)
    for figure in (*(p.mean_absolute for p in made.contributions), *(p.share for p in made.families)):
        assert figure.n == made.rows_explained
        assert figure.lower is not None
        assert figure.upper is not None
        assert figure.lower - 1e-9 <= (figure.value or 0) <= figure.upper + 1e-9
    for example in made.examples:
        assert example.cases >= POLICY.suppression.minimum
        assert set(example.reasons) <= set(REASONS)


@pytest.mark.parametrize(
    ("champion", "method"),
    [("year_count", "rule"), ("poisson_glm", "coefficients"), ("lightgbm", "tree_shap")],
)
def test_the_method_is_named(champions: Mapping[str, Judged], champion: str, method: str) -> None:
    assert explained(champions[champion]).method == method


def test_it_is_the_same_each_time(judged: Judged) -> None:
    assert explain_anew(judged).digest == explained(judged).digest


@pytest.mark.parametrize("champion", ["poisson_glm", "lightgbm"])
def test_directions_are_those_of_the_world(champions: Mapping[str, Judged], champion: str) -> None:
    """Log-linear world: counts and rain raise, road age lowers."""
    ways = {part.feature: part.direction for part in explained(champions[champion]).contributions}
    assert ways["road_age"] == "lowers"
    assert ways["requests_28d"] == ways["requests_364d"] == ways["neighbours_28d"] == "raises"


def test_the_family_that_makes_the_world_comes_first(tmp_path: Path) -> None:
    def weather_only(frame: pd.DataFrame) -> np.ndarray:
        return (-0.5 + 1.2 * frame["rain_7d"]).to_numpy()

    for champion in ("poisson_glm", "lightgbm"):
        made = explained(judge(Blobs(tmp_path / champion), champion, truth=weather_only))
        first = made.families[0]
        assert (first.family, first.direction) == ("weather", "raises")
        assert (first.share.value or 0) > 0.7
        assert first.is_stable


def test_a_family_that_never_moves_a_score_has_no_direction(tmp_path: Path) -> None:
    frame = simulate()
    frame["road_age"] = 1.0
    made = explained(judge_pilot(make_pilot(Blobs(tmp_path), frame), "poisson_glm", "count"))
    area = next(part for part in made.families if part.family == "area")
    assert (area.share.value, area.direction) == (0.0, "none")


def test_a_rule_is_all_history(champions: Mapping[str, Judged]) -> None:
    made = explained(champions["year_count"])
    (family,) = made.families
    assert (family.family, family.direction, family.share.value) == ("history", "raises", 1.0)
    assert family.is_stable
    by_name = {example.name: example for example in made.examples}
    assert by_name["list"].score > by_name["next"].score > by_name["middle"].score
    assert by_name["list"].reasons == ("history_raises",)


def test_copies_are_a_caveat_within_a_family_and_another_between_families(tmp_path: Path) -> None:
    frame = simulate()
    frame["requests_364d"] = frame["requests_28d"] * 13
    within = explained(judge_pilot(make_pilot(Blobs(tmp_path / "a"), frame), "poisson_glm", "count"))
    assert "correlated_features" in within.caveats
    assert "correlated_families" not in within.caveats
    frame["neighbours_28d"] = frame["requests_28d"]
    between = explained(judge_pilot(make_pilot(Blobs(tmp_path / "b"), frame), "poisson_glm", "count"))
    assert {"correlated_features", "correlated_families"} <= set(between.caveats)


def test_copies_do_not_change_what_a_family_weighs(tmp_path: Path) -> None:
    """METHODS 5: a copy takes credit from its twin, but their family keeps it."""
    frame = simulate().drop(columns="requests_364d")
    alone = explained(judge_pilot(make_pilot(Blobs(tmp_path / "a"), frame), "poisson_glm", "count"))
    frame["requests_364d"] = frame["requests_28d"]
    twins = explained(judge_pilot(make_pilot(Blobs(tmp_path / "b"), frame), "poisson_glm", "count"))
    shares = [
        next(part.share.value or 0 for part in made.families if part.family == "history")
        for made in (alone, twins)
    ]
    assert shares[1] == pytest.approx(shares[0], abs=0.02)
    one = next(part.share for part in alone.contributions if part.feature == "requests_28d")
    half = next(part.share for part in twins.contributions if part.feature == "requests_28d")
    assert half < 0.7 * one


def test_few_dates_are_said_and_nothing_is_called_stable(tmp_path: Path) -> None:
    short = {"splits": 2, "test_days": 70, "lockbox_days": 28}
    made = explained(judge(Blobs(tmp_path), "poisson_glm", validation=short))
    assert "too_few_dates" in made.caveats
    assert not any(part.is_stable for part in made.families)
    assert all(part.share.lower is None for part in made.families)


def test_a_large_lockbox_is_sampled_and_says_so(
    champions: Mapping[str, Judged], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = champions["lightgbm"]
    whole = explained(judged)
    monkeypatch.setattr(explain, "SAMPLE_ROWS", 250)
    sampled = explain_anew(judged)
    assert sampled.rows_explained == 250 < whole.rows_explained
    for part in whole.families:
        twin = next(other for other in sampled.families if other.family == part.family)
        assert twin.share.value == pytest.approx(part.share.value, abs=0.05)


def test_samples_are_without_repeats_in_order_and_seeded() -> None:
    rows = np.arange(100, 200)
    drawn = sample_rows(rows, 30, 1)
    assert len(set(drawn)) == 30
    assert set(drawn) <= set(rows)
    assert list(drawn) == sorted(drawn)
    np.testing.assert_array_equal(drawn, sample_rows(rows, 30, 1))
    assert not np.array_equal(drawn, sample_rows(rows, 30, 2))
    np.testing.assert_array_equal(sample_rows(rows, 100, 1), rows)


def test_examples_respect_the_minimum_of_the_policy(champions: Mapping[str, Judged]) -> None:
    judged = champions["lightgbm"]
    strict = POLICY.model_copy(update={"suppression": Suppression(minimum=10_000)})
    made = explain_champion(judged.pilot.spec, judged.evaluation, strict, judged.blobs)
    assert made.examples == ()


def test_no_unit_and_no_day_of_a_row_stands_in_the_record(judged: Judged) -> None:
    text = explained(judged).to_json().decode()
    units = set(judged.cases.frame["unit"])
    assert not any(re.search(rf"\b{unit}\b", text) for unit in units)
    first = judged.cases.frame["as_of"].min().date()
    last = judged.cases.frame["as_of"].max().date()
    days = {str(first + timedelta(days=day)) for day in range(1, (last - first).days)}
    assert not any(day in text for day in days)


def test_features_have_the_families_of_the_panel(champions: Mapping[str, Judged]) -> None:
    for part in explained(champions["lightgbm"]).contributions:
        assert part.family == FAMILIES[part.feature]


def test_waits_are_explained_by_typical_cases_of_long_and_short(tmp_path: Path) -> None:
    pilot = make_waiting_pilot(Blobs(tmp_path), simulate_waits(per_date=40))
    made = explained(judge_pilot(pilot, "lightgbm_hazard", "duration"))
    assert made.method == "tree_shap"
    by_name = {example.name: example for example in made.examples}
    assert set(by_name) == {"highest", "middle", "lowest"}
    assert by_name["highest"].score > by_name["middle"].score > by_name["lowest"].score
    units = set(simulate_waits(per_date=40)["unit"])
    assert not units & set(re.findall(r"c\d{5}", made.to_json().decode()))


def test_a_rule_that_says_the_same_of_all_has_no_families(tmp_path: Path) -> None:
    pilot = make_waiting_pilot(Blobs(tmp_path), simulate_waits(per_date=15))
    made = explained(judge_pilot(pilot, "curve_of_all", "duration"))
    assert (made.method, made.families, made.contributions) == ("rule", (), ())
    assert all(example.reasons == () for example in made.examples)
