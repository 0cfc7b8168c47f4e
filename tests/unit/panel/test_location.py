from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from civic_ai.data.contract import load_contracts
from civic_ai.data.snapshot import open_tables, take_snapshot
from civic_ai.panel.known import City as KnownCity
from civic_ai.panel.location import find_location_gap
from civic_ai.panel.units import make_units
from civic_ai.pilot.load import load_pilot
from civic_ai.records.panel import LocationGap
from civic_ai.records.policy import Tolerances
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import GRID, City, lenient, made_city
from tests.unit.panel.test_known import opened
from tests.unit.panel.test_units import units_of

Missing = Callable[[int, tuple[Any, ...]], bool]


def city_with(missing: Missing, *, per_area: float = 400, **spec: Any) -> City:
    """A city of grid cells in which some rows have no coordinates."""
    city = made_city(7, days=1000, per_area=per_area)
    features = [{"from": "requests", "where": "request_type == 'pothole'", "count_days": [1092]}]
    requests = city.tables["requests"]
    rows = [
        (*row[:4], None, None) if missing(number, row) else row for number, row in enumerate(requests.rows)
    ]
    spec = {"unit": GRID, "features": features, **spec}
    return city.with_table("requests", requests.with_rows(rows)).with_spec(**spec)


def gap_of(city: City, blobs: Blobs, **tolerances: float) -> LocationGap:
    policy = lenient().model_copy(update={"tolerances": Tolerances(**tolerances)})
    return find_location_gap(opened(city, blobs), units_of(city, blobs), policy)


def test_places_that_are_always_there_pass(blobs: Blobs) -> None:
    gap = gap_of(city_with(lambda number, row: False), blobs)
    assert (gap.missing_share, gap.drift, gap.verdict) == (0.0, 0.0, "pass")


def test_places_missing_evenly_pass(blobs: Blobs) -> None:
    gap = gap_of(city_with(lambda number, row: number % 4 == 0), blobs)
    assert gap.missing_share == pytest.approx(0.25, abs=0.02)
    assert gap.drift is not None
    assert gap.drift < 0.1
    assert gap.verdict == "pass"


def test_places_missing_more_in_one_year_fail(blobs: Blobs) -> None:
    """A third missing in 2018, none later: the drift is that third."""
    city = city_with(lambda number, row: row[2].year == 2018 and number % 3 == 0)
    gap = gap_of(city, blobs)
    assert gap.by_year["2018"] == pytest.approx(1 / 3, abs=0.04)
    assert gap.by_year["2020"] == 0.0
    assert gap.drift == gap.by_year["2018"]
    assert gap.verdict == "fail"
    assert gap_of(city, blobs, missing_location_drift=0.5).verdict == "pass"


def test_shares_are_those_of_the_rows(blobs: Blobs) -> None:
    city = city_with(lambda number, row: number % 5 == 0 and row[2].year < 2020)
    gap = gap_of(city, blobs)
    rows = [row for row in city.tables["requests"].rows if row[1] == "pothole"]
    for year, share in gap.by_year.items():
        of_year = [row[4] is None for row in rows if row[2].year == int(year)]
        assert share == pytest.approx(sum(of_year) / len(of_year))


def test_places_missing_in_one_area_are_a_spread(blobs: Blobs) -> None:
    gap = gap_of(city_with(lambda number, row: row[3] == "a04" and number % 2 == 0), blobs)
    assert gap.area_spread == pytest.approx(0.5, abs=0.1)


def test_with_too_few_rows_nothing_can_be_said(blobs: Blobs) -> None:
    gap = gap_of(city_with(lambda number, row: number % 4 == 0, per_area=40), blobs)
    assert gap.by_year == {}
    assert (gap.drift, gap.verdict) == (None, "unknown")


def test_years_that_no_window_looks_at_do_not_count(blobs: Blobs) -> None:
    short = [{"from": "requests", "count_days": [7]}]
    city = city_with(lambda number, row: row[2].year == 2018, features=short)
    gap = gap_of(city, blobs)
    assert "2018" not in gap.by_year
    assert gap.missing_share == 0.0


def test_areas_that_are_not_named_count_as_missing_places(blobs: Blobs) -> None:
    city = city_with(lambda number, row: False, unit={**made_city(7).spec["unit"]})
    requests = city.tables["requests"]
    unnamed = [(*row[:3], None, *row[4:]) if row[2].year == 2018 else row for row in requests.rows]
    gap = gap_of(city.with_table("requests", requests.with_rows(unnamed)), blobs)
    assert gap.by_year["2018"] == 1.0
    assert (gap.area_spread, gap.verdict) == (None, "fail")


def test_a_city_without_rows_has_no_share(blobs: Blobs) -> None:
    city = city_with(lambda number, row: False)
    gap = gap_of(city.with_table("requests", city.tables["requests"].with_rows([])), blobs)
    assert (gap.missing_share, gap.drift, gap.verdict) == (None, None, "unknown")


DATA = Path(os.environ.get("CIVIC_AI_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "houston").is_dir(), reason="the folder of CIVIC_AI_DATA holds no houston")
def test_houstons_places_drift_as_its_file_says(blobs: Blobs) -> None:
    """Against the file read by pandas: potholes without coordinates, by year."""
    pilot = load_pilot(
        Path(__file__).parents[3] / "pilots" / "houston-potholes", {"CIVIC_AI_DATA": str(DATA)}
    )
    snapshot = take_snapshot(pilot, load_contracts(pilot), lenient(), blobs)
    city = KnownCity(pilot.spec, open_tables(snapshot, blobs))
    gap = find_location_gap(city, make_units(city, snapshot, blobs), lenient())
    read = pd.read_csv(DATA / "houston" / "requests_2011_2018.csv.gz", parse_dates=["created_at"])
    potholes = read.drop_duplicates().query("request_type == 'pothole'")
    missing = potholes.lat.isna().groupby(potholes.created_at.dt.year).mean()
    for year in range(2013, 2018):
        assert gap.by_year[str(year)] == pytest.approx(missing[year], abs=0.002)
    assert gap.drift == pytest.approx(missing[2012] - missing[2017], abs=0.01)
    assert gap.verdict == "fail"
