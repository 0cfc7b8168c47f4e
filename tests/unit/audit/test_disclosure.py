"""The count of what leaks does not trust the rule: it sees every way in which masking could fail."""

from __future__ import annotations

from functools import cache

import pytest

from civic_ai.audit.disclosure import count_small_cells, count_visible_small_cells
from civic_ai.audit.forgotten import forgotten_counts
from civic_ai.audit.suppression import COVERAGE, hidden_groups, is_small, mask_audit
from civic_ai.records.audit import GroupFigure
from civic_ai.records.figure import Figure
from tests.unit.audit.made import POLICY, policy, random_report
from tests.unit.audit.test_frontier_suppression import frontier

MINIMUM = POLICY.suppression.minimum


def _leaks(report, masked):
    return count_visible_small_cells(report, masked, MINIMUM)


def _with_small_groups():
    """Reports with some, but not all groups hidden in attribute ``part``."""
    for seed in range(200):
        report = random_report(seed)
        hidden = [group for attribute, group in hidden_groups(report, MINIMUM) if attribute == "part"]
        shown = [count for count in report.counts if count.attribute == "part" and count.group not in hidden]
        if len(hidden) >= 2 and shown:
            yield report


@pytest.fixture(scope="module")
def report():
    return next(_with_small_groups())


@pytest.mark.parametrize("seed", range(60))
def test_masked_reports_show_nothing(seed):
    report = random_report(seed)
    assert _leaks(report, mask_audit(report, POLICY)) == 0


@pytest.mark.parametrize("minimum", [5, 20])
def test_masked_reports_show_nothing_at_other_minima(minimum):
    chosen = policy(minimum=minimum)
    for seed in range(20):
        report = random_report(seed, chosen)
        assert count_visible_small_cells(report, mask_audit(report, chosen), minimum) == 0
        assert report.suppression.visible_small_cells == 0


def test_an_unmasked_report_shows_every_small_count():
    for seed in range(10):
        report = random_report(seed)
        small = count_small_cells(report, MINIMUM)
        assert _leaks(report, report) >= small
    assert small > 0


def test_small_counts_are_counted_by_cell():
    report = random_report(1)
    shown = sum(
        is_small(getattr(count, cell), MINIMUM)
        for count in report.counts
        for cell in ("rows", "positives", "events", "selected", "hits", "found")
    )
    assert count_small_cells(report, MINIMUM) >= shown


def _small_group(report):
    for count in report.counts:
        values = (count.rows, count.events, count.selected, count.hits)
        if count.attribute == "part" and any(is_small(value, MINIMUM) for value in values):
            return count.group
    raise AssertionError("this report has no small group")


def _unhide_one_count(report, masked):
    group = _small_group(report)
    counts = [
        full if (full.attribute, full.group) == ("part", group) else shown
        for full, shown in zip(report.counts, masked.counts, strict=True)
    ]
    return masked.model_copy(update={"counts": tuple(counts)})


def _unhide_n_of_the_others(report, masked):
    """The n beside a rate of a large group that was hidden only to protect a small one."""
    group = _small_group(report)
    groups = [
        full if full.attribute == "part" and full.group != group else shown
        for full, shown in zip(report.groups, masked.groups, strict=True)
    ]
    return masked.model_copy(update={"groups": tuple(groups)})


def _unhide_figures(report, masked):
    group = _small_group(report)
    groups = [
        full if (full.attribute, full.group) == ("part", group) else shown
        for full, shown in zip(report.groups, masked.groups, strict=True)
    ]
    return masked.model_copy(update={"groups": tuple(groups)})


def _unhide_ratios(report, masked):
    return masked.model_copy(update={"disparities": report.disparities})


def _unhide_needed(report, masked):
    disparities = [item.model_copy(update={"needed": 900}) for item in masked.disparities]
    return masked.model_copy(update={"disparities": tuple(disparities)})


def _hide_only_the_small_ones(report, masked):
    """Primary suppression alone: each hidden group follows from the total."""
    group = _small_group(report)
    counts = [
        shown if (full.attribute, full.group) == ("part", group) else full
        for full, shown in zip(report.counts, masked.counts, strict=True)
    ]
    return masked.model_copy(update={"counts": tuple(counts)})


