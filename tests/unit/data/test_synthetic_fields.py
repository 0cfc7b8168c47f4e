"""The land: correlated fields, areas that tile the city, blocks that differ."""

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from civic_ai.data import synthetic_fields as fields


def test_car_field_is_smooth_and_standardised():
    draws = np.array([fields.car_field(5, np.random.default_rng(seed)) for seed in range(400)])
    assert draws.mean(axis=1) == pytest.approx(0, abs=1e-12)
    assert draws.std(axis=1) == pytest.approx(1)
    together = np.corrcoef(draws.T)
    assert together[12, 13] > 0.1 > -0.1 > together[0, 24]


def test_car_field_has_the_covariance_of_its_definition():
    """Before standardising: (D - 0.97 W)^-1. Ratios of covariances survive the common scale roughly."""
    side, draws = 3, 4000
    row, column = np.divmod(np.arange(side**2), side)
    beside = (np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1).astype(float)
    wanted = np.linalg.inv(np.diag(beside.sum(axis=1)) - 0.97 * beside)
    centre = np.eye(side**2) - 1 / side**2
    wanted = centre @ wanted @ centre
    made = np.cov(np.array([fields.car_field(side, np.random.default_rng(k)) for k in range(draws)]).T)
    assert np.corrcoef(wanted.ravel(), made.ravel())[0, 1] > 0.97


def test_mix_has_the_wanted_correlation():
    one, other = np.random.default_rng(1).standard_normal((2, 20_000))
    assert np.corrcoef(one, fields.mix(one, other, -0.6))[0, 1] == pytest.approx(-0.6, abs=0.02)


def test_land_follows_the_share():
    land = [fields.make_land(12, np.random.default_rng(seed)) for seed in range(12)]
    share = np.concatenate([one.minority_share for one in land])
    assert share.min() > 0
    assert share.max() < 1
    assert np.corrcoef(share, np.concatenate([one.age for one in land]))[0, 1] > 0.2
    assert np.corrcoef(share, np.concatenate([one.median_income for one in land]))[0, 1] < -0.3


def test_blocks_inside_an_area_differ_as_much_as_areas_do():
    land = fields.make_land(12, np.random.default_rng(3))
    assert land.streets.shape == (144, 16)
    assert land.streets.std(axis=1).mean() > 0.6
    assert land.streets.std() == pytest.approx(1)


def test_neighbouring_blocks_are_alike():
    land = fields.make_land(12, np.random.default_rng(3))
    map_ = land.streets.reshape(12, 12, 4, 4).transpose(0, 2, 1, 3).reshape(48, 48)
    assert np.corrcoef(map_[:, 1:].ravel(), map_[:, :-1].ravel())[0, 1] > 0.2
    assert abs(np.corrcoef(map_[:, 20:].ravel(), map_[:, :-20].ravel())[0, 1]) < 0.15


def test_road_age_is_in_years():
    years = fields.road_age_years(np.array([-9.0, 0.0, 1.0, 9.0]))
    assert years.tolist() == [2, 27, 36, 60]


def test_polygons_tile_the_city():
    features = fields.area_polygons(4)["features"]
    shapes = [shape(feature["geometry"]) for feature in features]
    assert [feature["properties"]["area_id"] for feature in features] == fields.area_ids(4)
    whole = shapely.union_all(shapes)
    assert whole.area == pytest.approx(sum(one.area for one in shapes))
    assert whole.equals(shapely.box(*whole.bounds))


def test_coordinates_lie_in_the_polygon_of_their_area():
    rng = np.random.default_rng(5)
    area, inside = rng.integers(0, 16, 300), rng.uniform(0.001, 0.999, (2, 300))
    row, column = np.divmod(area, 4)
    lat, lon = fields.coordinates(row + inside[0], column + inside[1])
    shapes = [shape(feature["geometry"]) for feature in fields.area_polygons(4)["features"]]
    assert all(shapes[k].contains(shapely.Point(x, y)) for k, x, y in zip(area, lon, lat, strict=True))


def test_areas_are_about_a_kilometre_wide():
    square = shape(fields.area_polygons(1)["features"][0]["geometry"])
    west, south, east, north = square.bounds
    assert (north - south) * 111.07 == pytest.approx(0.99, abs=0.01)
    assert (east - west) * 111.32 * np.cos(np.radians(41.5)) == pytest.approx(0.99, abs=0.02)
