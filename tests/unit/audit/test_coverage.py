"""Whether intervals hold for every group: planted failure is named, its absence is not."""

from __future__ import annotations

import pytest

from civic_ai.audit.audit import audit_champion
from civic_ai.audit.coverage import coverage_verdict, measure_coverage
from civic_ai.audit.given import read_given
from civic_ai.records.figure import Figure, missing
from tests.unit.audit.city import evaluated
from tests.unit.audit.made import POLICY, policy

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
HALVES = {"attributes": {"half": HALF}}


def _covered(folder, held, *, overall="pass", chosen=POLICY):
    made = evaluated(folder, counts=True, held=held, spec={"audit": HALVES})
    evaluation = made.evaluation.model_copy(update={"coverage_verdict": overall})
    return measure_coverage(read_given(made.spec, evaluation, made.blobs), chosen)


def test_coverage_of_a_group_is_that_of_a_plain_count(tmp_path):
    made = evaluated(tmp_path, counts=True, held=(0.95, 0.7), spec={"audit": HALVES})
    rows = made.blobs.table(made.evaluation.lockbox_blob).to_pandas()
    odd = rows[rows["unit"].astype(str).str[1:].astype(int) % 2 == 1]
    covered = measure_coverage(read_given(made.spec, made.evaluation, made.blobs), POLICY)
    (figure,) = (item.figure for item in covered.figures if item.group == "q2")
    assert figure.value == pytest.approx(((odd.lower <= 5) & (odd.upper >= 5)).mean())
    assert figure.n == len(odd) == 900


def test_intervals_that_hold_everywhere_pass(tmp_path):
    assert _covered(tmp_path, (0.93, 0.94)).verdict == "pass"


def test_intervals_that_fail_in_one_group_fail_and_the_group_is_named(tmp_path):
    covered = _covered(tmp_path, (0.97, 0.7))
    assert (covered.verdict, covered.worst.group, covered.worst.metric) == ("fail", "q2", "interval_coverage")
    assert covered.worst.figure.value == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("overall", ["fail", "unknown", "insufficient_evidence"])
def test_the_verdict_over_all_counts_too(tmp_path, overall):
    assert _covered(tmp_path, (0.93, 0.94), overall=overall).verdict == overall


def test_groups_with_too_few_rows_decide_nothing(tmp_path):
    covered = _covered(tmp_path, (0.97, 0.7), chosen=policy(group_events=901))
    assert (covered.verdict, covered.worst) == ("pass", None)
    assert len(covered.figures) == 2


def test_without_intervals_nothing_is_known(tmp_path):
    covered = _covered(tmp_path, None)
    assert (covered.verdict, covered.figures, covered.worst) == ("unknown", (), None)


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure(value=0.9, lower=0.871, upper=0.92, n=900), "pass"),
        (Figure(value=0.9, lower=0.87, upper=0.92, n=900), "insufficient_evidence"),
        (Figure(value=0.8, lower=0.75, upper=0.86, n=900), "fail"),
        (Figure(value=1.0, lower=0.99, upper=1.0, n=900), "pass"),
        (Figure(value=0.9, n=900), "insufficient_evidence"),
        (missing("no_rows"), "insufficient_evidence"),
    ],
)
def test_the_promise_is_held_to_its_tolerance(figure, verdict):
    assert coverage_verdict(figure, POLICY) == verdict


def test_it_stands_in_the_audit_of_demand(tmp_path):
    made = evaluated(tmp_path, counts=True, held=(0.97, 0.7), missed=0.6, spec={"audit": HALVES})
    report = audit_champion(made.spec, made.evaluation, POLICY, made.blobs)
    assert report.coverage_verdict == "fail"
    assert report.worst_covered.group == "q2"
    assert [item.group for item in report.groups if item.metric == "interval_coverage"] == ["q1", "q2"]
    assert "interval_coverage" not in {item.metric for item in report.disparities}
