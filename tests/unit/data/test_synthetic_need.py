"""What truly happens: levels, effects, overdispersion, places."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from civic_ai.data.synthetic_fields import AREA_LAT, AREA_LON, NORTH_EDGE, WEST_EDGE, make_land
from civic_ai.data.synthetic_need import make_need, weekly_need
from civic_ai.data.synthetic_settings import KINDS
from civic_ai.data.synthetic_weather import make_weather

LAND = make_land(6, np.random.default_rng(1))
WEATHER = make_weather(date(2018, 1, 1), date(2021, 12, 30), np.random.default_rng(2))
POTHOLE = KINDS[0]


def draw(kind=POTHOLE, land=LAND, busyness=1.0, seed=3):
    return make_need(kind, land, WEATHER, busyness=busyness, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_need_by_kilometre_and_year_is_as_declared(kind):
    expected = weekly_need(kind, replace(LAND, road_km=np.full(36, 10.0)), WEATHER)
    years = expected.shape[1] * 7 / 365.25
    assert expected.sum() / (36 * 10 * years) == pytest.approx(kind.per_km_year)


def test_busyness_multiplies_need():
    assert len(draw(busyness=4).born) / len(draw().born) == pytest.approx(4, rel=0.05)


def test_old_roads_break_more_and_most_after_thaw():
    """In a log-linear world the ratio of old to new is exp(age x 2), more in weeks of freeze-thaw."""
    age = np.tile([-1.0, 1.0], 18)
    land = replace(LAND, age=age, need_effect=np.zeros(36), road_km=np.full(36, 10.0))
    expected = weekly_need(POTHOLE, land, WEATHER)
    ratio = expected[1] / expected[0]
    plain = np.exp(2 * POTHOLE.age)
    assert ratio.min() < plain < ratio.max()
    assert np.corrcoef(np.log(ratio), np.log(expected[0]))[0, 1] > 0.0
    assert np.exp(np.log(ratio).mean()) == pytest.approx(plain, rel=0.1)


def test_winter_brings_more_potholes():
    expected = weekly_need(POTHOLE, LAND, WEATHER).sum(axis=0)
    month = (np.datetime64("2018-01-01") + 7 * np.arange(len(expected))).astype("datetime64[M]").astype(
        int
    ) % 12
    assert expected[month == 1].mean() > 1.7 * expected[month == 6].mean()


def test_counts_are_overdispersed_as_poisson_gamma():
    """Variance m + m^2/6 with mean m: the gamma shape of METHODS 8, estimated by moments."""
    kind = replace(POTHOLE, age=0, thaw=0, age_thaw=0, winter=0)
    land = replace(LAND, need_effect=np.zeros(36), road_km=np.full(36, 100.0))
    need = draw(kind, land)
    counts = np.bincount(need.area * 1000 + (need.born // 7).astype(int), minlength=36_000)
    weeks = len(WEATHER.tmin_c) // 7
    table = counts.reshape(36, 1000)[:, :weeks]
    excess = table.var() / table.mean() ** 2 - 1 / table.mean()
    assert excess == pytest.approx(1 / 6, rel=0.15)


def test_incidents_last_as_long_as_their_kind():
    need = draw(busyness=3)
    assert (need.died - need.born).mean() == pytest.approx(POTHOLE.life_days, rel=0.05)
    assert (need.died > need.born).all()


def test_incidents_lie_in_their_area():
    need = draw()
    row = np.floor((NORTH_EDGE - need.lat) / AREA_LAT + 1e-3)
    column = np.floor((need.lon - WEST_EDGE) / AREA_LON - 1e-3)
    near_border = np.abs((need.lat - NORTH_EDGE) / AREA_LAT % 1 - 0.5) > 0.495
    near_border |= np.abs((need.lon - WEST_EDGE) / AREA_LON % 1 - 0.5) > 0.495
    assert (row * 6 + column == need.area)[~near_border].all()


def test_bad_blocks_get_their_share():
    """The count by block is proportional to exp(streets x condition) within its area."""
    need = draw(busyness=30)
    south = ((NORTH_EDGE - need.lat) / AREA_LAT * 4).astype(int) % 4
    east = ((need.lon - WEST_EDGE) / AREA_LON * 4).astype(int) % 4
    counts = np.bincount(need.area * 16 + south * 4 + east, minlength=576).reshape(36, 16)
    weight = np.exp(POTHOLE.streets * LAND.streets)
    expected = counts.sum(axis=1, keepdims=True) * weight / weight.sum(axis=1, keepdims=True)
    assert ((counts - expected) ** 2 / expected).sum() / (36 * 15) == pytest.approx(1, abs=0.35)


def test_weather_of_later_days_moves_no_earlier_week():
    """Other rain later on changes the scale of rain (it is standardised), never the pattern before."""
    altered = replace(WEATHER, rain_mm=WEATHER.rain_mm.copy())
    altered.rain_mm[700:] = altered.rain_mm[700:][::-1]
    one, other = (np.log(weekly_need(KINDS[2], LAND, weather))[0] for weather in (WEATHER, altered))
    assert np.corrcoef(one[:100], other[:100])[0, 1] == pytest.approx(1, abs=1e-9)
    assert np.corrcoef(one[101:], other[101:])[0, 1] < 0.5
