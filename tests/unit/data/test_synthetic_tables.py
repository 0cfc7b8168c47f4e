"""The tables as a city would export them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.data.synthetic import CitySettings, make_city
from civic_ai.data.synthetic_settings import BURN_IN_DAYS
from civic_ai.data.synthetic_tables import moments

CITY = make_city(CitySettings(size="tiny", seed=11))
END = pd.Timestamp("2025-01-01")


def test_columns_are_those_of_the_brief():
    assert list(CITY.requests) == [
        "request_id", "incident_id", "request_type", "created_at", "inspected_at", "closed_at", "status",
        "channel", "area_id", "lat", "lon",
    ]  # fmt: skip
    assert list(CITY.weather) == ["date", "tmin_c", "tmax_c", "rain_mm", "freeze"]


def test_requests_are_numbered_in_order_of_time():
    assert CITY.requests["created_at"].is_monotonic_increasing
    assert CITY.requests["request_id"].is_monotonic_increasing
    assert CITY.requests["request_id"].is_unique


def test_nothing_lies_outside_the_period():
    requests = CITY.requests
    assert requests["created_at"].min() >= pd.Timestamp("2020-01-01")
    for column in ("created_at", "inspected_at", "closed_at"):
        assert requests[column].max() < END


def test_the_first_week_is_like_any_other():
    """The city lived before its first day: no empty start that a model would take for a trend."""
    weeks = (CITY.requests["created_at"] - pd.Timestamp("2020-01-01")).dt.days // 91
    quarter = weeks.value_counts().sort_index()
    winters = quarter.iloc[[0, 4, 8, 12, 16]]
    assert winters.iloc[0] > 0.6 * winters.iloc[1:].mean()


def test_status_says_what_the_dates_say():
    requests = CITY.requests
    assert ((requests["status"] == "closed") == requests["closed_at"].notna()).all()
    still = requests["closed_at"].isna()
    assert ((requests["status"] == "inspected") == (still & requests["inspected_at"].notna())).all()


def test_open_requests_are_recent():
    requests = CITY.requests
    is_open = requests["closed_at"].isna()
    last_month = requests["created_at"] > pd.Timestamp("2024-12-01")
    assert is_open[last_month].mean() > 0.3
    assert is_open[requests["created_at"] < pd.Timestamp("2024-07-01")].mean() < 0.002


def test_nothing_is_closed_before_it_is_inspected_or_created():
    known = CITY.requests.dropna(subset=["inspected_at", "closed_at"])
    assert (known["closed_at"] >= known["inspected_at"]).all()
    closed = CITY.requests.dropna(subset=["closed_at"])
    assert (closed["closed_at"] >= closed["created_at"]).all()


def test_requests_of_one_incident_agree():
    by_incident = CITY.requests.groupby("incident_id")
    for column in ("request_type", "area_id", "inspected_at", "closed_at"):
        assert by_incident[column].nunique(dropna=False).max() == 1


def test_half_coordinates_do_not_exist_and_few_are_missing():
    requests = CITY.requests
    assert (requests["lat"].isna() == requests["lon"].isna()).all()
    assert requests["lat"].isna().mean() == pytest.approx(0.02, abs=0.008)


def test_missing_coordinates_are_steady():
    missing = CITY.requests["lat"].isna().groupby(CITY.requests["created_at"].dt.year).mean()
    assert np.ptp(missing) < 0.03


def test_channels_follow_the_group():
    city = make_city(CitySettings(seed=11))
    share = city.areas.set_index("area_id")["minority_share"]
    third = pd.qcut(share, 3, labels=["few", "some", "many"])
    used = pd.crosstab(city.requests["area_id"].map(third), city.requests["channel"], normalize="index")
    assert used.loc["many", "app"] < used.loc["few", "app"]
    assert used.loc["many", "office"] > 2 * used.loc["few", "office"]
    assert (used > 0).all(axis=None)


def test_people_add_up():
    areas = CITY.areas
    assert (areas["pop_majority"] + areas["pop_minority"] == areas["population"]).all()
    assert (areas["pop_minority"] / areas["population"]).to_numpy() == pytest.approx(
        areas["minority_share"].to_numpy(), abs=5e-4
    )
    assert areas["area_id"].is_unique


def test_freeze_means_a_night_below_zero_and_every_day_is_there():
    weather = CITY.weather
    assert ((weather["tmin_c"] < 0) == (weather["freeze"] == 1)).all()
    days = pd.to_datetime(weather["date"])
    assert (days == pd.date_range("2020-01-01", "2024-12-31")).all()


def test_truth_holds_every_incident_of_the_requests_that_was_linked():
    """An incident id of the requests is in the truth, is older than the period, or was never linked."""
    truth = CITY.truth_incidents
    reported = truth.dropna(subset=["incident_id"])
    assert reported["incident_id"].is_unique
    assert set(reported["incident_id"]) <= set(CITY.requests["incident_id"])
    later = CITY.requests[CITY.requests["created_at"] >= pd.Timestamp("2021-01-01")]
    unknown = ~later["incident_id"].isin(reported["incident_id"])
    assert unknown.mean() < 0.04


def test_truth_tells_of_incidents_that_nobody_reported():
    truth = CITY.truth_incidents
    assert 0.15 < truth["incident_id"].isna().mean() < 0.45
    first = CITY.requests.groupby("incident_id")["created_at"].min()
    reported = truth.dropna(subset=["incident_id"]).set_index("incident_id")
    first = first.reindex(reported.index)
    assert (first >= reported["born_at"]).all()
    assert (first <= reported["died_at"]).all()


def test_truth_by_area_sums_the_truth_by_incident():
    summed = CITY.truth_incidents.groupby(["area_id", "request_type"])["born_at"].size()
    areas = CITY.truth_areas.set_index(["area_id", "request_type"])
    assert (areas["incidents"].reindex(summed.index) == summed).all()
    assert areas["incidents"].sum() == len(CITY.truth_incidents)
    assert areas["reported_incidents"].sum() == CITY.truth_incidents["incident_id"].notna().sum()


@given(st.lists(st.floats(0, 2000), min_size=2, max_size=30))
def test_moments_keep_the_order(days):
    days = np.sort(np.array(days))
    made = moments(days)
    assert (made[1:] >= made[:-1]).all()


def test_moments_keep_the_day_and_blanks():
    made = moments(np.array([BURN_IN_DAYS, BURN_IN_DAYS + 1.999, np.nan]))
    assert str(made[0]) == "2020-01-01T00:00:00"
    assert str(made[1])[:10] == "2020-01-02"
    assert np.isnat(made[2])


def test_nights_are_quiet():
    hour = CITY.requests["created_at"].dt.hour
    assert (hour < 6).mean() < 0.06
    assert hour.between(8, 17).mean() > 0.5
