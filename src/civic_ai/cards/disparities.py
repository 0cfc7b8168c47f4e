"""Which of all comparisons a card speaks of: the one that decides the audit's verdict.

Ratios and rates are compared as the public reads them (two decimals), so that the board's pages and
the public's name the same group, unless that group is hidden.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

from civic_ai.records.audit import AuditReport, Disparity, GroupFigure
from civic_ai.records.figure import Verdict
from civic_ai.records.reporting import ReportingGroup

_ORDER = ("fail", "insufficient_evidence", "unknown", "pass")
_SEEN_DECIMALS = 2
Compared = TypeVar("Compared", Disparity, ReportingGroup)


def judged_disparities(audit: AuditReport) -> list[Disparity]:
    """Disparities on the metrics that decide, in the order of :func:`by_verdict`."""
    leading = audit.leading or tuple(part.metric for part in audit.disparities)
    return by_verdict(part for part in audit.disparities if part.metric in leading)


def by_verdict(parts: Iterable[Compared]) -> list[Compared]:
    """Failures first, then what cannot be told, then the rest; of equal verdicts the widest first, and what
    has no interval last."""
    return sorted(parts, key=lambda part: (_ORDER.index(part.verdict), *_widest(part)))


def deciding_disparity(audit: AuditReport) -> Disparity | None:
    """The disparity that the verdict rests on, of those that are shown; None where nothing was compared."""
    return _deciding(judged_disparities(audit), audit.worst_verdict)


def deciding_report(audit: AuditReport) -> ReportingGroup | None:
    """The group that the verdict on reporting rests on, as above; None where it was not examined."""
    return _deciding(by_verdict(audit.reporting.groups), audit.reporting.verdict)


def largest_disparity(audit: AuditReport) -> Disparity | None:
    """The shown disparity furthest from 1 on any metric, decided or not; None where none has a value."""
    measured = [part for part in audit.disparities if part.ratio.value is not None]
    return min(measured, key=_widest, default=None)


def least_reached(audit: AuditReport) -> GroupFigure | None:
    """The recall of the group that is reached least: of the attribute that decides, else of all.

    Groups that were not judged (too small) and those that are hidden are left out; None where none is left.
    """
    judged = {(part.attribute, part.group) for part in audit.disparities if part.verdict != "unknown"}
    judged |= {(part.name, part.reference_group) for part in audit.attributes}
    recalls = [
        part
        for part in audit.groups
        if part.metric == "recall"
        and part.figure.value is not None
        and (part.attribute, part.group) in judged
    ]
    deciding = deciding_disparity(audit)
    own = [part for part in recalls if deciding is not None and part.attribute == deciding.attribute]
    return min(own or recalls, key=_reach, default=None)


def hides_disparities(audit: AuditReport) -> bool:
    """Whether a disparity that could decide is hidden from this reader."""
    return any(part.suppressed for part in judged_disparities(audit))


def hides_reports(audit: AuditReport) -> bool:
    """Whether a group of the question about reporting is hidden from this reader."""
    return any(part.suppressed for part in audit.reporting.groups)


def distance(part: Disparity | ReportingGroup) -> float:
    """How far a ratio lies from 1, as a factor: its |log|. Infinite for 0; -1 where there is none."""
    if part.ratio.value is None:
        return -1.0
    seen = round(part.ratio.value, _SEEN_DECIMALS)
    return abs(math.log(seen)) if seen > 0 else math.inf


def _deciding(parts: list[Compared], verdict: Verdict) -> Compared | None:
    """The first shown part with the verdict, else the first shown one, else the first."""
    return min(parts, key=lambda part: (part.suppressed, part.verdict != verdict), default=None)


def _widest(part: Disparity | ReportingGroup) -> tuple[bool, float, str, str]:
    """What has no interval comes last: a ratio of 0 over nobody is no gap that a board could weigh."""
    return (part.ratio.lower is None, -distance(part), part.attribute, part.group)


def _reach(part: GroupFigure) -> tuple[float, str, str]:
    assert part.figure.value is not None
    return (round(part.figure.value, _SEEN_DECIMALS), part.attribute, part.group)
