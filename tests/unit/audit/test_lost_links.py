"""Lost links put right: without bias over all the ways to lose them, and nothing where none is lost."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.audit.duplicates import Reported, Setting, find_cases, repeats_alone
from civic_ai.audit.lost_links import LOST_PERCENTS, Links, log_ratios, put_right
from civic_ai.audit.reporting import Watched, fit_reporting, judge_reporting, watch
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Figure
from tests.unit.audit.made import POLICY, one_hot
from tests.unit.audit.simulated import simulate

NEVER = np.nan
ROWS = (
    # incident, area, day of the report, day of the end
    (0, "a", 0.0, 40.0),
    (0, "a", 7.0, 40.0),
    (0, "a", 30.0, 40.0),
    (0, "a", 39.95, 40.0),
    (1, "a", 5.0, NEVER),
    (1, "a", 111.0, NEVER),
    (2, "b", 150.0, NEVER),
    (2, "b", 190.0, NEVER),
)
"""A repeat with too little left to watch, one after the longest watch, one that the extract cuts short."""
IS_REPEAT = np.array([False, True, True, True, False, True, False, True])


def _reported(incident: np.ndarray) -> Reported:
    many = len(ROWS)
    _, area, at, ended = zip(*ROWS, strict=True)
    return Reported(
        at=np.array(at), ended=np.array(ended), area=np.array(area), kind=np.zeros(many, dtype=np.int64),
        incident=incident, caller=np.full(many, -1), placed=None, located=None, extracted=200.0, start=0.0,
    )  # fmt: skip


def _watch(cases):
    return watch(cases.incidents, cases.area, cases.kind)


def _sums(watched: Watched) -> np.ndarray:
    columns = (watched.incidents, watched.days, watched.repeats)
    return np.array([np.bincount(watched.area, column, 2) for column in columns])


@pytest.mark.parametrize("lost", [0.05, 0.4])
def test_over_all_ways_to_lose_links_the_sums_are_on_average_those_of_the_town_itself(lost):
    own = np.array([row[0] for row in ROWS])
    truth = _sums(_watch(find_cases(_reported(own), Setting())))
    mean = np.zeros_like(truth)
    for pattern in product((False, True), repeat=int(IS_REPEAT.sum())):
        gone = np.zeros(len(ROWS), dtype=bool)
        gone[IS_REPEAT] = pattern
        seen = _reported(np.where(gone, 100 + np.arange(len(ROWS)), own))
        chance = lost ** sum(pattern) * (1 - lost) ** (len(pattern) - sum(pattern))
        sums = (_watch(find_cases(seen, Setting())), _watch(repeats_alone(seen, Setting())))
        mean += chance * _sums(put_right(*sums, np.full(2, lost)))
    np.testing.assert_allclose(mean, truth, rtol=1e-12)
    assert truth[1].tolist() == [40.0 + 100.0, 50.0]


def test_what_is_lost_differs_by_area():
    seen = _reported(np.array([row[0] for row in ROWS]))
    sums = (_watch(find_cases(seen, Setting())), _watch(repeats_alone(seen, Setting())))
    before, after = _sums(sums[0]), _sums(put_right(*sums, np.array([0.0, 0.5])))
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    assert after[:, 1].tolist() == [1 - 1, 50.0 - 10.0, 2.0]
    assert np.isnan(put_right(*sums, np.zeros(2)).squares).all()


def _links(ratio: float, seed: int = 1) -> Links:
    """A simulated town; each repeat alone has a tenth of the days that are watched for a repeat."""
    town = simulate(seed, ratio=ratio)
    watched = town.watched()
    alone = Watched(watched.area, watched.kind, watched.repeats, 2.0 * watched.repeats, 0 * watched.repeats,
                    0 * watched.repeats)  # fmt: skip
    return Links(watched, alone, one_hot(town.group, 2))


def test_where_no_link_is_lost_every_ratio_stays_exactly():
    links = _links(0.5)
    np.testing.assert_array_equal(links.factors(np.zeros(60)), [1.0, 1.0])


@settings(max_examples=15, deadline=None)
@given(st.floats(0.2, 0.8), st.floats(0.01, 0.3), st.floats(0.01, 0.1))
def test_a_gap_looked_smaller_than_it_is_the_more_so_the_more_is_lost(ratio, lost, more):
    links = _links(ratio)
    less, most = (links.factors(np.full(60, share))[1] for share in (lost, lost + more))
    assert most < less < 1
    other = _links(1 / ratio)
    assert other.factors(np.full(60, lost))[1] > 1


def test_links_lost_in_one_group_alone_hide_its_repeats_and_add_days():
    """Nearly 1 / .6, for two types; more where the days are known that the lost ones add."""
    links = _links(0.5)
    nothing = Watched(*(np.zeros(0, dtype=np.int64),) * 2, *(np.zeros(0),) * 4)
    without_days = Links(links.watched, nothing, links.grouping)
    alone = 0.4 * links.grouping.shares[:, 1]
    assert without_days.factors(alone)[1] == pytest.approx(1 / 0.6, rel=0.01)
    assert links.factors(alone)[1] > without_days.factors(alone)[1]
    assert without_days.factors(np.full(60, 0.4))[1] == pytest.approx(1.0)


def test_one_rate_a_group_is_put_right_in_closed_form():
    """(repeats / .9) / (days - alone / 9) in each group."""
    area, zeros = np.arange(2), np.zeros(2, dtype=np.int64)
    watched = Watched(area, zeros, np.array([50.0, 60.0]), np.array([900.0, 700.0]), np.array([90.0, 20.0]),
                      np.zeros(2))  # fmt: skip
    alone = Watched(area, zeros, np.array([90.0, 20.0]), np.array([450.0, 70.0]), np.zeros(2), np.zeros(2))
    factor = Links(watched, alone, one_hot(area, 2)).factors(np.full(2, 0.1))[1]
    assert factor == pytest.approx((900 - 50) / 900 * 700 / (700 - 70 / 9), rel=1e-9)


def test_residents_who_share_an_area_share_what_is_lost_there():
    """A quarter lives where half are of the group: half as many of its links are lost there."""
    links = _links(0.5)
    shares = np.tile([[0.5, 0.5], [1.0, 0.0]], (30, 1))
    mixed = Links(links.watched, links.alone, Grouping("part", ("g0", "g1"), "g0", shares, np.ones(60)))
    (item,) = judge_reporting(links.watched, [mixed.grouping], POLICY, seed=1).groups
    told = {loss.percent: loss.ratio.value for loss in mixed.alone_in([item])}
    expected = mixed.factors(0.2 * shares[:, 1])[1] * item.ratio.value
    assert told[20] == pytest.approx(expected)
    assert told[10] < told[20] < told[40]


def test_every_group_and_percent_has_a_row_with_its_interval():
    links = _links(0.5)
    groups = judge_reporting(links.watched, [links.grouping], POLICY, seed=1).groups
    for rows, where in ((list(links.alone_in(groups)), links.grouping.shares[:, 1]),
                        (list(links.everywhere(groups)), np.ones(60))):  # fmt: skip
        assert [(row.group, row.percent) for row in rows] == [("g1", percent) for percent in LOST_PERCENTS]
        factor = links.factors(0.4 * where)[1]
        ratio, before = rows[-1].ratio, groups[0].ratio
        for name in ("value", "lower", "upper"):
            assert getattr(ratio, name) == pytest.approx(getattr(before, name) * factor)
        assert ratio.n == before.n


def test_a_loss_that_would_leave_no_days_has_no_row():
    links = _links(0.5)
    watched = links.watched
    longer = Watched(watched.area, watched.kind, watched.repeats, 4 * watched.days, 0 * watched.repeats,
                     0 * watched.repeats)  # fmt: skip
    groups = judge_reporting(watched, [links.grouping], POLICY, seed=1).groups
    cut = Links(watched, longer, links.grouping)
    assert np.isnan(cut.factors(np.full(60, 0.4))[1])
    assert np.isfinite(cut.factors(np.full(60, 0.1))[1])
    assert [row.percent for row in cut.everywhere(groups)] == [10]
    unknown = groups[0].model_copy(update={"ratio": Figure(value=None, n=3)})
    assert list(cut.everywhere([unknown])) == list(cut.alone_in([unknown])) == []


def test_sums_that_are_whole_are_told_as_the_audit_tells_them():
    links = _links(0.4, seed=3)
    fit = fit_reporting(links.watched, links.grouping)
    np.testing.assert_allclose(log_ratios(links.watched, links.grouping), fit.log_ratio, atol=1e-7)


def test_a_group_that_never_reports_again_has_no_ratio():
    watched = _links(0.5).watched
    quiet = Watched(watched.area, watched.kind, watched.incidents, watched.days,
                    np.where(watched.area % 2, 0.0, watched.repeats), watched.squares)  # fmt: skip
    made = log_ratios(quiet, one_hot(np.arange(60) % 2, 2))
    assert made[0] == 0.0
    assert np.isnan(made[1])
