"""Which of all disparities a card speaks of: the one that decides the audit's verdict."""

from __future__ import annotations

from civic_ai.records.audit import AuditReport, Disparity

_ORDER = ("fail", "insufficient_evidence", "unknown", "pass")


def judged_disparities(audit: AuditReport) -> list[Disparity]:
    """Disparities on the metrics that decide; failures first, then what cannot be told, then the rest;
    among equal verdicts the furthest from 1 first."""
    leading = audit.leading or tuple(part.metric for part in audit.disparities)
    own = [part for part in audit.disparities if part.metric in leading]
    return sorted(
        own, key=lambda part: (_ORDER.index(part.verdict), -_distance(part), part.attribute, part.group)
    )


def deciding_disparity(audit: AuditReport) -> Disparity | None:
    """The disparity that the verdict rests on; None where nothing was compared."""
    return next(iter(judged_disparities(audit)), None)


def failed_disparities(audit: AuditReport) -> list[Disparity]:
    """Disparities that are certain, the furthest from 1 first."""
    return [part for part in judged_disparities(audit) if part.verdict == "fail"]


def _distance(part: Disparity) -> float:
    return 0.0 if part.ratio.value is None else abs(1 - part.ratio.value)
