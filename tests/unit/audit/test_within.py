"""Bounds within areas: never wrong, never wider than they must be, and labelled as of areas."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from civic_ai.audit.disparity import group_figures, measure
from civic_ai.audit.given import read_given
from civic_ai.audit.measured import measure_groups
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import sum_groups
from civic_ai.audit.within import bound_within_areas, bounds
from civic_ai.panel.groups import UNKNOWN, Grouping
from tests.unit.audit.city import evaluated
from tests.unit.audit.made import LANGUAGE, PERIOD, POLICY, cells_of

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
BOTH = {"attributes": {"half": HALF, "language": LANGUAGE}}


def _people(shares, residents=None):
    shares = np.asarray(shares, float)
    people = np.ones(len(shares)) if residents is None else np.asarray(residents, float)
    return Grouping("people", ("x", "y"), "x", np.column_stack([shares, 1 - shares]), people)


def _bounds(cells, grouping, areas, metric="recall"):
    return {one.group: one for one in bounds(grouping, cells, np.asarray(areas), METRICS[metric])}


def test_the_bounds_are_those_of_every_way_to_share_out_what_was_found():
    """Brute force over whole cases: 4 of 10 cases are x's; of 10 cases 7 were found, in one area; of 6 cases
    (3 of x) 2 in another."""
    cells = cells_of(events=np.array([10.0, 6.0]), found=np.array([7.0, 2.0]))
    made = _bounds(cells, _people([0.4, 0.5]), [0, 1])["x"]
    ways = [
        (first + second) / 7
        for first, second in itertools.product(range(5), range(4))
        if 0 <= 7 - first <= 6 and 0 <= 2 - second <= 3
    ]
    assert (made.lower, made.upper) == pytest.approx((min(ways), max(ways)))
    assert made.areas == 2


@settings(max_examples=60, deadline=None)
@given(
    areas=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.floats(0, 1), st.integers(1, 50)),
        min_size=1,
        max_size=6,
    ),
    within=st.floats(0, 1),
)
@example(areas=[(1e-9, 1, 1.0, 5)], within=0.0)  # a share so small that a difference of cases loses it
def test_the_truth_lies_within_whoever_is_missed(areas, within):
    share, events, reached, residents = (np.array(column, float) for column in zip(*areas, strict=True))
    found = np.round(events * reached)
    own = share * events
    least, most = np.maximum(0, own - (events - found)), np.minimum(own, found)
    truth = least + within * (most - least)
    made = _bounds(cells_of(events=events, found=found), _people(share, residents), np.arange(len(share)))[
        "x"
    ]
    if (own * residents).sum() == 0:
        assert made.lower is None
        return
    value = (truth * residents).sum() / (own * residents).sum()
    assert made.lower - 1e-9 <= value <= made.upper + 1e-9
    assert -1e-9 <= made.lower <= made.value + 1e-9 <= made.upper + 2e-9 <= 1 + 3e-9


def test_nothing_can_hide_in_areas_of_one_group():
    made = _bounds(
        cells_of(events=np.array([10.0, 20.0]), found=np.array([7.0, 2.0])), _people([1.0, 0.0]), [0, 1]
    )
    assert (made["x"].lower, made["x"].upper) == (0.7, 0.7)
    assert (made["y"].lower, made["y"].upper) == (0.1, 0.1)


def test_places_of_one_area_are_one_area():
    """Which of an area's cells a group lives in is not known, so it can hide between them too."""
    cells = cells_of(events=np.array([10.0, 10.0]), found=np.array([10.0, 0.0]))
    apart, together = (_bounds(cells, _people([0.5, 0.5]), areas)["x"] for areas in ([0, 1], [0, 0]))
    assert (apart.lower, apart.upper) == (0.5, 0.5)
    assert (together.lower, together.upper) == (0.0, 1.0)


def test_the_even_share_is_the_groups_figure():
    rng = np.random.default_rng(1)
    grouping = _people(rng.random(30), rng.integers(1, 90, 30))
    events = rng.poisson(9, 30)
    cells = cells_of(events=events, found=rng.binomial(events, 0.4))
    figures = group_figures(measure(sum_groups(cells, [grouping], seed=1), METRICS["recall"], PERIOD)[0], 0.9)
    made = _bounds(cells, grouping, np.arange(30))
    for figure in figures:
        assert made[figure.group].value == pytest.approx(figure.figure.value)


def test_a_difference_of_counts_is_bounded_too():
    cells = cells_of(rows=20.0, positives=np.array([5.0]), selected=8.0, hits=3.0)
    made = _bounds(cells, _people([0.2]), [0], "false_positive_rate")["x"]
    assert (made.lower, made.value, made.upper) == pytest.approx((0.0, 5 / 15, 1.0))


def test_only_shares_of_residents_and_known_groups_are_bounded(tmp_path):
    made = evaluated(tmp_path, spec={"audit": BOTH})
    read = read_given(made.spec, made.evaluation, made.blobs)
    found = bound_within_areas(read, measure_groups(read, POLICY))
    assert {(one.attribute, one.group, one.metric) for one in found} == {
        ("language", "majority", "recall"), ("language", "minority", "recall"),
    }  # fmt: skip
    assert {one.level for one in found} == {"area"}
    unknown = Grouping("p", ("x", UNKNOWN), "x", np.array([[0.5, 0.5]]), np.ones(1))
    assert [
        one.group
        for one in bounds(unknown, cells_of(events=np.array([4.0])), np.array([0]), METRICS["recall"])
    ] == ["x"]


def test_a_forecast_has_no_share_to_bound(tmp_path):
    made = evaluated(tmp_path, counts=True, spec={"audit": BOTH})
    read = read_given(made.spec, made.evaluation, made.blobs)
    assert bound_within_areas(read, measure_groups(read, POLICY)) == ()


def test_an_area_with_part_of_a_case_is_an_area():
    cells = cells_of(events=np.array([1.0, 4.0, 9.0]), found=np.array([1.0, 2.0, 0.0]))
    assert _bounds(cells, _people([0.5, 0.5, 0.0]), [0, 1, 2])["x"].areas == 2
