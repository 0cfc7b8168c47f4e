from __future__ import annotations

from typing import Any

import pytest

from civic_ai.panel.leak_columns import find_afterwards
from civic_ai.records.panel import LeakFinding
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import POTHOLE, City, made_city
from tests.unit.panel.test_known import opened


def found(city: City, blobs: Blobs) -> list[LeakFinding]:
    contracts = {name: table.contract() for name, table in city.tables.items()}
    return find_afterwards(opened(city, blobs), contracts)


def city_with(**parts: Any) -> City:
    city = made_city(1)
    later = {"type": "number", "known": "afterwards"}
    for name in ("requests", "areas", "weather"):
        table = city.tables[name]
        values = [None if i % 4 == 0 else 1.0 for i in range(len(table.rows))]
        contract = {**later, "blank": "missing"}
        city = city.with_table(name, table.with_column(f"later_{name}", contract, values))
    return city.with_spec(**parts)


@pytest.mark.parametrize(
    ("block", "column"),
    [
        ({"from": "requests", "where": "later_requests == 1", "count_days": [7]}, "requests.later_requests"),
        ({"from": "requests", "where": f"{POTHOLE} or not (later_requests is None)", "count_days": [7]},
         "requests.later_requests"),
        ({"from": "areas", "columns": ["road_age", "later_areas"]}, "areas.later_areas"),
        ({"from": "areas", "categories": ["area_id", "later_areas"]}, "areas.later_areas"),
        ({"from": "weather", "trailing_days": [7], "mean": ["later_weather"]}, "weather.later_weather"),
        ({"from": "weather", "trailing_days": [7], "sum": ["later_weather"]}, "weather.later_weather"),
    ],
)  # fmt: skip
def test_every_kind_of_feature_is_looked_at(block: dict[str, Any], column: str, blobs: Blobs) -> None:
    city = city_with(features=[block])
    [leak] = found(city, blobs)
    assert (leak.form, leak.column) == ("known_afterwards", column)
    source, name = column.split(".")
    assert leak.rows == sum(value is not None for value in city.tables[source].column(name))


def test_columns_that_nothing_uses_are_no_leak(blobs: Blobs) -> None:
    assert found(city_with(), blobs) == []


def test_a_column_used_twice_is_found_once(blobs: Blobs) -> None:
    block = {"from": "requests", "where": "later_requests == 1", "count_days": [7]}
    other = {"from": "requests", "where": "later_requests != 1", "count_days": [7]}
    assert len(found(city_with(features=[block, other]), blobs)) == 1


def test_the_label_is_looked_at_too(blobs: Blobs) -> None:
    label = {**made_city(1).spec["label"], "where": f"{POTHOLE} and later_requests == 1"}
    [leak] = found(city_with(label=label), blobs)
    assert (leak.form, leak.column) == ("label_known_afterwards", "requests.later_requests")
