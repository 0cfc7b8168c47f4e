"""Linkage by place and time finds planted problems, equals brute force, and knows what chance would link."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.audit.linkage import (
    Located,
    flatten_degrees,
    link_reports,
    linkage_ends,
    links_by_chance,
    near_pairs,
)


def located(x, y, at, kind=None, *, metres=100.0, days=14.0):
    many = len(at)
    kinds = np.zeros(many, dtype=np.int64) if kind is None else np.asarray(kind)
    return Located(*(np.asarray(v, dtype=float) for v in (x, y, at)), kinds,
                   np.full(many, metres), np.full(many, days))  # fmt: skip


def brute_force(reports: Located) -> np.ndarray:
    """Merge labels until nothing changes, pair by pair."""
    labels = np.arange(len(reports.at))
    changed = True
    while changed:
        changed = False
        for i in range(len(labels)):
            for j in range(i):
                near = np.hypot(reports.x[i] - reports.x[j], reports.y[i] - reports.y[j]) <= reports.metres[i]
                soon = abs(reports.at[i] - reports.at[j]) <= reports.days[i]
                if near and soon and reports.kind[i] == reports.kind[j] and labels[i] != labels[j]:
                    labels[labels == max(labels[i], labels[j])] = min(labels[i], labels[j])
                    changed = True
    return labels


def same_partition(one, other) -> bool:
    return (
        len({*zip(one.tolist(), other.tolist(), strict=True)})
        == len({*one.tolist()})
        == len({*other.tolist()})
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 40))
def test_components_are_those_of_brute_force(seed, many):
    rng = np.random.default_rng(seed)
    reports = located(rng.uniform(0, 600, many), rng.uniform(0, 600, many), rng.uniform(0, 60, many),
                      rng.integers(0, 2, many))  # fmt: skip
    assert same_partition(link_reports(reports), brute_force(reports))


def test_planted_problems_are_found_exactly():
    rng = np.random.default_rng(1)
    place = np.arange(50)
    truth = np.repeat(place, rng.integers(1, 5, 50))
    x = truth * 1000.0 + rng.uniform(-30, 30, len(truth))
    reports = located(x, np.zeros(len(truth)), rng.uniform(0, 10, len(truth)))
    assert same_partition(link_reports(reports), truth)


def test_a_chain_is_one_problem_and_its_ends_need_not_be_near():
    reports = located([0, 90, 180], [0, 0, 0], [0, 10, 20])
    assert len(set(link_reports(reports).tolist())) == 1


@pytest.mark.parametrize(
    ("second", "linked"),
    [
        ((100, 0, 14), True),
        ((100.1, 0, 0), False),
        ((0, 0, 14.1), False),
        ((80, 80, 0), False),
        ((99, 0, 13.9), True),
    ],
)
def test_both_limits_are_included_and_both_must_hold(second, linked):
    x, y, at = second
    assert (len(set(link_reports(located([0, x], [0, y], [0, at])).tolist())) == 1) is linked


def test_types_are_never_linked_to_each_other():
    assert len(set(link_reports(located([0, 0], [0, 0], [0, 0], [0, 1])).tolist())) == 2


def test_a_pair_comes_once_and_the_later_one_is_a_year_on():
    here = located([0, 5, 0, 0], [0, 0, 0, 0], [0, 1, 364, 380])
    one, other = near_pairs(here, apart=364.0)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 2), (1, 2)]
    assert len(near_pairs(here)[0]) == 1


def test_without_repeats_all_links_are_chance_and_with_them_the_rest_is():
    """A city where every report is a new problem: links a year apart are as many as links at once."""
    rng = np.random.default_rng(2)
    many = 6000
    x, y, at = rng.uniform(0, 8000, many), rng.uniform(0, 8000, many), rng.uniform(0, 2000, many)
    links, chance = links_by_chance(located(x, y, at, metres=150.0))
    assert chance.sum() / links.sum() == pytest.approx(1.0, abs=0.12)
    again = rng.choice(many, 1500, replace=False)
    more = located(np.r_[x, x[again]], np.r_[y, y[again]], np.r_[at, at[again] + 2.0], metres=150.0)
    links, chance = links_by_chance(more)
    near = near_pairs(more)
    ordered = [(min(pair), max(pair)) for pair in zip(*near, strict=True)]
    true = sum(j >= many and again[j - many] == i for i, j in ordered)
    assert chance.sum() / links.sum() == pytest.approx(1 - true / len(near[0]), abs=0.1)


def test_chance_is_not_known_within_a_year():
    links, chance = links_by_chance(located([0, 0], [0, 0], [0, 1]))
    assert links.tolist() == [0.5, 0.5]
    assert np.isnan(chance).all()


def test_the_watch_ends_when_a_repeat_would_no_longer_be_linked():
    ends = linkage_ends(
        np.array([0, 0, 1]), np.array([0.0, 10, 5]), np.array([np.nan, 12, 40]), np.full(3, 14.0)
    )
    assert ends.tolist() == [24.0, 12.0, 19.0]


def test_a_degree_is_as_long_as_on_earth():
    """111.2 km a degree of latitude; times cos 60 degrees = 1/2 for longitude."""
    x, _ = flatten_degrees(np.array([60.0, 60.0]), np.array([0.0, 1.0]))
    assert x[1] - x[0] == pytest.approx(111_195 / 2)
    assert flatten_degrees(np.array([0.0, 1.0]), np.zeros(2))[1][1] == pytest.approx(111_195)


def test_nothing_links_to_nothing():
    none = located([], [], [])
    assert link_reports(none).tolist() == []
    assert [part.tolist() for part in near_pairs(none)] == [[], []]


def test_scaled_settings_scale_both():
    more = located([0], [0], [0]).scaled(2.0, 0.5)
    assert (more.metres[0], more.days[0]) == (200.0, 7.0)
