from __future__ import annotations

from typing import Any

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.build import make_parts
from civic_ai.panel.feature_categories import code_of
from civic_ai.panel.parts import panel_table
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, OWN, POTHOLE, TYPED, City, made_city


def names(city: City, blobs: Blobs) -> list[str]:
    return [column.record.name for column in make_parts(*city.seal(blobs), blobs).features]


def test_every_block_makes_its_columns_in_the_order_of_the_spec(blobs: Blobs) -> None:
    assert names(made_city(1).with_spec(features=EVERYTHING), blobs) == [
        "pothole_count_7d", "pothole_count_28d", "pothole_count_91d",
        "pothole_neighbours_count_7d", "pothole_neighbours_count_28d", "pothole_neighbours_count_91d",
        "pothole_last_year_14d", "pothole_days_since_last", "requests_count_10d",
        "rain_mean_7d", "rain_mean_30d", "rain_sum_7d", "rain_sum_30d",
        "road_age", "population", "season_sin", "season_cos", "month", "trend",
    ]  # fmt: skip


def test_every_column_says_where_it_comes_from_and_how_it_is_known(blobs: Blobs) -> None:
    parts = make_parts(*made_city(1).with_spec(features=EVERYTHING).seal(blobs), blobs)
    said = {c.record.name: (c.record.source, c.record.known_by, c.record.family) for c in parts.features}
    assert said["pothole_count_7d"] == ("requests", "known_at", "history")
    assert said["pothole_neighbours_count_7d"] == ("requests", "known_at", "neighbours")
    assert said["pothole_last_year_14d"] == ("requests", "known_at", "season")
    assert said["pothole_days_since_last"] == ("requests", "known_at", "history")
    assert said["rain_sum_30d"] == ("weather", "known_at", "weather")
    assert said["road_age"] == ("areas", "static", "area")
    assert said["month"] == ("calendar", "calendar", "season")


@pytest.mark.parametrize(
    "blocks",
    [
        [{"from": "requests", "count_days": [7]}, {"from": "requests", "count_days": [7, 28]}],
        [{"from": "requests", "where": POTHOLE, "count_days": [7]},
         {"from": "requests", "where": "request_type == 'Pothole'", "count_days": [7]}],
        [{"calendar": ["month", "month"]}],
    ],
)  # fmt: skip
def test_a_name_that_comes_twice_is_refused(blobs: Blobs, blocks: list[dict[str, Any]]) -> None:
    with pytest.raises(ConfigError, match="2 times") as raised:
        names(made_city(1).with_spec(features=blocks), blobs)
    assert raised.value.mistakes[0].remedy is not None


@pytest.mark.parametrize("name", ["label", "unit", "scale", "baseline_recent_count"])
def test_a_reserved_name_is_refused(blobs: Blobs, name: str) -> None:
    city = made_city(1)
    areas = city.tables["areas"].with_column(name, "number", [1.0] * 9)
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": [name]}])
    with pytest.raises(ConfigError, match="reserved name"):
        names(city, blobs)


def test_with_several_steps_the_step_is_a_feature_and_one_column(blobs: Blobs) -> None:
    label = {"from": "requests", "horizon_days": 7, "kind": "count", "steps": 2, "called": "a request"}
    city = made_city(1).with_spec(label=label)
    parts = make_parts(*city.seal(blobs), blobs)
    assert [c.record.name for c in parts.features][-1] == "step"
    table = panel_table(parts)
    assert table.column_names.count("step") == 1
    assert set(table["step"].to_pylist()) == {0, 1}


def test_types_and_categories_of_areas_are_features(blobs: Blobs) -> None:
    city = made_city(1)
    kind = ["old" if i % 2 else "new" for i in range(9)]
    city = city.with_table("areas", city.tables["areas"].with_column("quarter", "text", kind))
    city = city.with_spec(unit=TYPED, features=[OWN, {"from": "areas", "categories": ["quarter"]}])
    made = [column.record.name for column in make_parts(*city.seal(blobs), blobs, fewest_rows=4).features]
    assert made == [
        "requests_count_14d", "requests_neighbours_count_14d", "requests_last_year_14d",
        "requests_days_since_last",
        f"quarter={code_of('quarter', 'new')}", f"quarter={code_of('quarter', 'old')}",
    ]  # fmt: skip
    assert names(city, blobs) == made[:4]
