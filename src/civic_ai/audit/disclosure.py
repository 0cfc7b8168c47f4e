"""What a reader of the public version could find out: counted without trusting the rule that hid it.

The reader knows every total and, to be strict, takes every count that is shown as exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.audit.evaluation_suppression import SHARES, bin_cells, per_visit
from civic_ai.audit.forgotten import forgotten_counts
from civic_ai.audit.frontier_suppression import tables_of_ways
from civic_ai.audit.intersection_suppression import block_of, pairs_table
from civic_ai.audit.protection import Table as Protectable
from civic_ai.audit.protection import is_small, narrow_counts
from civic_ai.audit.suppression import (
    COVERAGE,
    audit_cells,
    audit_table,
    coverage_table,
    reporting_cells,
)
from civic_ai.audit.told import share_cells, shows
from civic_ai.records.audit import AuditReport, GroupCount, GroupFigure
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import ReportingBias

Group = tuple[str, str]
Table = Mapping[Group, Mapping[str, float]]


def count_small_cells(report: AuditReport, minimum: int) -> int:
    """Small counts in the full version: each cell of each group, and what cells leave over."""
    tables = (audit_cells(report), reporting_cells(report.reporting))
    return sum(len(_small(table, minimum)) for table in tables)


def count_visible_small_cells(report: AuditReport, masked: AuditReport, minimum: int) -> int:
    """Small counts that ``masked`` shows, gives away by subtraction, or shows a rate of; must be 0."""
    groups, shown = audit_cells(report), _shown_groups(masked)
    reports, told = reporting_cells(report.reporting), _told_groups(masked.reporting)
    small = {group for group, _ in _small(groups, minimum)}
    quiet = {group for group, _ in _small(reports, minimum)}
    rates = sum(bool(group & small) for group in _groups_with_rates(masked))
    ratios = sum(bool(group & quiet) for group in _groups_with_ratios(masked.reporting))
    found = rates + ratios + _narrowed(audit_table(report), shown, minimum)
    found += sum(_narrowed(table, seen, minimum) for table, seen in _other_tables(report, masked))
    return found + _deducible(reports, told, minimum) + len(forgotten_counts(report, masked, minimum))


def count_small_figures(evaluation: Evaluation, minimum: int) -> int:
    """Small counts behind the full evaluation's shares: n, cases, and what is left over."""
    return len(_small(_figure_cells(evaluation), minimum))


def count_visible_small_figures(full: Evaluation, masked: Evaluation, minimum: int) -> int:
    """Small counts that the ``masked`` evaluation shows, or gives away by subtraction; must be 0."""
    shown = {group for group, figure in _figures(masked).items() if shows(figure)}
    return _deducible(_figure_cells(full), shown, minimum)


def _figures(evaluation: Evaluation) -> dict[Group, Figure]:
    """Every share of an evaluation. The first name groups those that add up to a total that is known."""
    tests = {
        (f"{s.candidate} {s.metric}", s.split): s.figure for s in evaluation.scores if s.metric in SHARES
    }
    alone = {
        **{f"{s.candidate} {s.metric} {s.split}": s.figure for s in evaluation.lockbox if s.metric in SHARES},
        **{f"{name} {split}": figure for (name, split), figure in tests.items() if split == "all"},
        **{f"{p.candidate} {p.units}": p.found for p in evaluation.capacity_curve},
        **{f"{p.candidate} per 100": per_visit(p.found) for p in evaluation.per_100_visits},
        **{f"{p.candidate} missed": p.missed_share for p in evaluation.per_100_visits},
    }
    bins = zip(bin_cells(evaluation.calibration), evaluation.calibration.bins, strict=True)
    return (
        {group: figure for group, figure in tests.items() if group[1] != "all"}
        | {(name, ""): figure for name, figure in alone.items()}
        | {group: part.observed for group, part in bins}
    )


def _figure_cells(evaluation: Evaluation) -> dict[Group, dict[str, float]]:
    return {group: share_cells(figure) for group, figure in _figures(evaluation).items()}


def _small(table: Table, minimum: int) -> set[tuple[Group, str]]:
    return {
        (group, cell)
        for group, cells in table.items()
        for cell, count in cells.items()
        if is_small(count, minimum)
    }


