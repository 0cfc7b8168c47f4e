"""Small groups stay hidden: the rule as a table of cases, and an attack that must find nothing."""

from __future__ import annotations

import json

import pytest

from civic_ai.audit.suppression import (
    group_cells,
    hidden_groups,
    mask_audit,
    mask_figure,
    reporting_cells,
)
from civic_ai.records.audit import GroupCount, Worst
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import ReportingBias, ReportingGroup
from tests.unit.audit.attack import guess_small_counts
from tests.unit.audit.made import POLICY, random_report

MINIMUM = POLICY.suppression.minimum


@pytest.mark.parametrize(
    ("value", "n", "shown"),
    [
        (0.314159, 500, 0.31),
        (0.5, 10, None),
        (0.02, 500, None),
        (0.0221, 500, 0.02),
        (0.99, 500, None),
        (0.0, 500, 0.0),
        (1.0, 500, 1.0),
        (1.3333, 500, 1.33),
        (None, 500, None),
    ],
    ids=["rate", "n", "cases", "just enough", "complement", "none", "all", "ratio", "missing"],
)
def test_a_figure_is_hidden_where_n_cases_or_their_complement_are_few(value, n, shown):
    lower, upper = (None, None) if value is None else (value * 0.9, value * 1.1)
    made = mask_figure(Figure(value=value, lower=lower, upper=upper, n=n), POLICY)
    assert made.value == shown
    if shown is None and value is not None:
        assert (made.lower, made.upper, made.n, made.why_missing) == (None, None, 0, "suppressed")
    elif shown is not None:
        assert made.n == 500
        assert (made.lower, made.upper) == (round(value * 0.9, 2), round(value * 1.1, 2))


def _counts(*groups, attribute="part"):
    """Counts (rows, events, selected, hits) of groups g0, g1, ... with binary outcomes."""
    return tuple(
        GroupCount(
            attribute=attribute,
            group=f"g{i}",
            rows=rows,
            positives=events,
            events=events,
            selected=selected,
            hits=hits,
            found=hits,
        )
        for i, (rows, events, selected, hits) in enumerate(groups)
    )


BIG = (900, 300, 200, 100)
BIGGER = (9000, 3000, 2000, 1000)


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        ([BIG, BIGGER], set()),
        ([BIG, BIGGER, (900, 0, 0, 0)], set()),
        ([BIG, BIGGER, (900, 5, 200, 0)], {"g2", "g0"}),
        ([BIG, BIGGER, (900, 100, 95, 90)], {"g2", "g0"}),
        ([BIG, BIGGER, (900, 300, 100, 95)], {"g2", "g0"}),
        ([BIG, BIGGER, (204, 100, 200, 100)], {"g2", "g0"}),
        ([BIG, BIGGER, (900, 7, 200, 0), (900, 6, 200, 0)], {"g2", "g3"}),
        ([BIG, BIGGER, (900, 3, 200, 0), (900, 2, 200, 0)], {"g2", "g3", "g0"}),
        ([(900, 5, 200, 2)], {"g0"}),
    ],
    ids=[
        "all large",
        "nothing is not small",
        "few cases, and the smallest other so that they cannot be subtracted",
        "few not visited without cause left over",
        "few visits without cause",
        "few rows not visited",
        "two small groups hide each other",
        "two that are too small together need a third",
        "alone",
    ],
)
def test_who_is_hidden(groups, hidden):
    report = random_report(0).model_copy(update={"counts": _counts(*groups)})
    assert {group for _, group in hidden_groups(report, 11)} == hidden


def test_the_same_group_under_another_attribute_is_hidden_there_too():
    small = (900, 5, 200, 0)
    other = (9900, 3300, 2200, 1100)
    counts = (*_counts(BIG, BIGGER, small), *_counts(other, small, attribute="kind"))
    hidden = hidden_groups(random_report(0).model_copy(update={"counts": counts}), 11)
    assert hidden == {("part", "g0"), ("part", "g2"), ("kind", "g0"), ("kind", "g1")}


