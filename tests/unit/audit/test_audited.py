"""From sums to verdicts: the worst of those that decide."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.audited import (
    audit_sums,
    check_figures,
    check_suppression,
    unchecked,
    worst_disparity,
)
from civic_ai.audit.disclosure import count_small_figures
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import UNKNOWN, Grouping
from civic_ai.records.audit import Disparity
from civic_ai.records.figure import Figure
from tests.unit.audit.made import PERIOD, POLICY, cells_of, one_hot, random_report
from tests.unit.audit.test_evaluation_suppression import random_evaluation


def _disparity(group, value, verdict, metric="recall"):
    return Disparity(
        attribute="part",
        group=group,
        reference_group="g0",
        metric=metric,
        ratio=Figure(value=value, n=900),
        verdict=verdict,
    )


def test_the_worst_is_furthest_from_one_as_a_factor_among_those_decided():
    worst = worst_disparity(
        [
            _disparity("g1", 1.9, "fail"),
            _disparity("g2", 0.5, "fail"),
            _disparity("g3", 0.1, "insufficient_evidence"),
            _disparity("g4", 1.0, "pass"),
        ]
    )
    assert (worst.group, worst.ratio.value) == ("g2", 0.5)


@pytest.mark.parametrize("value", [0.0, None], ids=["none of the group", "none of the reference group"])
def test_nothing_is_worse_than_none_at_all(value):
    worst = worst_disparity([_disparity("g1", 0.01, "fail"), _disparity("g2", value, "fail")])
    assert worst.group == "g2"


def test_nothing_decided_has_no_worst():
    worst = worst_disparity([_disparity("g1", 0.1, "insufficient_evidence")])
    assert (worst.group, worst.ratio.value, worst.ratio.why_missing) == (None, None, "too_few")


def _audited(found, grouping, leading=("recall",)):
    events = np.full(len(found), 50.0)
    cells = cells_of(rows=200.0, positives=events, events=events, selected=60.0, hits=found, found=found)
    sums = sum_groups(cells, [grouping], seed=1)
    return audit_sums(sums, ("recall", "selection_rate"), leading, PERIOD, POLICY)


def test_only_the_leading_metric_decides():
    found = np.where(np.arange(60) % 2 == 1, 10.0, 30.0)
    grouping = one_hot(np.arange(60) % 2, 2)
    assert _audited(found, grouping).worst_verdict == "fail"
    assert _audited(found, grouping, leading=("selection_rate",)).worst_verdict == "pass"


@pytest.mark.parametrize(("many", "verdict"), [(2, "pass"), (6, "fail")])
def test_a_group_unknown_decides_only_when_it_is_large(many, verdict):
    codes = np.array([2] * many + [0, 1] * 30)
    found = np.where(codes == 2, 2.0, 30.0)
    base = one_hot(codes, 3)
    grouping = Grouping("part", ("g0", "g1", UNKNOWN), "g0", base.shares, base.residents)
    audited = _audited(found, grouping)
    assert audited.worst_verdict == verdict
    assert UNKNOWN in {item.group for item in audited.disparities}


def test_one_group_alone_has_nothing_to_be_compared_with():
    audited = _audited(np.full(20, 10.0), one_hot(np.zeros(20, dtype=int), 1))
    assert (audited.worst_verdict, audited.disparities) == ("unknown", ())


def test_suppression_is_unknown_until_it_was_checked():
    report = random_report(1).model_copy(update={"suppression": unchecked(POLICY)})
    assert (report.suppression.visible_small_cells, report.suppression.small_cells) == (None, 0)
    checked = check_suppression(report, POLICY).suppression
    assert (checked.minimum, checked.visible_small_cells) == (11, 0)
    assert checked.small_cells > 0


def test_suppression_is_unknown_where_no_group_is_known():
    known = random_report(1)
    report = known.model_copy(
        update={"counts": tuple(count.model_copy(update={"group": UNKNOWN}) for count in known.counts)}
    )
    assert check_suppression(report, POLICY).suppression.visible_small_cells is None


@pytest.mark.parametrize("known", [None, 2])
def test_what_the_evaluation_shows_is_added_where_it_is_known_what_the_audit_shows(known):
    before = unchecked(POLICY).model_copy(update={"visible_small_cells": known, "small_cells": 5})
    report, evaluation = random_report(1).model_copy(update={"suppression": before}), random_evaluation(1)
    after = check_figures(report, evaluation, POLICY).suppression
    small = count_small_figures(evaluation, POLICY.suppression.minimum)
    assert (after.visible_small_cells, after.small_cells) == (known, 5 + small)
    assert small > 0