@pytest.mark.parametrize(
    "mistake",
    [
        _unhide_one_count,
        _unhide_n_of_the_others,
        _unhide_figures,
        _unhide_ratios,
        _unhide_needed,
        _hide_only_the_small_ones,
    ],
    ids=lambda mistake: mistake.__name__,
)
def test_every_kind_of_mistake_is_seen(report, mistake):
    masked = mask_audit(report, POLICY)
    assert _leaks(report, masked) == 0
    assert _leaks(report, mistake(report, masked)) > 0


def test_repeat_reports_that_are_shown_are_seen():
    for seed in range(100):
        report = random_report(seed)
        duplicates = [item.duplicates for item in report.reporting.groups]
        if any(0 < number < MINIMUM for number in duplicates):
            masked = mask_audit(report, POLICY)
            assert _leaks(report, masked.model_copy(update={"reporting": report.reporting})) > 0
            return
    raise AssertionError("no report with few repeat reports")


def _with_coverage(seed, shares):
    """A report whose groups of ``part`` also tell, on 400 rows each, in which share their intervals held."""
    report = random_report(seed)
    groups = [one.group for one in report.counts if one.attribute == "part"]
    told = tuple(
        GroupFigure(attribute="part", group=group, metric=COVERAGE, figure=Figure(value=share, n=400))
        for group, share in zip(groups, shares, strict=False)
    )
    return report.model_copy(update={"groups": (*report.groups, *told)})


@cache
def _large_report():
    """The seed of a report that hides no group, of three or more."""
    for seed in range(300):
        report = random_report(seed)
        groups = [one for one in report.counts if one.attribute == "part"]
        if len(groups) >= 3 and not hidden_groups(report, MINIMUM):
            return seed
    raise AssertionError("every report hides something")


def test_few_rows_outside_their_intervals_hide_the_coverage_and_another_but_no_counts():
    report = _with_coverage(_large_report(), (0.99, 0.9, 0.8, 0.7, 0.85))
    worst = next(one for one in report.groups if one.metric == COVERAGE)
    report = report.model_copy(update={"worst_covered": worst})
    masked = mask_audit(report, POLICY)
    told = [one for one in masked.groups if one.metric == COVERAGE]
    assert told[0].suppressed
    assert masked.worst_covered == told[0]
    assert sum(one.suppressed for one in told) >= 2
    assert not any(count.suppressed for count in masked.counts)
    assert _leaks(report, masked) == 0
    alone = [
        full if full.metric == COVERAGE and full.group != told[0].group else seen
        for full, seen in zip(report.groups, masked.groups, strict=True)
    ]
    assert _leaks(report, masked.model_copy(update={"groups": tuple(alone)})) > 0


def test_what_the_ways_of_choosing_give_away_by_subtraction_is_counted():
    """Twelve visits are hidden; the other groups' exact visits and the capacity tell them."""
    report = random_report(_large_report()).model_copy(update={"frontier": frontier(b=(500, 12, 722))})
    masked = mask_audit(report, POLICY)
    assert _leaks(report, masked) == 0
    visits = [
        seen if full.group == "y" else full
        for full, seen in zip(report.frontier.visits, masked.frontier.visits, strict=True)
    ]
    careless = report.frontier.model_copy(update={"visits": tuple(visits)})
    assert forgotten_counts(report, masked.model_copy(update={"frontier": careless}), MINIMUM) == []
    assert _leaks(report, masked.model_copy(update={"frontier": careless})) > 0


def test_a_group_of_which_one_count_is_shown_is_shown(report):
    """The rows alone of every group that has many: the reader knows more than where nothing is shown."""
    masked = mask_audit(report, POLICY)
    counts = [
        seen.model_copy(update={"rows": full.rows}) if not is_small(full.rows, MINIMUM) else seen
        for full, seen in zip(report.counts, masked.counts, strict=True)
    ]
    told = masked.model_copy(update={"counts": tuple(counts)})
    assert forgotten_counts(report, told, MINIMUM) == []
    assert _leaks(report, told) > 0
