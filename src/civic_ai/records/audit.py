"""For whom it works less well, and who does not report."""

from __future__ import annotations

from civic_ai.records.feedback import Feedback
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.frontier import Frontier
from civic_ai.records.intersections import Intersections
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.metric_tree import MetricChoice
from civic_ai.records.need import NeedAudit
from civic_ai.records.observer import ObserverTest
from civic_ai.records.record import Record
from civic_ai.records.reporting import ReportingBias
from civic_ai.records.slices import SliceSearch
from civic_ai.records.snapshot import Finding
from civic_ai.records.within import WithinAreas


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
    lies outside. ``needed`` is the number of cases in each group, counted as the ratio's ``n`` counts them,
    that would settle an open question; at least so many where ``needed_is_least``. ``detectable`` (above 1):
    had the group's metric truly been so many times lower, or higher, this data would have failed it four
    times in five; None: whatever it was.
    """

    attribute: str
    group: str
    reference_group: str
    metric: str
    ratio: Figure
    joint: Figure | None = None
    verdict: Verdict
    needed: int | None = None
    needed_is_least: bool = False
    detectable: float | None = None
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
    need: NeedAudit | None = None
    feedback: Feedback | None = None
    frontier: Frontier | None = None
    choice: MetricChoice | None = None
    intersections: Intersections | None = None
    within_areas: tuple[WithinAreas, ...] = ()
    slices: SliceSearch | None = None
    observer: ObserverTest | None = None
    label_changes: tuple[LabelChange, ...] = ()
    suppression: SuppressionCheck
    is_masked: bool = False
    not_measured: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
