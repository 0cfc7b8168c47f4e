"""The audit of the champion: for whom the list works less well, and who does not report."""

from __future__ import annotations

from civic_ai.audit.area_reporting import measure_areas
from civic_ai.audit.audited import check_figures, check_suppression, unchecked
from civic_ai.audit.coverage import measure_coverage
from civic_ai.audit.feedback import simulate_feedback
from civic_ai.audit.findings import find_about_attributes, find_about_groups
from civic_ai.audit.frontier import measure_frontier
from civic_ai.audit.given import Given, read_given
from civic_ai.audit.intersections import measure_intersections
from civic_ai.audit.label_changes import find_label_changes
from civic_ai.audit.measured import Measurement, measure_groups
from civic_ai.audit.need import audit_need
from civic_ai.audit.observer import examine_observer
from civic_ai.audit.reporting_bias import examine_reporting
from civic_ai.audit.reporting_places import read_places
from civic_ai.audit.slices import search_slices
from civic_ai.audit.within import bound_within_areas
from civic_ai.pilot.metric_tree import choose_metrics
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs

NOT_MEASURED = (
    "need_apart_from_reports",
    "differences_within_areas",
    "intersections",
    "observer_test",
    "label_changes",
    "mitigation_frontier",
)
"""What no audit looks at; every card says so."""

NOT_MEASURED_OF_LISTS = ("feedback",)
"""What an audit of a list does not look at either."""


def audit_champion(spec: PilotSpec, evaluation: Evaluation, policy: Policy, blobs: Blobs) -> AuditReport:
    """The full audit of ``evaluation.champion`` over all test splits, for the board (public: ``mask_audit``).

    Raises :class:`ConfigError` or :class:`DataError` where an attribute or a score cannot be read.
    """
    given = read_given(spec, evaluation, blobs)
    made, covered = measure_groups(given, policy), measure_coverage(given, policy)
    about_groups = find_about_groups(made.sums, policy)
    report = AuditReport(
        evaluation=evaluation.digest,
        candidate=evaluation.champion,
        intervention=spec.intervention,
        attributes=tuple(grouping.record() for grouping in given.groupings),
        counts=made.counts,
        groups=(*made.audited.groups, *covered.figures),
        leading=made.asked.leading,
        disparities=made.audited.disparities,
        worst=made.audited.worst,
        worst_verdict=made.audited.worst_verdict,
        coverage_verdict=covered.verdict,
        worst_covered=covered.worst,
        choice=choose_metrics(spec),
        intersections=measure_intersections(given, made, policy),
        within_areas=bound_within_areas(given, made),
        slices=search_slices(given, made, policy),
        reporting=examine_reporting(spec, given.tables, policy, read_places(spec, given.snapshot, blobs)),
        suppression=unchecked(policy),
        findings=(*about_groups, *find_about_attributes(spec, given.snapshot, made.period)),
    )
    report = _with_causes(report, given, made, policy)
    return check_figures(check_suppression(report, policy), evaluation, policy)


def _with_causes(report: AuditReport, given: Given, made: Measurement, policy: Policy) -> AuditReport:
    """The report with what its labels rest on, what acting on it does, and what could be done about it."""
    by_area = measure_areas(given, report.reporting)
    need, feedback = audit_need(given, made, by_area, policy), simulate_feedback(given, by_area, policy)
    observer, changes = examine_observer(given, policy), find_label_changes(given, policy)
    frontier = measure_frontier(given, policy, by_area)
    looked_at = {
        "observer_test": observer.why_unknown is None,
        "label_changes": changes is not None,
        "mitigation_frontier": frontier is not None,
        "intersections": bool(given.spec.audit.intersections),
        "need_apart_from_reports": need.why_unknown is None,
        "feedback": feedback is not None and feedback.basis == "measured",
    }
    return report.model_copy(
        update={
            "need": need,
            "feedback": feedback,
            "frontier": frontier,
            "observer": observer,
            "label_changes": changes or (),
            "not_measured": (*_not_measured(given, looked_at), *made.left_out),
        }
    )


def _not_measured(given: Given, looked_at: dict[str, bool]) -> tuple[str, ...]:
    """What this audit does not look at."""
    names = NOT_MEASURED + (NOT_MEASURED_OF_LISTS if given.evaluation.capacity is not None else ())
    return tuple(name for name in names if not looked_at.get(name))