def test_what_another_attribute_shows_of_the_same_places_is_counted_with():
    rest = (9900, 3005, 2200, 1000)
    counts = (*_counts(BIG, BIGGER, (900, 5, 200, 0)), *_counts(rest, BIG, attribute="kind"))
    hidden = hidden_groups(random_report(0).model_copy(update={"counts": counts}), 11)
    assert hidden == {("part", "g1"), ("part", "g2")}  # of g0 and g2 the rest, which is shown, would tell


@pytest.mark.parametrize("seed", range(30))
def test_the_attack_finds_nothing_in_the_public_version_and_everything_in_the_full_one(seed):
    """CONTROLS T25: no small count narrowed below the minimum; without suppression each is exact."""
    report = random_report(seed)
    masked = mask_audit(report, POLICY)
    for guess in guess_small_counts(report, masked, MINIMUM):
        others = [c for c in masked.counts if c.attribute == guess.attribute and c.rows is not None]
        everything_is_hidden = not others
        assert everything_is_hidden or guess.high - guess.low >= MINIMUM - 1e-6, guess
    for guess in guess_small_counts(report, report, MINIMUM):
        assert guess.high - guess.low < 1e-4
        assert guess.low == pytest.approx(guess.truth, abs=1e-4)


def test_the_attack_has_small_counts_to_look_for():
    looked_for = [
        len(list(guess_small_counts(random_report(s), random_report(s), MINIMUM))) for s in range(6)
    ]
    assert sum(looked_for) > 30


@pytest.mark.parametrize("seed", range(12))
def test_no_rate_ratio_or_needed_number_of_a_hidden_group_is_shown(seed):
    report = random_report(seed)
    masked = mask_audit(report, POLICY)
    hidden = hidden_groups(report, MINIMUM)
    for item in masked.groups:
        if (item.attribute, item.group) in hidden:
            assert item.suppressed
            assert (item.events, item.figure.value, item.figure.lower, item.figure.n) == (None, None, None, 0)
    for item in masked.disparities:
        if {(item.attribute, item.group), (item.attribute, item.reference_group)} & hidden:
            assert item.suppressed
            assert (item.ratio.value, item.ratio.upper, item.joint, item.needed) == (None, None, None, None)


@pytest.mark.parametrize("seed", range(12))
def test_the_worst_ratio_is_hidden_with_either_of_its_groups(seed):
    report = random_report(seed)
    hidden = hidden_groups(report, MINIMUM)
    for item in report.disparities:
        worst = Worst(attribute=item.attribute, group=item.group, metric=item.metric, ratio=item.ratio)
        told = mask_audit(report.model_copy(update={"worst": worst}), POLICY).worst.ratio
        if {(item.attribute, item.group), (item.attribute, item.reference_group)} & hidden:
            assert (told.value, told.lower, told.upper, told.n) == (None, None, None, 0)
        elif item.ratio.value is not None:
            assert told.value == round(item.ratio.value, 2)


@pytest.mark.parametrize("seed", range(12))
def test_what_stays_is_rounded_and_verdicts_stay(seed):
    report = random_report(seed)
    masked = mask_audit(report, POLICY)
    for count in masked.counts:
        values = [count.rows, count.positives, count.events, count.selected, count.hits, count.found]
        assert count.units is None
        assert all(value is None or value % 10 == 0 for value in values)
    for figure in (item.figure for item in masked.groups):
        assert figure.n % 10 == 0
        assert figure.value is None or round(figure.value, 2) == figure.value
    assert [item.verdict for item in masked.disparities] == [item.verdict for item in report.disparities]
    assert masked.worst_verdict == report.worst_verdict
    for full, item in zip(report.disparities, masked.disparities, strict=True):
        for figure in (item.ratio, item.joint):
            told = () if figure is None else (figure.value, figure.lower, figure.upper)
            assert all(value is None or round(value, 2) == value for value in told)
            assert figure is None or figure.n % 10 == 0
        assert item.needed is None or item.needed % 10 == 0
        assert item.suppressed or item.detectable == (full.detectable and round(full.detectable, 2))


