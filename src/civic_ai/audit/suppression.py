"""What the public may see of small groups: one rule for every output.

A count from 1 to ``minimum - 1`` is small: it may point to a person. A group with a small count in any
cell, or in what a cell leaves over, is hidden as a whole, and other groups with it until no hidden count
can be narrowed down (CMS cell size policy, 2024; :mod:`protection`), within an attribute or across several.
What stays is rounded. Zero is not small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from civic_ai.audit.frontier_suppression import Figures, mask_frontier
from civic_ai.audit.intersection_suppression import mask_intersections, mask_slices, mask_within
from civic_ai.audit.moves import hide_moves
from civic_ai.audit.need_suppression import mask_feedback, mask_need
from civic_ai.audit.observer_suppression import mask_label_changes, mask_observer
from civic_ai.audit.protection import Table, bridges_between, is_small, protect
from civic_ai.audit.reporting_suppression import mask_reporting_details
from civic_ai.audit.told import SHOWN_CELLS, share_cells
from civic_ai.audit.versions import Change, Published, hidden_in_audit
from civic_ai.records.audit import (
    AuditReport,
    Disparity,
    GroupCount,
    GroupFigure,
    Worst,
)
from civic_ai.records.figure import Figure, missing
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import ReportingBias, ReportingGroup

Group = tuple[str, str]
Cells = Mapping[str, float]

COVERAGE = "interval_coverage"
"""The metric of the lockbox; its n is a count that no ``GroupCount`` holds."""

_COMPLEMENTS = (
    ("rows", "positives"),
    ("rows", "selected"),
    ("positives", "hits"),
    ("events", "found"),
    ("selected", "hits"),
)
"""What one shown count leaves of another: quiet rows, unvisited, missed, not found, visits without cause."""


_WHOLES = ("rows", "positives", "events", "selected", "told")
"""The counts of which shares are told."""


def mask_figure(figure: Figure, policy: Policy) -> Figure:
    """A figure as the public sees it: hidden where what it counts is small, else rounded.

    Small may be its n, or, for a share, the cases behind it and their complement.
    """
    if has_small(share_cells(figure), policy.suppression.minimum):
        return hidden_figure(figure)
    return coarse_figure(figure, policy)


def mask_audit(
    report: AuditReport, policy: Policy, earlier: Published[AuditReport] | None = None
) -> AuditReport:
    """The public version of an audit: small groups hidden, counts and rates rounded. Idempotent.

    ``earlier``: what the public read before, so that the two versions tell nothing by their difference.
    """
    if report.is_masked:
        return report
    return hide_moves(report, _masked_alone(report, policy, earlier), earlier, policy.suppression)


def _masked_alone(report: AuditReport, policy: Policy, earlier: Published[AuditReport] | None) -> AuditReport:
    """Masked as if nobody had read the parts of an earlier version, but for its groups."""
    also = frozenset() if earlier is None else _changed_by_few(report, earlier, policy)
    hidden = hidden_groups(report, policy.suppression.minimum, also)
    untold = hidden_coverage(report, hidden, policy.suppression.minimum)
    return report.model_copy(
        update={
            "counts": tuple(_mask_counts(count, hidden, policy) for count in report.counts),
            "groups": tuple(
                _mask_group(item, untold if item.metric == COVERAGE else hidden, policy)
                for item in report.groups
            ),
            "disparities": tuple(_mask_disparity(item, hidden, policy) for item in report.disparities),
            "worst": _mask_worst(report, hidden, policy),
            "worst_covered": _mask_worst_covered(report, untold, policy),
            "reporting": _mask_reporting(report.reporting, policy),
            "need": mask_need(report.need, hidden, figures_of(policy)),
            "feedback": mask_feedback(report.feedback, figures_of(policy)),
            "frontier": mask_frontier(report.frontier, hidden, figures_of(policy), audit_cells(report)),
            "intersections": mask_intersections(report.intersections, hidden, figures_of(policy)),
            "within_areas": mask_within(report.within_areas, hidden, figures_of(policy)),
            "slices": mask_slices(report.slices, figures_of(policy)),
            "observer": mask_observer(report.observer, figures_of(policy)),
            "label_changes": mask_label_changes(report.label_changes, figures_of(policy)),
            "is_masked": True,
        }
    )


def hidden_groups(report: AuditReport, minimum: int, also: Iterable[Group] = ()) -> frozenset[Group]:
    """Attribute and group of everything to be hidden, small in the tests or in the lockbox, and ``also``."""
    moved = frozenset(also)
    return protect(replace(audit_table(report), moved=moved), minimum, moved).hidden


def hidden_coverage(report: AuditReport, hidden: frozenset[Group], minimum: int) -> frozenset[Group]:
    """``hidden`` and the groups of which the share of intervals that held is hidden besides: few of their
    rows stood outside, or these would follow from the others and the total."""
    table = coverage_table(report)
    return hidden | protect(table, minimum, hidden & table.blocks.keys()).hidden


def coverage_table(report: AuditReport) -> Table:
    """The rows of every group whose interval held, and of which it did not."""
    cells = {
        (item.attribute, item.group): share_cells(item.figure)
        for item in report.groups
        if item.metric == COVERAGE
    }
    return Table(cells, lines_of(cells))


def _changed_by_few(report: AuditReport, earlier: Published[AuditReport], policy: Policy) -> frozenset[Group]:
    change = Change(audit_cells(earlier.full), audit_cells(report), _WHOLES)
    return change.to_hide(hidden_in_audit(earlier), policy.suppression)


def audit_table(report: AuditReport) -> Table:
    """All groups of an unmasked report: each attribute adds up to the city, and a group that holds what
    some groups of another attribute hold says so."""
    cells = audit_cells(report)
    return Table(cells, lines_of(cells), bridges=bridges_between(cells))


def lines_of(cells: Iterable[Group]) -> tuple[tuple[Group, ...], ...]:
    """The groups of each attribute."""
    lines: dict[str, list[Group]] = {}
    for group in cells:
        lines.setdefault(group[0], []).append(group)
    return tuple(map(tuple, lines.values()))


def audit_cells(report: AuditReport) -> dict[Group, dict[str, float]]:
    """What every group of an unmasked report counts; ``told``: its rows in the lockbox with an interval."""
    told = {
        (item.attribute, item.group): float(item.figure.n)
        for item in report.groups
        if item.metric == COVERAGE
    }
    counted = {(count.attribute, count.group): group_cells(count) for count in report.counts}
    return {group: cells | {"told": told.get(group, 0.0)} for group, cells in counted.items()}


def group_cells(count: GroupCount) -> dict[str, float]:
    """The counts that an unmasked group has, and what they leave over of each other."""
    values = ((cell, getattr(count, cell)) for cell in SHOWN_CELLS)
    shown = {cell: float(value) for cell, value in values if value is not None}
    left = {f"{whole} - {part}": shown[whole] - shown[part] for whole, part in _COMPLEMENTS if part in shown}
    if "hits" in shown:
        quiet = shown["rows"] - shown["positives"] - shown["selected"] + shown["hits"]
        left["neither"] = max(0.0, quiet)
    return shown | left


def has_small(cells: Cells, minimum: int) -> bool:
    """Whether any of the counts is small."""
    return any(is_small(count, minimum) for count in cells.values())


def with_complements(cells: Mapping[Group, Cells], hidden: Iterable[Group], minimum: int) -> set[Group]:
    """``hidden`` and other groups of the same total, until no small count follows from it."""
    return set(protect(Table(cells, (tuple(cells),)), minimum, hidden).hidden)


def _rounded(count: float, to: int) -> int:
    return math.floor(count / to + 0.5) * to


def figures_of(policy: Policy) -> Figures:
    """How this policy hides and rounds figures."""
    told = policy.suppression
    return Figures(told.minimum, told.round_counts_to, hidden_figure, lambda one: shown_figure(one, policy))


def hidden_figure(figure: Figure) -> Figure:
    """Nothing of a figure but its level and period."""
    return missing("suppressed").model_copy(update={"level": figure.level, "period": figure.period})


def coarse_figure(figure: Figure, policy: Policy) -> Figure:
    """Whole percent (two decimals) and a rounded n."""
    rounded = {
        name: None if value is None else round(value, 2)
        for name, value in (("value", figure.value), ("lower", figure.lower), ("upper", figure.upper))
    }
    return figure.model_copy(update=rounded | {"n": _rounded(figure.n, policy.suppression.round_counts_to)})


def shown_figure(figure: Figure, policy: Policy) -> Figure:
    """Rounded; hidden where it rests on few itself, whatever is shown of its group."""
    if is_small(figure.n, policy.suppression.minimum):
        return hidden_figure(figure)
    return coarse_figure(figure, policy)


def _mask_counts(count: GroupCount, hidden: frozenset[Group], policy: Policy) -> GroupCount:
    if (count.attribute, count.group) in hidden:
        nothing = dict.fromkeys((*SHOWN_CELLS, "units"))
        return count.model_copy(update=nothing | {"suppressed": True})
    to = policy.suppression.round_counts_to
    values = ((cell, getattr(count, cell)) for cell in SHOWN_CELLS)
    rounded = {cell: None if value is None else float(_rounded(value, to)) for cell, value in values}
    return count.model_copy(update=rounded | {"units": None})


def _mask_group(item: GroupFigure, hidden: frozenset[Group], policy: Policy) -> GroupFigure:
    if (item.attribute, item.group) in hidden:
        update = {"figure": hidden_figure(item.figure), "events": None, "suppressed": True}
        return item.model_copy(update=update)
    events = None if item.events is None else _rounded(item.events, policy.suppression.round_counts_to)
    return item.model_copy(update={"figure": shown_figure(item.figure, policy), "events": events})


def _mask_disparity(item: Disparity, hidden: frozenset[Group], policy: Policy) -> Disparity:
    if not {(item.attribute, item.group), (item.attribute, item.reference_group)} & hidden:
        detectable = None if item.detectable is None else round(item.detectable, 2)
        return item.model_copy(update=_coarse_ratio(item, policy) | {"detectable": detectable})
    nothing = {"needed_is_least": False, "detectable": None}
    return item.model_copy(update=_hidden_ratio(item) | nothing)


def _coarse_ratio(item: Disparity | ReportingGroup, policy: Policy) -> dict[str, object]:
    joint = None if item.joint is None else shown_figure(item.joint, policy)
    needed = None if item.needed is None else _rounded(item.needed, policy.suppression.round_counts_to)
    return {"ratio": shown_figure(item.ratio, policy), "joint": joint, "needed": needed}


def _hidden_ratio(item: Disparity | ReportingGroup) -> dict[str, object]:
    return {"ratio": hidden_figure(item.ratio), "joint": None, "needed": None, "suppressed": True}


def _mask_worst(report: AuditReport, hidden: frozenset[Group], policy: Policy) -> Worst:
    worst = report.worst
    if worst.attribute is None or worst.group is None:
        return worst
    references = {record.name: record.reference_group for record in report.attributes}
    pair = {(worst.attribute, worst.group), (worst.attribute, references[worst.attribute])}
    masked = hidden_figure(worst.ratio) if pair & hidden else shown_figure(worst.ratio, policy)
    return worst.model_copy(update={"ratio": masked})


def _mask_worst_covered(report: AuditReport, hidden: frozenset[Group], policy: Policy) -> GroupFigure | None:
    """Masked like any figure of its group."""
    worst = report.worst_covered
    return None if worst is None else _mask_group(worst, hidden, policy)


def _mask_reporting(reporting: ReportingBias, policy: Policy) -> ReportingBias:
    """Repeat reports and incidents by group obey the same rule."""
    minimum = policy.suppression.minimum
    cells = reporting_cells(reporting)
    hidden: set[Group] = set()
    for attribute in sorted({attribute for attribute, _ in cells}):
        part = {group: counts for group, counts in cells.items() if group[0] == attribute}
        small = {group for group, counts in part.items() if has_small(counts, minimum)}
        hidden |= with_complements(part, small, minimum)
    return mask_reporting_details(reporting, hidden, policy).model_copy(
        update={
            "groups": tuple(_mask_reporting_group(item, hidden, policy) for item in reporting.groups),
            "incidents": _total(reporting.incidents, policy),
            "duplicates": _total(reporting.duplicates, policy),
            "dispersion": None if reporting.dispersion is None else round(reporting.dispersion, 2),
        }
    )


def _total(count: int | None, policy: Policy) -> int | None:
    """A total is rounded, and hidden where it is small itself."""
    if count is None or is_small(count, policy.suppression.minimum):
        return None
    return _rounded(count, policy.suppression.round_counts_to)


def reporting_cells(reporting: ReportingBias) -> dict[Group, dict[str, float]]:
    """Incidents and repeat reports of every group; the reference group's are what the others leave over."""
    totals = {"incidents": float(reporting.incidents or 0), "duplicates": float(reporting.duplicates or 0)}
    cells: dict[Group, dict[str, float]] = {}
    for item in reporting.groups:
        own = {"incidents": float(item.incidents or 0), "duplicates": float(item.duplicates or 0)}
        cells[item.attribute, item.group] = own
        rest = cells.setdefault((item.attribute, item.reference_group), dict(totals))
        for cell, count in own.items():
            rest[cell] = max(0.0, rest[cell] - count)
    return cells


def _mask_reporting_group(item: ReportingGroup, hidden: set[Group], policy: Policy) -> ReportingGroup:
    if {(item.attribute, item.group), (item.attribute, item.reference_group)} & hidden:
        return item.model_copy(update=_hidden_ratio(item) | {"incidents": None, "duplicates": None})
    to = policy.suppression.round_counts_to
    counts = {"incidents": item.incidents, "duplicates": item.duplicates}
    shown = {name: None if count is None else _rounded(count, to) for name, count in counts.items()}
    return item.model_copy(update=_coarse_ratio(item, policy) | shown)
