"""The table of metrics is whole, and what is proposed is on it."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.cells import CELLS
from civic_ai.audit.durations import DELAY_METRICS
from civic_ai.audit.metrics import METRICS, asked_for, asked_of
from civic_ai.audit.rates import rates, sum_groups
from civic_ai.pilot.metric_tree import shipped_tree
from tests.unit.audit.made import LANGUAGE, cells_of, one_hot, pilot

KNOWN = METRICS | DELAY_METRICS


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_is_a_ratio_of_known_cells(metric):
    assert {*metric.over, *metric.under} <= set(CELLS)
    assert METRICS[metric.name] is metric


@pytest.mark.parametrize("name", shipped_tree().proposals)
def test_every_proposed_metric_can_be_measured(name):
    proposal = shipped_tree().proposals[name]
    assert set(proposal.shown) <= set(KNOWN)
    assert len(set(proposal.shown)) == len(proposal.shown)


@pytest.mark.parametrize(
    ("question", "intervention", "leading"),
    [
        ("ranking", "assistive", ("recall",)),
        ("cases", "punitive", ("false_positive_rate",)),
        ("ranking", "mixed", ("recall", "false_positive_rate")),
        ("demand", "assistive", ("bias_ratio",)),
        ("durations", "punitive", ("restricted_mean_days", "bias_ratio")),
    ],
)
def test_what_leads_by_what_a_visit_does(question, intervention, leading):
    assert asked_of(question, intervention).leading == leading
    assert asked_of(question, intervention, is_limited=True).leading == leading


def test_the_place_on_the_list_matters_only_where_visits_are_limited():
    assert "exposure_by_rank" in asked_of("ranking", "assistive", is_limited=True).metrics
    assert "exposure_by_rank" not in asked_of("ranking", "assistive").metrics


def test_what_a_pilot_chose_leads_and_all_is_measured():
    chosen = {"by": "the equity office", "why": "It is what we promised.", "metrics": ["service_per_need"]}
    spec = pilot(audit={"attributes": {"language": LANGUAGE}, "chosen": chosen})
    assert asked_for(spec).leading == ("service_per_need",)
    assert asked_for(spec).metrics == asked_for(pilot()).metrics
    assert asked_for(pilot()).leading == ("recall",)


def test_being_visited_without_cause_is_worse_where_it_is_more_often():
    assert [name for name, metric in METRICS.items() if metric.low_is_worse] == [
        "recall", "selection_rate", "precision", "service_per_need", "exposure_by_rank", "interval_coverage",
    ]  # fmt: skip


def test_a_metric_without_cases_says_why():
    assert METRICS["recall"].why_missing == "no_positives"
    assert METRICS["precision"].why_missing == "no_rows"


def test_every_metric_is_what_its_words_say():
    """The formulas of METHODS 3.1, written down a second time, on two groups with other counts."""
    here = {
        "rows": 1000, "positives": 150, "events": 200, "selected": 100, "hits": 60, "found": 80,
        "exposure": 12.5, "predicted": 250, "absolute_error": 90, "deviance": 700, "shortfall": 30,
        "told": 400, "covered": 360,
    }  # fmt: skip
    there = {name: 3 * count for name, count in here.items()} | {"events": 300, "selected": 500}
    cells = cells_of(**{name: np.array([here[name], there[name]], dtype=float) for name in here})
    (sums,) = sum_groups(cells, [one_hot(np.array([0, 1]), 2)], seed=1)
    expected = {
        "recall": (80 / 200, 200),
        "selection_rate": (100 / 1000, 1000),
        "precision": (60 / 100, 100),
        "service_per_need": ((100 / 600) / (200 / 500), 200),
        "exposure_by_rank": ((12.5 / 200) / (50 / 500), 200),
        "bias_ratio": (200 / 250, 200),
        "false_positive_rate": ((100 - 60) / (1000 - 150), 850),
        "false_discovery_rate": ((100 - 60) / 100, 100),
        "absolute_error_per_event": (90 / 200, 200),
        "mean_poisson_deviance": (700 / 1000, 1000),
        "worst_shortfall": (30 / 200, 200),
        "interval_coverage": (360 / 400, 400),
    }
    made = {name: rates(sums, metric) for name, metric in METRICS.items()}
    assert {name: (one.value[0], one.n[0]) for name, one in made.items()} == {
        name: (pytest.approx(value), n) for name, (value, n) in expected.items()
    }


def test_shares_are_bounded_by_1_and_parts_of_the_whole_are_not():
    assert [name for name, metric in METRICS.items() if not metric.is_share] == [
        "service_per_need", "exposure_by_rank", "bias_ratio", "absolute_error_per_event",
        "mean_poisson_deviance",
    ]  # fmt: skip
    relative = [name for name, metric in METRICS.items() if metric.is_relative]
    assert relative == ["service_per_need", "exposure_by_rank"]
