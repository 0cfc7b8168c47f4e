"""Figures as the question asks for them: a list's visits, a forecast's errors."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.given import read_given
from civic_ai.audit.measured import measure_groups
from tests.unit.audit.city import evaluated
from tests.unit.audit.made import POLICY

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
