from __future__ import annotations

import numpy as np
import pytest

from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scores import make_scope
from civic_ai.evaluation.visits import IS_BASELINE, RANDOM, capacity_curve, per_100_visits, tie_range

from .worlds import blur, draw, lists_of, terms

RATES, LABELS = draw()
SHOWN = {
    "lightgbm": lists_of(blur(RATES, 0.1, 1), LABELS, 6),
    "year_count": lists_of(np.random.default_rng(2).poisson(10 * RATES), LABELS, 6),
}
SCOPE = make_scope("all", SHOWN["lightgbm"], SHOWN["lightgbm"].split >= 0, terms())


def test_the_curve_has_every_way_of_choosing_at_every_capacity() -> None:
    curve = list(capacity_curve(SHOWN, SCOPE, "event"))
    names, units = {point.candidate for point in curve}, {point.units for point in curve}
    assert names == {"lightgbm", "year_count", RANDOM}
    assert 6 in units
    assert len(curve) == len(names) * len(units)


def test_at_the_real_capacity_the_curve_is_the_recall() -> None:
    curve = {(p.candidate, p.units): p.found for p in capacity_curve(SHOWN, SCOPE, "event")}
    for name, lists in SHOWN.items():
        assert curve[name, 6] == SCOPE.figure(lists, METRICS["recall_at_capacity"], "event")


def test_the_curve_rises_and_a_good_list_stays_above_lots() -> None:
    curve = list(capacity_curve(SHOWN, SCOPE, "event"))
    by_name = {name: [p.found.value for p in curve if p.candidate == name] for name in (*SHOWN, RANDOM)}
    for values in by_name.values():
        assert (np.diff(values) > 0).all()
    assert (np.array(by_name["lightgbm"]) > np.array(by_name[RANDOM])).all()
    assert by_name[RANDOM] == pytest.approx(sorted({p.units / 60 for p in curve}))


def test_what_100_visits_find_and_miss() -> None:
    rows = {row.candidate: row for row in per_100_visits(SHOWN, "year_count", SCOPE, "event")}
    assert list(rows) == ["lightgbm", "year_count", RANDOM]
    for name, lists in SHOWN.items():
        precision = SCOPE.figure(lists, METRICS["precision_at_capacity"], "event")
        recall = SCOPE.figure(lists, METRICS["recall_at_capacity"], "event")
        assert rows[name].found.value == pytest.approx(100 * precision.value)
        assert rows[name].found.upper == pytest.approx(100 * precision.upper)
        assert rows[name].missed_share.value == pytest.approx(1 - recall.value)
        assert rows[name].missed_share.lower == pytest.approx(1 - recall.upper)
        assert rows[name].missed_share.upper == pytest.approx(1 - recall.lower)
        assert rows[name].found.n == 6 * len(LABELS)
        assert rows[name].missed_share.n == LABELS.sum()
    assert rows[RANDOM].found.value == pytest.approx(100 * LABELS.mean())


def test_the_difference_to_the_rule_is_paired() -> None:
    rows = {row.candidate: row for row in per_100_visits(SHOWN, "year_count", SCOPE, "event")}
    more = rows["lightgbm"].more_than_best_baseline
    assert more.value == pytest.approx(rows["lightgbm"].found.value - rows["year_count"].found.value)
    apart = rows["lightgbm"].found.upper - rows["year_count"].found.lower
    assert more.upper < apart
    assert rows["year_count"].more_than_best_baseline.why_missing == IS_BASELINE
    assert rows[RANDOM].more_than_best_baseline.value < 0


def test_ties_are_counted_over_all_dates() -> None:
    lists = lists_of([[1, 1, 1], [3, 2, 1]], [[1, 0, 0], [0, 1, 0]], 1)
    ties = tie_range("recent_count", lists)
    assert (ties.worst, ties.expected, ties.best) == (0.0, pytest.approx(1 / 3), 1.0)
