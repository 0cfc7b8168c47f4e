"""Which of all comparisons a card speaks of: the one that decides the audit's verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from civic_ai.records.audit import AuditReport, Disparity, ReportingGroup

_ORDER = ("fail", "insufficient_evidence", "unknown", "pass")
Compared = TypeVar("Compared", Disparity, ReportingGroup)


def judged_disparities(audit: AuditReport) -> list[Disparity]:
    """Disparities on the metrics that decide, in the order of :func:`by_verdict`."""
    leading = audit.leading or tuple(part.metric for part in audit.disparities)
    return by_verdict(part for part in audit.disparities if part.metric in leading)


def by_verdict(parts: Iterable[Compared]) -> list[Compared]:
    """Failures first, then what cannot be told, then the rest; of equal verdicts the widest first."""
    return sorted(
        parts,
        key=lambda part: (_ORDER.index(part.verdict), -_distance(part), part.attribute, part.group),
    )


def deciding_disparity(audit: AuditReport) -> Disparity | None:
    """The disparity that the verdict rests on; None where nothing was compared."""
    return next(iter(judged_disparities(audit)), None)


def deciding_report(audit: AuditReport) -> ReportingGroup | None:
    """The group that the verdict on reporting rests on; None where it was not examined."""
    return next(iter(by_verdict(audit.reporting.groups)), None)


def failed_disparities(audit: AuditReport) -> list[Disparity]:
    """Disparities that are certain, the furthest from 1 first."""
    return [part for part in judged_disparities(audit) if part.verdict == "fail"]


def _distance(part: Disparity | ReportingGroup) -> float:
    return 0.0 if part.ratio.value is None else abs(1 - part.ratio.value)
