"""The whole audit of a stored pilot: planted neglect is named, its absence is not."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from civic_ai.audit.audit import NOT_MEASURED, NOT_MEASURED_OF_LISTS, audit_champion
from civic_ai.audit.suppression import mask_audit
from civic_ai.records.audit import AuditReport
from civic_ai.records.figure import Period
from civic_ai.records.record import flatten
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import POLICY

HALVES = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
REPORTING = {
    "method": "duplicates",
    "from": "requests",
    "incident": "incident_id",
    "ended_at": "closed_at",
    "attribute": "half",
}
AUDIT = {"attributes": {"half": HALVES}, "reporting": REPORTING}


def _audit(folder, **changes):
    changes.setdefault("spec", {"audit": AUDIT})
    given = evaluated(folder, **changes)
    return audit_champion(given.spec, given.evaluation, POLICY, given.blobs), given


@pytest.fixture(scope="module")
def neglected(tmp_path_factory):
    return _audit(tmp_path_factory.mktemp("neglected"), missed=0.75)


def _figure(report, attribute, group, metric):
    (found,) = (
        item.figure
        for item in report.groups
        if (item.attribute, item.group, item.metric) == (attribute, group, metric)
    )
    return found


def test_recall_of_a_group_is_that_of_a_plain_count(neglected):
    report, given = neglected
    unit, day, score, label = (given.rows[name] for name in ("unit", "day", "score", "label"))
    found = events = 0.0
    for one in range(51):
        rows = np.flatnonzero(day == one)
        top = rows[np.argsort(-score[rows])[:12]]
        found += label[top][unit[top] % 2 == 1].sum()
        events += label[rows][unit[rows] % 2 == 1].sum()
    assert _figure(report, "half", "q2", "recall").value == pytest.approx(found / events, abs=1e-12)
    assert _figure(report, "half", "q2", "recall").n == events


def test_neglect_is_named_as_the_worst(neglected):
    report, _ = neglected
    assert report.worst_verdict == "fail"
    assert (report.worst.attribute, report.worst.group, report.worst.metric) == ("half", "q2", "recall")
    assert report.worst.ratio.value < 0.7


def test_a_group_that_is_never_visited_is_the_worst(tmp_path):
    report, _ = _audit(tmp_path, missed=0.1)
    assert (report.worst_verdict, report.worst.group, report.worst.ratio.value) == ("fail", "q2", 0.0)


def test_equal_service_is_not_accused(tmp_path):
    verdicts = [_audit(tmp_path / str(seed), seed=seed)[0].worst_verdict for seed in range(6)]
    assert "fail" not in verdicts


def test_a_planted_reporting_bias_is_named(neglected):
    report, _ = neglected
    assert report.reporting.verdict == "fail"
    assert report.reporting.groups[0].ratio.value == pytest.approx(0.4, abs=0.12)


def test_every_group_and_metric_has_a_figure_and_a_verdict(neglected):
    report, _ = neglected
    metrics = ["recall", "service_per_need", "exposure_by_rank", "selection_rate", "precision", "bias_ratio"]
    assert [item.metric for item in report.groups] == [name for name in metrics for _ in range(2)]
    assert [item.metric for item in report.disparities] == metrics
    assert all(
        item.figure.period == Period(first=date(2024, 1, 1), last=date(2024, 12, 16))
        for item in report.groups
    )


def test_what_is_not_measured_is_said(neglected):
    """This city declares no observer, no dates of changes, no intersections, and nobody knows its need."""
    report, _ = neglected
    assert report.frontier is not None
    assert set(report.not_measured) == {*NOT_MEASURED, *NOT_MEASURED_OF_LISTS} - {"mitigation_frontier"}


def test_a_loop_is_looked_at_where_rates_are_measured_and_not_where_assumed(neglected, tmp_path, monkeypatch):
    report, _ = neglected
    assert report.feedback.basis == "assumed"
    assert "feedback" in report.not_measured
    known = report.feedback.model_copy(update={"basis": "measured"})
    monkeypatch.setattr("civic_ai.audit.audit.simulate_feedback", lambda *_: known)
    assert "feedback" not in _audit(tmp_path, missed=0.75)[0].not_measured


def test_a_rule_as_champion_predicts_no_number_to_compare(tmp_path):
    report, _ = _audit(tmp_path, baseline_wins=True)
    assert report.candidate == "recent_count"
    assert "bias_ratio" in report.not_measured
    assert "bias_ratio" not in {item.metric for item in report.groups}


@pytest.mark.parametrize(
    ("intervention", "leading"),
    [("punitive", ("false_positive_rate",)), ("mixed", ("recall", "false_positive_rate"))],
)
def test_what_leads_follows_what_a_visit_does(tmp_path, intervention, leading):
    report, _ = _audit(tmp_path, missed=0.75, spec={"audit": AUDIT, "intervention": intervention})
    assert report.leading == leading
    assert report.worst_verdict == "fail"
    assert report.worst.metric in leading


def test_shares_of_residents_pass_through_the_whole_audit(tmp_path):
    language = {
        "from": "areas",
        "shares": {"majority": "pop_major", "minority": "pop_minor"},
        "of": "population",
        "reference_group": "majority",
    }
    report, _ = _audit(tmp_path, missed=0.75, spec={"audit": {"attributes": {"language": language}}})
    (record,) = report.attributes
    assert (record.weighted_by, record.groups) == ("population", ("majority", "minority"))
    assert (
        _figure(report, "language", "minority", "recall").value
        < _figure(report, "language", "majority", "recall").value
    )
    assert report.reporting.why_unknown == "not_asked"
    assert report.reporting.verdict == "unknown"


def test_areas_without_a_value_are_a_group_and_a_finding(tmp_path):
    income = [None if a < 6 else float(a % 2 * 100 + a) for a in range(AREAS)]
    report, _ = _audit(tmp_path, income=income)
    assert report.attributes[0].groups == ("q1", "q2", "unknown")
    (finding,) = (item for item in report.findings if item.code == "audit_group_unknown")
    assert finding.severity == "warning"
    assert finding.count is None


@pytest.mark.parametrize(
    ("dated", "code"),
    [
        (None, "audit_attribute_undated"),
        (Period(first=date(2010, 1, 1), last=date(2011, 1, 1)), "audit_attribute_other_time"),
        (Period(first=date(2020, 1, 1), last=date(2024, 6, 1)), None),
    ],
)
def test_an_attribute_of_another_time_is_a_finding(tmp_path, dated, code):
    report, _ = _audit(tmp_path, dated=dated)
    codes = [item.code for item in report.findings if item.code.startswith("audit_attribute")]
    assert codes == ([] if code is None else [code])


def test_suppression_was_checked_on_what_the_public_will_see(neglected):
    report, _ = neglected
    assert report.suppression.visible_small_cells == 0
    assert mask_audit(report, POLICY).suppression == report.suppression


def test_the_same_inputs_give_the_same_record(neglected, tmp_path):
    again, _ = _audit(tmp_path, missed=0.75)
    assert again.digest == neglected[0].digest


def test_the_record_survives_the_store_and_flattens_to_unique_facts(neglected):
    report, given = neglected
    assert given.blobs.record(AuditReport, given.blobs.put_record(report)) == report
    names = [name for name, _ in flatten(report, "audit")]
    assert len(set(names)) == len(names)
    assert {"audit.worst_verdict", "audit.reporting.verdict", "audit.suppression.visible_small_cells"} <= set(
        names
    )


def test_coverage_of_intervals_stands_in_the_audit_of_demand(tmp_path):
    spec = {"audit": {"attributes": {"half": HALVES}}}
    report, _ = _audit(tmp_path, counts=True, held=(0.97, 0.7), missed=0.6, spec=spec)
    assert report.coverage_verdict == "fail"
    assert report.worst_covered.group == "q2"
    assert [item.group for item in report.groups if item.metric == "interval_coverage"] == ["q1", "q2"]
    assert "interval_coverage" not in {item.metric for item in report.disparities}
