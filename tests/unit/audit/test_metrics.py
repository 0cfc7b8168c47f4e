"""The table of metrics is whole: known cells, and every intervention has a metric that leads."""

from __future__ import annotations

import pytest

from civic_ai.audit.cells import CELLS
from civic_ai.audit.metrics import LEADING, METRICS, METRICS_FOR


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_is_a_ratio_of_known_cells(metric):
    assert {*metric.over, *metric.under} <= set(CELLS)
    assert METRICS[metric.name] is metric


@pytest.mark.parametrize("intervention", ["assistive", "punitive", "mixed"])
def test_what_leads_is_measured_first(intervention):
    names = METRICS_FOR[intervention]
    assert len(set(names)) == len(names)
    assert set(names) <= set(METRICS)
    assert names[0] == LEADING[intervention][0]
    assert set(LEADING[intervention]) <= set(names)


def test_both_errors_lead_where_a_visit_can_help_or_punish():
    assert set(LEADING["mixed"]) == {*LEADING["assistive"], *LEADING["punitive"]}
    assert set(METRICS_FOR["mixed"]) == {*METRICS_FOR["assistive"], *METRICS_FOR["punitive"]}


def test_a_metric_without_cases_says_why():
    assert METRICS["recall"].why_missing == "no_positives"
    assert METRICS["precision"].why_missing == "no_rows"
