"""Sums against need, by hand: 1 / P problems for every report."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from civic_ai.audit.cells import CELLS
from civic_ai.audit.disparity import measure
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.need_sums import NEED_METRICS, correct
from civic_ai.audit.rates import sum_groups
from civic_ai.audit.reported_share import ReportedShares
from civic_ai.panel.groups import Grouping

GROUP = np.array([0, 0, 1, 1, 1, 0])
AREA = np.array([0, 0, 1, 1, 2, 2])  # the last one stands for the city
SHARE = np.array([0.8, 0.4, 0.5])


def _made(draws: np.ndarray):
    rng = np.random.default_rng(2)
    cells = rng.integers(5, 30, (6, len(CELLS))).astype(float)
    grouping = Grouping("g", ("a", "b"), "a", np.eye(2)[GROUP], np.ones(6))
    given = SimpleNamespace(groupings=[grouping], spec=SimpleNamespace(seed=1), clusters=np.arange(6))
    return cells, given, correct(given, cells, ReportedShares(SHARE, draws), AREA)


def test_cases_are_divided_by_the_share_that_is_reported_and_nothing_else_is():
    cells, _, made = _made(np.tile(SHARE, (1000, 1)))
    for i, name in enumerate(CELLS):
        counted = cells[:, i] / (SHARE[AREA] if name in ("events", "found") else 1.0)
        expected = [counted[GROUP == 0].sum(), counted[GROUP == 1].sum(), counted.sum()]
        assert made.sums[0].totals[:, i] == pytest.approx(expected), name
        assert made.drawn[0].replicates[:, :, i] == pytest.approx(np.tile(expected, (1000, 1))), name


def test_every_draw_of_the_shares_is_counted_anew():
    draws = np.random.default_rng(3).uniform(0.3, 0.9, (1000, 3))
    cells, _, made = _made(draws)
    found = CELLS.index("found")
    by_hand = (cells[:, found] / draws[:, AREA]) @ np.eye(2)[GROUP]
    assert made.drawn[0].replicates[:, :2, found] == pytest.approx(by_hand)


def test_both_errors_add_up_and_n_stays_that_of_the_reports():
    draws = SHARE * np.exp(0.3 * np.random.default_rng(4).standard_normal((1000, 3)))
    cells, given, made = _made(draws)
    reports = measure(
        sum_groups(cells, given.groupings, seed=1, clusters=given.clusters), METRICS["recall"], None
    )
    (need,) = made.measured(reports)
    places = measure(made.sums, METRICS["recall"], None)[0].rates.logs
    rates = measure(made.drawn, METRICS["recall"], None)[0].rates.logs
    assert need.rates.logs.var(axis=0) == pytest.approx(places.var(axis=0) + rates.var(axis=0), rel=0.1)
    assert need.rates.logs.mean(axis=0) == pytest.approx(places.mean(axis=0))
    assert need.rates.n == pytest.approx(reports[0].rates.n)
    assert need.rates.error_floor == pytest.approx(reports[0].rates.error_floor)


def test_all_metrics_against_need_count_cases():
    for name in NEED_METRICS:
        metric = METRICS[name]
        assert {"events", "found"} & (set(metric.over) | set(metric.under)), name


def test_places_of_one_cluster_are_drawn_together():
    """Where all are one cluster, every draw of places is the city itself."""
    cells, given, apart = _made(np.tile(SHARE, (1000, 1)))
    given.clusters = np.zeros(6, dtype=np.int64)
    together = correct(given, cells, ReportedShares(SHARE, np.tile(SHARE, (1000, 1))), AREA)
    assert apart.sums[0].replicates.std(axis=0).min() > 0
    assert together.sums[0].replicates == pytest.approx(np.tile(together.sums[0].totals, (1000, 1, 1)))
