"""Figures as the question asks for them: a list's visits, a forecast's errors."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.bootstrap import clusters_of
from civic_ai.audit.cells import Scored, list_cells
from civic_ai.audit.given import read_given
from civic_ai.audit.measured import measure_groups
from civic_ai.audit.rates import sum_groups
from civic_ai.evaluation.chance import visit_chance
from tests.unit.audit.city import AREAS, TESTED, evaluated
from tests.unit.audit.made import POLICY, one_hot

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
HALVES = {"attributes": {"half": HALF}}


def _measured(folder, **changes):
    made = evaluated(folder, spec={"audit": HALVES}, **changes)
    return measure_groups(read_given(made.spec, made.evaluation, made.blobs), POLICY), made


def test_a_forecast_that_expects_too_little_of_a_group_fails_on_its_bias(tmp_path):
    made, given = _measured(tmp_path, counts=True, missed=0.6)
    known = ~np.isnan(given.rows["label"])
    odd = (given.rows["unit"] % 2 == 1) & known
    figures = {(item.group, item.metric): item.figure for item in made.audited.groups}
    expected = given.rows["label"][odd].sum() / given.rows["score"][odd].sum()
    assert figures["q2", "bias_ratio"].value == pytest.approx(expected)
    assert made.audited.worst_verdict == "fail"
    assert (made.audited.worst.group, made.audited.worst.metric) == ("q2", "bias_ratio")
    assert figures["q2", "worst_shortfall"].value > 2 * figures["q1", "worst_shortfall"].value


def test_an_even_forecast_passes(tmp_path):
    assert _measured(tmp_path, counts=True)[0].audited.worst_verdict == "pass"


def test_a_forecast_selects_nobody(tmp_path):
    made, _ = _measured(tmp_path, counts=True)
    metrics = {item.metric for item in made.audited.groups}
    assert metrics == {"bias_ratio", "absolute_error_per_event", "mean_poisson_deviance", "worst_shortfall"}
    for count in made.counts:
        assert (count.selected, count.hits, count.found) == (None, None, None)
        assert count.events > count.positives > 0


def test_a_rule_of_counts_has_a_bias_and_a_rule_of_events_has_none(tmp_path):
    counts, _ = _measured(tmp_path / "counts", counts=True, baseline_wins=True)
    events, _ = _measured(tmp_path / "events", baseline_wins=True)
    assert counts.left_out == ()
    assert events.left_out == ("bias_ratio",)


def _waits(folder, slower):
    """Cases in 60 areas that wait 10 days on average, ``slower`` times as long in areas of odd number."""
    made = evaluated(folder, spec={"audit": HALVES})
    given = read_given(made.spec, made.evaluation, made.blobs)
    rng = np.random.default_rng(5)
    area = rng.integers(0, AREAS, 9000)
    wait = rng.exponential(10.0 * np.where(area % 2 == 1, slower, 1.0))
    names = [f"A{number:02d}" for number in area]
    cases = [f"c{i}" for i in range(9000)]
    units = pa.table({"unit": cases, "area": names, "type": pa.nulls(9000, pa.string())})
    rows = pa.table(
        {
            "unit": units["unit"],
            "as_of": pa.array([TESTED] * 9000, pa.date32()),
            "candidate": ["lightgbm"] * 9000,
            "score": np.full(9000, 9.3),
            "label": np.minimum(wait, 28.0),
            "ended": wait <= 28.0,
        }
    )
    predictions = given.predictions.model_copy(update={"blob": made.blobs.put_table(rows)})
    panel = given.panel.model_copy(update={"question": "durations", "horizon_days": 28})
    evaluation = made.evaluation.model_copy(update={"question": "durations", "capacity": None})
    label = given.spec.label.model_copy(update={"kind": "duration"})
    asked = {"spec": given.spec.model_copy(update={"label": label}), "units": units}
    return replace(given, **asked, panel=panel, predictions=predictions, evaluation=evaluation)


def test_a_group_that_waits_longer_fails_on_its_days(tmp_path):
    made = measure_groups(_waits(tmp_path, 1.8), POLICY)
    assert made.audited.worst_verdict == "fail"
    assert made.audited.worst.metric in ("restricted_mean_days", "bias_ratio")
    assert {count.selected for count in made.counts} == {None}
    assert sum(count.rows for count in made.counts) == 9000


def test_groups_that_wait_alike_pass(tmp_path):
    assert measure_groups(_waits(tmp_path, 1.0), POLICY).audited.worst_verdict == "pass"


def test_seventy_thousand_cases_take_seconds():
    rng = np.random.default_rng(6)
    area = rng.integers(0, 96, 70_000)
    score = rng.random(70_000)
    label = (rng.random(70_000) < score).astype(float)
    day = rng.integers(0, 100, 70_000)
    begun = time.perf_counter()
    chance = visit_chance(day, score, 50)
    cells = list_cells(Scored(np.arange(70_000), day, score, label), chance, 70_000)
    groupings = [one_hot(area % 4, 4, "quarter"), one_hot(area % 3, 3, "third")]
    sums = sum_groups(cells, groupings, seed=1, clusters=clusters_of([str(one) for one in area]))
    assert time.perf_counter() - begun < 10
    assert sums[0].units.max() < 30
    assert sums[0].replicates.shape[0] == 1000
