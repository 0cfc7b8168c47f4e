"""Residents of two groups at once: known truths, chance alone, and what a pilot may ask for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from civic_ai.audit.audited import audit_measured
from civic_ai.audit.disparity import judge_disparities, measure
from civic_ai.audit.given import read_given
from civic_ai.audit.intersections import ALL, Crossed, _Pair, cross, measure_intersections
from civic_ai.audit.measured import measure_groups
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import sum_groups
from civic_ai.panel.groups import UNKNOWN, Grouping
from tests.unit.audit.city import evaluated
from tests.unit.audit.made import LANGUAGE, PERIOD, POLICY, cells_of, one_hot

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
PAIR = {"attributes": {"half": HALF, "language": LANGUAGE}, "intersections": [["half", "language"]]}
LOOSE = 0.99


def _sums(cells, groupings):
    return sum_groups(cells, groupings, seed=1)


def test_a_pair_is_who_belongs_to_both():
    one, other = one_hot(np.array([0, 0, 1, 1]), 2, "a"), one_hot(np.array([0, 1, 0, 0]), 2, "b")
    made = cross(one, other)
    assert made.pairs == (("g0", "g0"), ("g0", "g1"), ("g1", "g0"))
    np.testing.assert_array_equal(made.shares[:, :3].argmax(axis=1), [0, 1, 2, 2])
    np.testing.assert_array_equal(made.shares[:, -1], 1.0)
    assert (made.attribute, made.reference_group, made.groups[-1]) == ("a & b", ALL, ALL)


def test_shares_of_residents_go_with_the_areas_group_and_nobody_unknown_is_counted():
    area = one_hot(np.array([0, 1, 1]), 2, "area")
    people = Grouping(
        "people", ("x", "y", UNKNOWN), "x",
        np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0], [0.2, 0.8, 0.0]]), np.array([10.0, 20.0, 30.0]), "pop",
    )  # fmt: skip
    made = cross(area, people)
    assert made.pairs == (("g0", "x"), ("g0", "y"), ("g1", "x"), ("g1", "y"))
    np.testing.assert_allclose(made.shares[:, -1], [0.75, 1.0, 1.0])
    np.testing.assert_array_equal(made.residents, [10.0, 20.0, 30.0])


def test_figures_are_those_of_a_plain_count_and_neglect_of_one_pair_is_named(tmp_path):
    given = evaluated(tmp_path, missed=0.5, spec={"audit": PAIR})
    read = read_given(given.spec, given.evaluation, given.blobs)
    made = measure_intersections(read, measure_groups(read, POLICY), POLICY)
    assert [(one.group, one.other_group) for one in made.groups[:2]] == [
        ("q2", "minority"),
        ("q2", "majority"),
    ]
    assert {one.verdict for one in made.groups[:2]} == {"fail"}
    assert made.verdict == "fail"
    unit, label = given.rows["unit"], np.nan_to_num(given.rows["label"])
    odd = label[unit % 2 == 1].sum()
    by_name = {(one.group, one.other_group): one for one in made.groups}
    assert by_name["q2", "minority"].events == round(0.8 * odd)
    reached = by_name["q2", "minority"].figure.value
    assert reached == pytest.approx(by_name["q2", "majority"].figure.value)
    assert by_name["q1", "majority"].figure.value > 2 * reached


def test_without_a_declared_pair_nothing_is_said(tmp_path):
    given = evaluated(tmp_path)
    read = read_given(given.spec, given.evaluation, given.blobs)
    assert measure_intersections(read, measure_groups(read, POLICY), POLICY) is None


def test_those_who_wait_can_be_crossed_too(tmp_path):
    from tests.unit.audit.test_measured import _waits

    read = _waits(tmp_path, 1.8)
    audit = read.spec.audit.model_copy(
        update={"attributes": pair_spec(), "intersections": (("half", "third"),)}
    )
    given = type(read)(
        read.spec.model_copy(update={"audit": audit}), read.evaluation, read.predictions, read.panel,
        read.snapshot, read.tables, read.units, read.blobs,
    )  # fmt: skip
    made = measure_intersections(given, measure_groups(given, POLICY), POLICY)
    worst = next(one for one in made.groups if one.metric == "restricted_mean_days")
    assert worst.group == "q2"
    assert worst.shrunken > worst.figure.value * 0.8


def pair_spec():
    from civic_ai.pilot.audit_block import Attribute

    return {
        "half": Attribute.model_validate(HALF),
        "third": Attribute.model_validate(HALF | {"column": "population"}),
    }


def _city(rng, recalls, events, units=30):
    """Twelve pairs of groups with so many cases each, spread over units, reached with known chances."""
    first = np.repeat(np.arange(3), 4 * units)
    second = np.tile(np.repeat(np.arange(4), units), 3)
    came = rng.multinomial(events, np.full(units, 1 / units), 12).ravel()
    cells = cells_of(rows=came, events=came, found=rng.binomial(came, np.repeat(recalls, units)))
    return cells, cross(one_hot(first, 3, "a"), one_hot(second, 4, "b"))


def test_twelve_equal_pairs_are_told_apart_at_most_as_often_as_stated():
    """METHODS 3.3: family-wise error of max-z with 12 groups at most 6 %: any joint interval misses 1."""
    rng, missed, runs = np.random.default_rng(5), 0, 150
    for _ in range(runs):
        cells, pair = _city(rng, np.full(12, 0.4), 120)
        family = measure(_sums(cells, [pair]), METRICS["recall"], PERIOD)
        found = judge_disparities(family, POLICY.model_copy(update={"tolerances": _ninety_five()}))
        missed += any(item.joint.lower > 1 or item.joint.upper < 1 for item in found)
        assert all(item.verdict != "fail" for item in found)
    assert missed <= stats.binom.ppf(LOOSE, runs, 0.06)


def _ninety_five():
    return POLICY.tolerances.model_copy(update={"confidence_level": 0.95})


def test_a_pair_that_its_attributes_do_not_show_is_found():
    """Each group of either attribute is reached about alike; one pair is not (Kearns et al. 2018)."""
    rng = np.random.default_rng(6)
    first, second = np.repeat([0, 0, 1, 1], 40), np.repeat([0, 1, 0, 1], 40)
    recall = np.where(first == second, 0.7, 0.2)
    came = rng.poisson(20, 160)
    cells = cells_of(rows=came, events=came, found=rng.binomial(came, recall))
    alone = [one_hot(first, 2, "a"), one_hot(second, 2, "b")]
    apart = audit_measured(
        {"recall": measure(_sums(cells, alone), METRICS["recall"], PERIOD)}, ("recall",), POLICY
    )
    assert apart.worst_verdict == "pass"
    crossed = measure(_sums(cells, [cross(*alone)]), METRICS["recall"], PERIOD)
    found = {item.group: item.verdict for item in judge_disparities(crossed, POLICY)}
    assert found == dict.fromkeys(("g0 & g0", "g1 & g0", "g0 & g1", "g1 & g1"), "fail")


def test_the_kind_of_grouping_is_kept_by_the_sums():
    cells, pair = _city(np.random.default_rng(1), np.full(12, 0.4), 50)
    assert isinstance(_sums(cells, [pair])[0].grouping, Crossed)


@pytest.mark.parametrize(("metric", "drawn"), [("recall", 0.6), ("false_positive_rate", 1.4)])
@pytest.mark.parametrize("city", [0.4, 30.0])
def test_the_harm_is_relative_to_the_city_whatever_the_unit(metric, drawn, city):
    """So pairs of different metrics can stand in one order: 40 % too little is as bad as 40 % too much."""
    pair = SimpleNamespace(small=SimpleNamespace(city=city), measured=SimpleNamespace(metric=METRICS[metric]))
    assert _Pair._harm(pair, drawn * city) == pytest.approx(-0.4)
    assert _Pair._harm(pair, np.nan) == 0.0
