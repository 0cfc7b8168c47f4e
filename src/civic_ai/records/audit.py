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


class GroupCount(Record):
    """What a group's figures rest on: sums over the test dates, by residents' shares where these are given.

    ``rows`` units times dates, ``positives`` rows in which something happened, ``events`` what happened,
    ``selected`` visits at capacity (expected, where scores tie), ``hits`` visits that found something,
    ``found`` events found. ``units`` is the effective number of units behind them. None: hidden.
    """

    attribute: str
    group: str
    rows: float | None
    positives: float | None
    events: float | None
    selected: float | None
    hits: float | None
    found: float | None
    units: float | None = None
    suppressed: bool = False

    named_by = ("attribute", "group")


class Disparity(Record):
    """A group's metric over the reference group's, judged against the tolerance band.

    ``ratio`` has its own interval, ``joint`` the one that holds for all groups of the metric at once
    (single-step max-z). ``pass`` when the own interval lies inside the band, ``fail`` when the joint one
    lies outside. ``needed`` is the number of events in each group that would settle an open question.
    """

    attribute: str
    group: str
    reference_group: str
    metric: str
    ratio: Figure
    joint: Figure | None = None
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
    """Reports per day of a live, already reported incident, against the reference group's.

    ``incidents`` and ``duplicates`` (repeat reports) are shared out by residents; ``joint`` as in
    :class:`Disparity`; ``needed`` counts repeat reports in each group.
    """

    attribute: str
    group: str
    reference_group: str
    ratio: Figure
    joint: Figure | None = None
    incidents: int | None = None
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
    """All group figures and their verdicts for the champion on the test periods.

    ``leading`` names the metrics that decide ``worst_verdict``, by the pilot's question and intervention.
    ``coverage_verdict``: do the champion's intervals hold in the lockbox, overall and in every group with
    enough to tell? ``worst_covered`` is the group in which they hold least.
    """

    evaluation: str
    candidate: str
    intervention: str
    attributes: tuple[AttributeRecord, ...]
    counts: tuple[GroupCount, ...] = ()
    groups: tuple[GroupFigure, ...]
    leading: tuple[str, ...] = ()
    disparities: tuple[Disparity, ...]
    worst: Worst
    worst_verdict: Verdict
    coverage_verdict: Verdict = "unknown"
    worst_covered: GroupFigure | None = None
    reporting: ReportingBias
    suppression: SuppressionCheck
    is_masked: bool = False
    not_measured: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