def _narrowed(table: Protectable, shown: set[Group], minimum: int) -> int:
    """Small counts that linear programming over all lines at once finds or narrows down.

    Where no block of the table is shown, only the totals are left, and these are not the audit's.
    """
    seen = shown & table.blocks.keys()
    return len(narrow_counts(table, table.blocks.keys() - seen, minimum)) if seen else 0


def _other_tables(report: AuditReport, masked: AuditReport) -> Iterator[tuple[Protectable, set[Group]]]:
    """The other tables of an audit whose blocks add up, each with the blocks that are shown: intervals that
    held, pairs of groups, visits of each way to choose the list."""
    covered = (item for item in masked.groups if item.metric == COVERAGE)
    yield coverage_table(report), {(one.attribute, one.group) for one in covered if _shows_group(one)}
    if report.intersections is not None and masked.intersections is not None:
        pairs = (one for one in masked.intersections.groups if shows(one.figure) or shows(one.ratio))
        untold = frozenset(audit_cells(report).keys() - _shown_groups(masked))
        yield pairs_table(report.intersections, untold), {block_of(one) for one in pairs}
    if report.frontier is not None and masked.frontier is not None:
        visited = [one for one in masked.frontier.visits if one.selected is not None or one.share is not None]
        seen = {(one.attribute, one.group) for one in visited}
        for table in tables_of_ways(report.frontier, audit_cells(report)):
            yield table, seen


def _deducible(table: Table, shown: set[Group], minimum: int) -> int:
    """Small counts that are shown, or that totals confine to a range narrower than ``minimum``.

    Where an attribute shows no group at all, only the totals are left, and these are not the audit's.
    """
    found = 0
    for group, cell in _small(table, minimum):
        attribute = [one for one in table if one[0] == group[0]]
        secret = [one for one in attribute if one not in shown]
        widest = sum(table[one][cell] for one in secret)
        found += len(secret) < len(attribute) and (group in shown or len(secret) < 2 or widest < minimum)
    return found


def _shown_groups(masked: AuditReport) -> set[Group]:
    """Groups of which any count is shown, beside a figure or on its own."""
    counted = {(count.attribute, count.group) for count in masked.counts if _shows_count(count)}
    return counted | {(item.attribute, item.group) for item in masked.groups if _shows_group(item)}


def _shows_count(count: GroupCount) -> bool:
    values = (count.rows, count.positives, count.events, count.selected, count.hits, count.found, count.units)
    return any(value is not None for value in values)


def _told_groups(masked: ReportingBias) -> set[Group]:
    """Groups whose repeat reports are shown; the reference's follow where all others are."""
    told = {
        (item.attribute, item.group)
        for item in masked.groups
        if item.duplicates is not None or item.incidents is not None
    }
    hidden = {item.attribute for item in masked.groups} - {attribute for attribute, _ in told}
    return told | {
        (item.attribute, item.reference_group) for item in masked.groups if item.attribute not in hidden
    }


def _groups_with_rates(masked: AuditReport) -> Iterator[set[Group]]:
    """For every rate or ratio that is shown: the groups that it rests on."""
    for figure in masked.groups:
        if _shows_group(figure):
            yield {(figure.attribute, figure.group)}
    for item in masked.disparities:
        beside = (item.needed, item.detectable)
        if shows(item.ratio) or any(beside) or (item.joint is not None and shows(item.joint)):
            yield {(item.attribute, item.group), (item.attribute, item.reference_group)}
    if masked.worst_covered is not None and _shows_group(masked.worst_covered):
        yield {(masked.worst_covered.attribute, masked.worst_covered.group)}
    if masked.worst.attribute and masked.worst.group and shows(masked.worst.ratio):
        yield {(masked.worst.attribute, masked.worst.group)}


def _groups_with_ratios(masked: ReportingBias) -> Iterator[set[Group]]:
    for item in masked.groups:
        if shows(item.ratio) or item.needed is not None:
            yield {(item.attribute, item.group), (item.attribute, item.reference_group)}


def _shows_group(item: GroupFigure) -> bool:
    return shows(item.figure) or item.events is not None
