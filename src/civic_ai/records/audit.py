"""For whom it works less well, and who does not report."""

from __future__ import annotations

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record
from civic_ai.records.snapshot import Finding


class GroupFigure(Record):
    """One metric in one group. ``suppressed`` marks a figure hidden for privacy."""

    attribute: str
    group: str
    metric: str
    figure: Figure
    events: int | None = None
    suppressed: bool = False

    named_by = ("attribute", "group", "metric")


class Disparity(Record):
    """A group's metric over the reference group's, judged against the tolerance band.

    ``needed`` is the number of events in each group that would settle an open question.
    """

    attribute: str
    group: str
    reference_group: str
    metric: str
    ratio: Figure
    verdict: Verdict
    needed: int | None = None
    suppressed: bool = False

    named_by = ("attribute", "group", "metric")


class AttributeRecord(Record):
    """A protected attribute: its groups in order, and how units came by them."""

    name: str
    groups: tuple[str, ...]
    reference_group: str
    weighted_by: str | None = None
    level: str = "area"
    note: str | None = None

    named_by = ("name",)


class ReportingGroup(Record):
    """Reports per day of a live, already reported incident, against the reference group's."""

    attribute: str
    group: str
    reference_group: str
    ratio: Figure
    duplicates: int | None
    verdict: Verdict
    needed: int | None = None
    suppressed: bool = False

    named_by = ("attribute", "group")


class ReportingBias(Record):
    """Do the labels measure need or reporting? Duplicate-report model (Liu et al. 2024).

    ``method`` is ``duplicates`` or ``none``; ``verdict`` unknown when the city's data has no
    repeat reports that belong to one incident.
    """

    method: str
    verdict: Verdict
    groups: tuple[ReportingGroup, ...] = ()
    incidents: int | None = None
    duplicates: int | None = None
    dispersion: float | None = None
    conditions: tuple[str, ...] = ()
    why_unknown: str | None = None


class Worst(Record):
    """The disparity furthest from 1 among those that could be judged."""

    attribute: str | None
    group: str | None
    metric: str | None
    ratio: Figure


class SuppressionCheck(Record):
    """Counts below the policy's minimum before masking, and after it (must be 0)."""

    minimum: int
    small_cells: int
    visible_small_cells: int | None
    folded_groups: int = 0


class AuditReport(Record):
    """All group figures and their verdicts for the champion on the test periods."""

    evaluation: str
    candidate: str
    intervention: str
    attributes: tuple[AttributeRecord, ...]
    groups: tuple[GroupFigure, ...]
    disparities: tuple[Disparity, ...]
    worst: Worst
    worst_verdict: Verdict
    reporting: ReportingBias
    suppression: SuppressionCheck
    is_masked: bool = False
    not_measured: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
