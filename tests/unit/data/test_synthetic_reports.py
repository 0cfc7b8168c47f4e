"""What the city hears and does, against closed forms and brute force."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.data.synthetic_fields import make_land
from civic_ai.data.synthetic_need import Need
from civic_ai.data.synthetic_reports import collect_reports, crew_queue, handle, report_rate
from civic_ai.data.synthetic_settings import KINDS, CitySettings

PLANTED = CitySettings()
MANY = 40_000
POTHOLE = KINDS[0]
LAND = replace(
    make_land(2, np.random.default_rng(1)),
    minority_share=np.array([0.0, 1.0, 0.0, 1.0]),
    report_effect=np.zeros(4),
)


def plain_need(severity=0.0):
    rng = np.random.default_rng(9)
    born = np.sort(rng.uniform(0, 2000, MANY))
    return Need(
        area=np.arange(MANY) % 4,
        born=born,
        died=born + rng.exponential(POTHOLE.life_days, MANY),
        severity=np.full(MANY, severity),
        lat=np.zeros(MANY),
        lon=np.zeros(MANY),
    )


def handled(settings=PLANTED, need=None, seed=2):
    need = plain_need() if need is None else need
    return handle(POTHOLE, need, land=LAND, settings=settings, rng=np.random.default_rng(seed))


def reports(settings=PLANTED, seed=3):
    need, handling = plain_need(), handled(settings)
    return need, handling, collect_reports(need, handling, settings, np.random.default_rng(seed))


def test_report_rate_has_exactly_the_planted_ratio():
    rate = report_rate(POTHOLE, LAND, CitySettings(reporting_ratio=0.5))
    assert rate[1] / rate[0] == pytest.approx(0.5)
    assert rate[0] == pytest.approx(1 / POTHOLE.report_days)


def test_share_ever_reported_is_rate_over_rate_plus_death():
    """Two exponential clocks: P(report before death) = r / (r + d) (METHODS 1.1)."""
    handling = handled()
    for area, ratio in ((0, 1.0), (1, PLANTED.reporting_ratio)):
        rate, death = ratio / POTHOLE.report_days, 1 / POTHOLE.life_days
        share = handling.is_reported[np.arange(MANY) % 4 == area].mean()
        assert share == pytest.approx(rate / (rate + death), abs=0.015)


def test_severe_incidents_are_reported_and_inspected_faster():
    mild, grave = handled(need=plain_need(-1.0)), handled(need=plain_need(1.0))
    assert (grave.rate / mild.rate) == pytest.approx(np.exp(0.7))
    waits = [np.nanmedian(one.inspected - one.first) for one in (mild, grave)]
    assert waits[1] / waits[0] == pytest.approx(np.exp(-0.6), rel=0.05)


@pytest.mark.parametrize("ratio", [1.0, 1.76])
def test_delay_ratio_is_the_ratio_of_median_days_to_inspection(ratio):
    handling = handled(CitySettings(delay_ratio=ratio))
    wait = handling.inspected - handling.first
    minority = np.arange(MANY) % 2 == 1
    assert np.nanmedian(wait[minority]) / np.nanmedian(wait[~minority]) == pytest.approx(ratio, rel=0.06)


def test_nothing_is_closed_before_it_was_reported_or_inspected():
    handling = handled()
    known = handling.is_reported
    assert (handling.closed[known] > handling.first[known]).all()
    both = known & ~np.isnan(handling.inspected)
    assert (handling.closed[both] > handling.inspected[both]).all()
    assert np.isnan(handling.closed[~known]).all()


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.floats(0.05, 10))
def test_crew_queue_equals_a_loop_over_jobs(ready, pace):
    wanted = {}
    free = -np.inf
    for job in sorted(range(len(ready)), key=lambda j: (ready[j], j)):
        free = max(free, ready[job]) + 1 / pace
        wanted[job] = free
    made = crew_queue(np.array(ready, dtype=float), pace)
    assert made == pytest.approx([wanted[job] for job in range(len(ready))])


def test_crew_queue_of_nothing_is_empty():
    assert len(crew_queue(np.array([]), 1.0)) == 0


def test_every_reported_incident_has_its_first_report_and_no_other_has_any():
    _, handling, made = reports()
    assert set(made.incident) == set(np.flatnonzero(handling.is_reported))
    first = np.full(MANY, np.inf)
    np.minimum.at(first, made.incident, made.at)
    assert first[handling.is_reported] == pytest.approx(handling.first[handling.is_reported])


def test_reports_come_only_while_the_incident_lives_and_is_not_repaired():
    need, handling, made = reports()
    end = np.minimum(need.died, handling.closed)[made.incident]
    assert (made.at <= end).all()


@pytest.mark.parametrize("inflation", [0.0, 0.6])
def test_repeat_reports_come_at_the_rate_of_the_incident(inflation):
    """Mean repeats = (1 - zero inflation) x rate x days alive (Poisson thinned by never-repeated)."""
    need, handling, made = reports(CitySettings(zero_inflation=inflation))
    known = handling.is_reported
    alive = (np.minimum(need.died, handling.closed) - handling.first)[known]
    repeats = len(made.at) - known.sum()
    assert repeats == pytest.approx((1 - inflation) * (handling.rate[known] * alive).sum(), rel=0.05)


def test_zero_inflation_of_one_leaves_no_repeat():
    _, handling, made = reports(CitySettings(zero_inflation=1.0))
    assert len(made.at) == handling.is_reported.sum()


@pytest.mark.parametrize("loss", [0.0, 0.2, 1.0])
def test_linkage_loss_is_the_share_of_unlinked_repeats(loss):
    _, handling, made = reports(CitySettings(linkage_loss=loss))
    repeats = len(made.at) - handling.is_reported.sum()
    assert (~made.is_linked).sum() / repeats == pytest.approx(loss, abs=0.02)


def test_first_reports_are_always_linked():
    _, handling, made = reports(CitySettings(linkage_loss=1.0))
    assert made.is_linked.sum() == handling.is_reported.sum()


def test_winter_fills_the_queue():
    """With more work at once than the crews' pace, the wait grows from job to job."""
    done = crew_queue(np.zeros(30), 2.0)
    assert np.sort(done) == pytest.approx(np.arange(1, 31) / 2)
