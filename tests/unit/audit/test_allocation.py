"""Feedback loops: the published urn, the allocator of METHODS 7, and laws that every way obeys."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.allocation import Service, Way, follow
from civic_ai.audit.feedback import WAYS, over_fair_share

OAKLAND = np.array([3.68511, 2.816466])
"""Drug arrests a day in the two busiest regions (Ensign et al. 2018, section 5)."""
TRUE_SHARE = OAKLAND[0] / OAKLAND.sum()
STRONG, WEAK = (609.0, 379.0), (6.09, 3.79)
NAIVE = Way("reports", learns=True, proportional=True)
CORRECTED = replace(NAIVE, thins=True)


def _urn(way: Way, prior: tuple[float, float], futures: int = 150) -> float:
    """The share of the first region in what is known after 1,000 days, one patrol a day."""
    need = np.tile(OAKLAND, (futures, 1))
    silent = np.zeros_like(need)
    urn = Service(
        need=need, reported=silent, believed=silent + 1, known=np.tile(prior, (futures, 1)),
        visits=1, periods=1000, remembers=1.0, survives=0.0,
    )  # fmt: skip
    made = follow(urn, way, seed=5)
    known = np.array(prior) + made.repaired
    if way.thins:
        return float((made.visits / made.visits.sum(axis=1, keepdims=True))[:, 0].mean())
    return float((known[:, 0] / known.sum(axis=1)).mean())


def test_the_naive_urn_runs_away_as_published():
    assert _urn(NAIVE, STRONG) == pytest.approx(0.70, abs=0.01)
    assert _urn(NAIVE, WEAK) == pytest.approx(0.83, abs=0.02)


def test_the_corrected_urn_stays_at_the_true_share():
    assert _urn(CORRECTED, WEAK) == pytest.approx(TRUE_SHARE, abs=0.02)


def _allocator(gap: float = 0.4, futures: int = 40, seed: int = 0) -> tuple[Service, np.ndarray]:
    """200 areas with need of the same kind, half of which report ``gap`` times as often; 20 visits a week."""
    rng = np.random.default_rng(seed)
    quiet = np.tile(np.arange(200) % 2, (futures, 1)).astype(float)
    need = 2 * np.exp(0.5 * rng.standard_normal(quiet.shape) - 0.125)
    reported = np.where(quiet > 0, 0.5 * gap, 0.5)
    remembers = math.exp(-1 / 26)
    known = rng.poisson(need * reported / (1 - remembers)).astype(float)
    survives = math.exp(-7 / 120)
    return Service(need, reported, reported, known, 20, 104, remembers, survives), quiet


def _over_fair_share(way: Way, gap: float = 0.4) -> float:
    service, quiet = _allocator(gap)
    return float(over_fair_share(follow(service, way, seed=1).visits, service.need, quiet).mean())


def test_who_reports_less_is_hardly_visited_unless_it_is_corrected():
    shares = {way.name: _over_fair_share(way) for way in WAYS}
    assert shares["reports"] < 0.3
    assert shares["exploration"] > shares["discoveries"] + 0.1
    assert shares["exploration"] < 0.9
    assert 0.9 <= shares["correction"] <= 1.15


def test_without_a_gap_every_way_is_even():
    for way in WAYS:
        assert _over_fair_share(way, gap=1.0) == pytest.approx(1.0, abs=0.12)


def test_most_areas_that_report_less_are_never_visited():
    service, quiet = _allocator()
    never = {way.name: (follow(service, way, seed=1).visits == 0)[quiet > 0].mean() for way in WAYS}
    assert never["reports"] > 0.6
    assert never["exploration"] < 0.6 * never["reports"]


def test_two_years_of_all_ways_take_less_than_two_seconds():
    service, _ = _allocator(futures=40)
    began = time.process_time()
    for way in WAYS:
        follow(service, way, seed=1)
    assert time.process_time() - began < 4  # twice the promise: the machine may be busy


@pytest.mark.parametrize("way", [*WAYS, NAIVE, CORRECTED], ids=str)
def test_all_visits_are_made_each_to_another_area(way):
    service, _ = _allocator(futures=3)
    short = replace(service, periods=5)
    made = follow(short, way, seed=2)
    assert (made.visits.sum(axis=1) == 5 * 20).all()
    assert made.visits.max() <= 5
    assert (made.repaired[made.visits == 0] == 0).all()
    again = follow(short, way, seed=2)
    assert (again.visits == made.visits).all()
    assert (follow(short, way, seed=3).repaired != made.repaired).any()


def test_no_more_is_repaired_than_arises():
    service, _ = _allocator(futures=4)
    none_before = replace(
        service, reported=np.ones_like(service.need), visits=200, periods=50, survives=0.999999
    )
    made = follow(none_before, WAYS[0], seed=1)
    assert (made.visits == 50).all()
    assert made.repaired.sum() == pytest.approx(50 * service.need.sum(), rel=0.02)


def test_ranking_takes_the_highest_and_correction_divides():
    need = np.full((1, 4), 1e-9)
    known = np.array([[8.0, 4.0, 3.0, 1.0]])
    share = np.array([[1.0, 1.0, 0.25, 1.0]])
    service = Service(need, share, share, known, 1, 1, 1.0, 0.5)
    assert follow(service, Way("reports"), seed=1).visits.tolist() == [[1, 0, 0, 0]]
    assert follow(service, Way("correction", corrects=True), seed=1).visits.tolist() == [[0, 0, 1, 0]]


def test_exploring_spares_those_that_stand_high():
    need, known = np.full((50, 10), 1e-9), np.tile(np.arange(10.0, 0, -1), (50, 1))
    service = Service(need, need * 0 + 1, need * 0 + 1, known, 4, 1, 1.0, 0.5)
    made = follow(service, Way("exploration", explores=0.5), seed=1).visits
    assert (made[:, :2] == 1).all()
    assert (made[:, 2:].sum(axis=1) == 2).all()
    assert (made[:, 2:].sum(axis=0) > 0).all()


def test_what_is_known_fades():
    """An area that no longer reports loses its place to one that does."""
    need = np.array([[1e-9, 5.0]])
    known = np.array([[40.0, 0.0]])
    service = Service(need, need * 0 + 1, need * 0 + 1, known, 1, 40, 0.8, 0.5)
    assert follow(service, Way("reports"), seed=1).visits[0, 1] > 30
    kept = follow(replace(service, remembers=1.0, periods=5), Way("reports"), seed=1)
    assert kept.visits[0, 1] == 0
