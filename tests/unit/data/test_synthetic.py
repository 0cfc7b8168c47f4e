"""The whole city: one seed, one city; a bias touches what it should and nothing else."""

import json
import time
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from civic_ai.data.synthetic import City, CitySettings, city_files, make_city, read_truth, write_city

FAIR = CitySettings(seed=5, reporting_ratio=1.0, linkage_loss=0.0, zero_inflation=0.0, missing_location=0.0)


def repeat_rate(city, third, cap_days=100):
    """Repeat reports a day of a live incident in a third of the areas (Liu et al. 2024, no covariates)."""
    by_share = city.areas.sort_values("minority_share", ignore_index=True)
    half = len(by_share) // 3
    areas = by_share["area_id"].iloc[:half] if third == "few" else by_share["area_id"].iloc[-half:]
    rows = city.requests[city.requests["area_id"].isin(areas)]
    incident = rows.groupby("incident_id").agg(first=("created_at", "min"), closed=("closed_at", "first"))
    end = incident["closed"].fillna(pd.Timestamp("2025-01-01"))
    days = ((end - incident["first"]).dt.total_seconds() / 86_400).clip(upper=cap_days)
    since = rows["created_at"] - rows["incident_id"].map(incident["first"])
    repeats = (since > pd.Timedelta(0)) & (since <= pd.Timedelta(days=cap_days))
    return repeats.sum() / days.sum()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_settings_give_the_same_bytes(seed):
    settings = CitySettings(size="tiny", seed=seed)
    assert city_files(make_city(settings)) == city_files(make_city(settings))


def test_another_seed_gives_another_city():
    one, other = (city_files(make_city(CitySettings(size="tiny", seed=seed))) for seed in (1, 2))
    assert all(one[name] != other[name] for name in one if name != "areas.geojson")


@pytest.mark.parametrize(
    "bias",
    [
        {"reporting_ratio": 1.0},
        {"delay_ratio": 2.0},
        {"linkage_loss": 0.5},
        {"zero_inflation": 0.0},
        {"missing_location": 0.3},
    ],
    ids=lambda bias: next(iter(bias)),
)
def test_a_bias_changes_reports_but_never_land_weather_or_need(bias):
    plain = make_city(CitySettings(size="tiny", seed=3))
    biased = make_city(CitySettings(size="tiny", seed=3, **bias))
    assert not plain.requests.equals(biased.requests)
    pd.testing.assert_frame_equal(plain.areas, biased.areas)
    pd.testing.assert_frame_equal(plain.weather, biased.weather)
    need = ["request_type", "area_id", "lat", "lon", "born_at", "died_at", "severity"]
    pd.testing.assert_frame_equal(plain.truth_incidents[need], biased.truth_incidents[need])


def test_every_bias_has_a_test_above():
    tested = {"reporting_ratio", "delay_ratio", "linkage_loss", "zero_inflation", "missing_location"}
    assert {field.name for field in fields(CitySettings)} == tested | {"size", "seed"}


def test_silence_of_a_group_shows_in_the_rate_of_repeats():
    """The planted contrast between thirds, within the noise of about 2,000 repeats."""
    city = make_city(CitySettings(seed=5, linkage_loss=0.0))
    truth = city.truth_areas[city.truth_areas["request_type"] == "pothole"].sort_values("minority_share")
    rate = truth["reports_per_day"].to_numpy()
    planted = rate[-48:].mean() / rate[:48].mean()
    assert repeat_rate(city, "many") / repeat_rate(city, "few") == pytest.approx(planted, rel=0.2)
    assert planted < 0.7


def test_without_the_bias_groups_repeat_alike():
    ratios = []
    for seed in range(5, 9):
        city = make_city(CitySettings(seed=seed, reporting_ratio=1.0))
        ratios.append(repeat_rate(city, "many") / repeat_rate(city, "few"))
    assert np.exp(np.log(ratios).mean()) == pytest.approx(1, abs=0.1)


def test_reports_per_kilometre_hide_the_silence():
    """Why the naive measure must not be trusted: old roads and silence cancel out (METHODS 0, 8)."""
    naive, true = [], []
    for seed in range(5, 9):
        city = make_city(CitySettings(seed=seed))
        areas = city.areas.set_index("area_id").sort_values("minority_share")
        reports = city.requests["area_id"].value_counts().reindex(areas.index)
        per_km = reports / areas["road_km"]
        naive.append(per_km.iloc[-48:].mean() / per_km.iloc[:48].mean())
        true.append(repeat_rate(city, "many") / repeat_rate(city, "few"))
    assert np.mean(naive) > 0.9
    assert np.mean(true) < 0.75


def test_delay_ratio_shows_in_days_to_inspection():
    city = make_city(CitySettings(seed=5, delay_ratio=1.76))
    first = city.requests.drop_duplicates("incident_id").dropna(subset=["inspected_at"])
    wait = first["inspected_at"] - first["created_at"]
    share = first["area_id"].map(city.areas.set_index("area_id")["minority_share"])
    ratio = wait[share > share.quantile(0.8)].median() / wait[share < share.quantile(0.2)].median()
    assert 1.25 < ratio < 1.8


def test_a_fair_city_has_no_missing_places_and_links_all():
    city = make_city(FAIR)
    assert city.requests["lat"].notna().all()
    first = city.requests.drop_duplicates("incident_id")
    known = first["incident_id"].isin(city.truth_incidents["incident_id"])
    assert known[first["created_at"] > pd.Timestamp("2022-01-01")].mean() > 0.998


def test_a_tiny_city_is_made_in_a_blink():
    started = time.process_time()
    city = make_city(CitySettings(size="tiny", seed=1))
    assert time.process_time() - started < 1
    assert 3_000 < len(city.requests) < 8_000


def test_the_standard_city_has_about_thirty_thousand_requests():
    assert 26_000 < len(make_city(CitySettings(seed=7)).requests) < 34_000


@pytest.mark.slow
def test_a_million_requests_take_less_than_a_minute():
    started = time.process_time()
    city = make_city(CitySettings(size="million", seed=7))
    assert time.process_time() - started < 60
    assert len(city.requests) >= 1_000_000
    assert city.requests["request_id"].is_unique


def test_files_hold_the_tables(tmp_path):
    paths = write_city("tiny", 4, tmp_path)
    city = make_city(CitySettings(size="tiny", seed=4))
    assert set(paths) == {field.name for field in fields(City)}
    read = pd.read_csv(paths["requests"], parse_dates=["created_at", "inspected_at", "closed_at"])
    moments = dict.fromkeys(("created_at", "inspected_at", "closed_at"), "datetime64[s]")
    pd.testing.assert_frame_equal(read.astype(moments), city.requests, check_dtype=False)
    assert json.loads(paths["polygons"].read_text()) == city.polygons
    assert len(read_truth(paths["truth_areas"])) == len(city.truth_areas)


def test_truth_is_marked(tmp_path):
    paths = write_city("tiny", 4, tmp_path)
    for name, path in paths.items():
        is_truth = name.startswith("truth_")
        assert path.name.startswith("truth_") == is_truth
        assert path.read_text().startswith("# The truth") == is_truth


def test_writing_again_touches_nothing(tmp_path):
    paths = write_city("tiny", 4, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in paths.values()}
    assert write_city("tiny", 4, tmp_path) == paths
    assert {path: path.stat().st_mtime_ns for path in paths.values()} == before


def test_sizes_and_seeds_do_not_mix(tmp_path):
    one, other = write_city("tiny", 4, tmp_path), write_city("tiny", 5, tmp_path)
    assert not set(one.values()) & set(other.values())
