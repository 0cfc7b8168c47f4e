"""The audit of the champion: for whom the list works less well, and who does not report."""

from __future__ import annotations

from civic_ai.audit.audited import check_figures, check_suppression, unchecked
from civic_ai.audit.coverage import measure_coverage
from civic_ai.audit.duplicates import examine_reporting
from civic_ai.audit.findings import find_about_attributes, find_about_groups
from civic_ai.audit.given import Given, read_given
from civic_ai.audit.measured import measure_groups
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
    "mitigation_frontier",
)
"""What no audit looks at; every card says so."""

NOT_MEASURED_OF_LISTS = ("exposure_by_rank", "feedback")
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
        reporting=examine_reporting(spec, given.tables, policy),
        suppression=unchecked(policy),
        not_measured=(*_not_measured(given), *made.left_out),
        findings=(*about_groups, *find_about_attributes(spec, given.snapshot, made.period)),
    )
    return check_figures(check_suppression(report, policy), evaluation, policy)


def _not_measured(given: Given) -> tuple[str, ...]:
    """What this audit does not look at; who made the record, unless lists within each observer were tried."""
    names = NOT_MEASURED + (NOT_MEASURED_OF_LISTS if given.evaluation.capacity is not None else ())
    looked = any(part.within_observer is not None for part in given.evaluation.time_to_find)
    return tuple(name for name in names if not (name == "observer_test" and looked))
