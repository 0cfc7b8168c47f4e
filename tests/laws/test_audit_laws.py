"""What must hold for every metric, every city and every policy of the audit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.audit.contrasts import Contrasts, events_needed, judge
from civic_ai.audit.disclosure import count_visible_small_cells
from civic_ai.audit.disparity import group_figures, judge_disparities, measure
from civic_ai.audit.incidents import Reports, build_incidents
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import rates, sum_groups
from civic_ai.audit.reporting import watch
from civic_ai.audit.suppression import mask_audit, mask_figure
from civic_ai.evaluation.chance import visit_chance
from civic_ai.records.audit import GroupCount
from civic_ai.records.figure import Figure
from tests.unit.audit.made import PERIOD, POLICY, one_hot, policy, random_cells, random_report

seeds = st.integers(0, 2**31)
few = settings(max_examples=25, deadline=None)
many = settings(max_examples=150, deadline=None)
BASE = random_report(1).model_copy(update={"groups": (), "disparities": ()})
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)


def _city(seed, units=24, groups=3):
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(groups), rng.integers(0, groups, units - groups)])
    return random_cells(rng, units, float(rng.uniform(0.2, 6))), codes


def _values(cells, codes, metric):
    return rates(sum_groups(cells, [one_hot(codes, codes.max() + 1)], seed=1)[0], metric)


@every_metric
@few
@given(seed=seeds)
def test_a_city_twice_as_large_and_otherwise_the_same_has_the_same_rates(metric, seed):
    cells, codes = _city(seed)
    one, two = (_values(times * cells, codes, metric).value for times in (1, 2))
    np.testing.assert_allclose(one, two, rtol=1e-9)


@every_metric
@few
@given(seed=seeds)
def test_units_without_cases_or_visits_change_no_ratio_that_does_not_count_rows(metric, seed):
    cells, codes = _city(seed)
    with_idle = np.vstack([cells, np.zeros((3, cells.shape[1]))])
    whole, more = _values(cells, codes, metric), _values(with_idle, np.append(codes, [0, 1, 2]), metric)
    np.testing.assert_allclose(whole.value, more.value, rtol=1e-9)


@every_metric
@few
@given(seed=seeds)
def test_shares_of_a_metric_lie_between_nothing_and_all_and_inside_their_interval(metric, seed):
    cells, codes = _city(seed)
    sums = sum_groups(cells, [one_hot(codes, 3)], seed=1)
    for item in group_figures(measure(sums, metric, PERIOD)[0], 0.90):
        figure = item.figure
        if figure.value is None:
            assert figure.why_missing
            continue
        assert 0 <= figure.value <= (1 if metric.is_share else np.inf)
        if figure.lower is not None:
            assert figure.lower <= figure.value <= figure.upper


@every_metric
@few
@given(seed=seeds)
def test_comparing_the_other_way_round_turns_the_ratio_over_and_keeps_the_verdict(metric, seed):
    cells, codes = _city(seed, groups=2)
    forth, back = (
        judge_disparities(measure(sum_groups(cells, [one_hot(turn, 2)], seed=1), metric, PERIOD), POLICY)[0]
        for turn in (codes, 1 - codes)
    )
    assert forth.verdict == back.verdict
    assert (forth.needed is None) == (back.needed is None)
    if forth.ratio.value and back.ratio.value:
        assert forth.ratio.value == pytest.approx(1 / back.ratio.value, rel=1e-6)
        if forth.ratio.lower and back.ratio.upper and min(forth.ratio.lower, back.ratio.lower) > 0:
            assert forth.ratio.lower == pytest.approx(1 / back.ratio.upper, rel=1e-6)


@every_metric
@few
@given(seed=seeds)
def test_an_attribute_beside_another_changes_no_ratio_of_it(metric, seed):
    cells, codes = _city(seed)
    other = one_hot((np.arange(24) + seed) % 2, 2, "other")
    alone = measure(sum_groups(cells, [one_hot(codes, 3)], seed=1), metric, PERIOD)
    both = measure(sum_groups(cells, [one_hot(codes, 3), other], seed=1), metric, PERIOD)
    for one, two in zip(judge_disparities(alone, POLICY), judge_disparities(both, POLICY), strict=False):
        assert one.ratio == two.ratio
        if one.verdict == "pass":
            assert two.verdict == "pass"


@many
@given(
    days=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40),
    capacity=st.integers(1, 12),
)
def test_every_day_has_as_many_visits_as_the_city_can_make(days, capacity):
    day, score = (np.array(column, dtype=float) for column in zip(*days, strict=True))
    chance = visit_chance(day.astype(np.int64), score, capacity)
    assert ((chance >= 0) & (chance <= 1)).all()
    for one in np.unique(day):
        own = day == one
        assert chance[own].sum() == pytest.approx(min(capacity, own.sum()))
        order = np.argsort(score[own], kind="stable")
        assert (np.diff(chance[own][order]) >= -1e-12).all()


@many
@given(
    logs=st.lists(st.floats(-2, 2), min_size=1, max_size=6),
    errors=st.lists(st.floats(0.01, 1), min_size=6, max_size=6),
    freedom=st.floats(1, 60),
    level=st.floats(0.6, 0.99),
)
def test_the_joint_interval_holds_the_own_one_and_both_hold_the_ratio(logs, errors, freedom, level):
    size = len(logs)
    draws = np.random.default_rng(1).standard_normal((500, size))
    made = Contrasts(np.array(logs), np.array(errors[:size]), np.full(size, freedom), draws)
    for own, joint, log in zip(made.own(level), made.joint(level), logs, strict=True):
        assert joint[0] <= own[0] <= np.exp(log) * (1 + 1e-12)
        assert np.exp(log) * (1 - 1e-12) <= own[1] <= joint[1]
        if judge(own, joint, 1.25) == "pass":
            assert judge(own, joint, 1.5) == "pass"


@many
@given(error=st.floats(0.05, 1), events=st.integers(20, 400), tolerance=st.floats(1.1, 2))
def test_a_stricter_band_needs_more_cases(error, events, tolerance):
    strict = events_needed(0.0, error, (events, events), 1 + (tolerance - 1) / 2)
    lenient = events_needed(0.0, error, (events, events), tolerance)
    assert strict is not None
    assert lenient is not None
    assert (
        strict > lenient or strict > events >= lenient or strict == lenient == 100_000
    )  # the most ever said


@many
@given(
    groups=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)),
        min_size=1,
        max_size=6,
    ),
    minimum=st.sampled_from([5, 11, 20]),
)
def test_no_small_count_can_be_found_whatever_the_counts_are(groups, minimum):
    counts = tuple(
        GroupCount(
            attribute="part",
            group=f"g{i}",
            rows=tp + fp + fn + tn,
            positives=tp + fn,
            events=tp + fn,
            selected=tp + fp,
            hits=tp,
            found=tp,
        )
        for i, (tp, fp, fn, tn) in enumerate(groups)
    )
    chosen = policy(minimum=minimum)
    base = BASE.model_copy(update={"counts": counts})
    masked = mask_audit(base, chosen)
    assert count_visible_small_cells(base, masked, minimum) == 0
    assert mask_audit(masked, chosen) == masked
    for full, shown in zip(counts, masked.counts, strict=True):
        assert shown.suppressed == (shown.events is None)
        assert shown.events is None or abs(shown.events - full.events) <= 5


@few
@given(seed=st.integers(0, 10**6))
def test_every_report_of_a_random_city_is_safe_when_masked(seed):
    report = random_report(seed)
    assert report.suppression.visible_small_cells == 0


@many
@given(value=st.floats(0, 1), n=st.integers(0, 5000))
def test_a_share_that_is_shown_rests_on_no_small_count(value, n):
    shown = mask_figure(Figure(value=value, lower=value, upper=value, n=n), POLICY)
    if shown.value is not None:
        for count in (n, n * value, n * (1 - value)):
            assert count < 1e-5 or count > 10.999


@many
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50), st.integers(1, 60)), max_size=30),
    seed=seeds,
)
def test_incidents_do_not_depend_on_the_order_of_reports(rows, seed):
    order = np.random.default_rng(seed).permutation(len(rows))
    made = []
    for chosen in (np.arange(len(rows)), order):
        columns = np.array(rows, dtype=float).reshape(-1, 3)[chosen]
        reports = Reports(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 1] + columns[:, 2])
        incidents = build_incidents(reports, extracted=80.0)
        made.append((incidents.days.tolist(), incidents.repeats.tolist()))
    assert made[0] == made[1]


@many
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 50), st.integers(1, 60)), min_size=1, max_size=30
    )
)
def test_a_watch_is_never_longer_than_it_may_be_and_counts_no_report_twice(rows):
    columns = np.array(rows, dtype=float)
    reports = Reports(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 1] + columns[:, 2])
    incidents = build_incidents(reports, extracted=80.0)
    assert ((incidents.days >= 0.1) & (incidents.days <= 100)).all()
    assert incidents.repeats.sum() <= len(rows) - len(set(columns[:, 0]))
    area = reports.incident[incidents.first] % 2
    sums = watch(incidents, area, np.zeros(len(area), dtype=np.int64))
    assert sums.repeats.sum() == incidents.repeats.sum()
    assert sums.days.sum() == pytest.approx(incidents.days.sum())