def test_masking_twice_changes_nothing_more():
    masked = mask_audit(random_report(3), POLICY)
    assert masked.is_masked
    assert mask_audit(masked, POLICY) is masked


def test_no_exact_figure_of_the_full_version_survives_in_the_public_one():
    report = random_report(2)
    masked = json.loads(mask_audit(report, POLICY).to_json())
    exact = {item.figure.value for item in report.groups if item.figure.value not in (None, 0.0, 0.5, 1.0)}
    shown = {item["figure"]["value"] for item in masked["groups"]}
    assert not {value for value in exact if round(value, 2) != value} & shown


def _reporting(incidents, duplicates):
    groups = tuple(
        ReportingGroup(
            attribute="part",
            group=f"g{i}",
            reference_group="g0",
            ratio=Figure(value=0.8123, lower=0.6, upper=1.1, n=incidents[i]),
            incidents=incidents[i],
            duplicates=duplicates[i],
            verdict="pass",
        )
        for i in range(1, len(incidents))
    )
    return ReportingBias(
        method="duplicates",
        verdict="pass",
        groups=groups,
        incidents=sum(incidents),
        duplicates=sum(duplicates),
    )


def _masked_reporting(incidents, duplicates):
    report = random_report(0).model_copy(update={"reporting": _reporting(incidents, duplicates)})
    return mask_audit(report, POLICY).reporting


def test_the_reference_groups_reports_are_what_the_others_leave_over():
    cells = reporting_cells(_reporting((500, 300, 200), (50, 40, 30)))
    assert cells["part", "g0"] == {"incidents": 500, "duplicates": 50}


def test_repeat_reports_of_large_groups_are_rounded():
    shown = _masked_reporting((500, 304, 206), (50, 44, 36))
    assert [(item.incidents, item.duplicates) for item in shown.groups] == [(300, 40), (210, 40)]
    assert [item.ratio.value for item in shown.groups] == [0.81, 0.81]
    assert (shown.incidents, shown.duplicates) == (1010, 130)


def test_a_total_that_is_small_itself_is_hidden():
    shown = _masked_reporting((500, 300, 200), (3, 2, 5))
    assert (shown.incidents, shown.duplicates) == (1000, None)


@pytest.mark.parametrize("duplicates", [(50, 4, 60), (4, 50, 60)], ids=["a group", "the reference group"])
def test_few_repeat_reports_are_hidden_with_another_group(duplicates):
    shown = _masked_reporting((500, 300, 200), duplicates)
    assert shown.groups[0].duplicates is None
    assert shown.groups[0].ratio.value is None
    assert shown.groups[0].suppressed


def test_the_dispersion_is_rounded():
    reporting = _reporting((500, 300, 200), (50, 40, 30)).model_copy(
        update={"dispersion": 1.4142135623730951}
    )
    report = random_report(0).model_copy(update={"reporting": reporting})
    assert mask_audit(report, POLICY).reporting.dispersion == 1.41


def test_a_report_without_reporting_groups_is_masked_too():
    report = random_report(0)
    none = ReportingBias(method="none", verdict="unknown", why_unknown="not_asked")
    assert mask_audit(report.model_copy(update={"reporting": none}), POLICY).reporting == none


def test_what_cells_leave_over_is_counted():
    """Of 100 places 30 had a case and 40 were visited, 25 of them rightly: 55 had neither."""
    (count,) = _counts((100, 30, 40, 25))
    cells = group_cells(count)
    assert cells["neither"] == 100 - 30 - 40 + 25
    assert cells["selected - hits"] == 15
