from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.feature_categories import category_columns, code_of, codes_of, make_indicators
from civic_ai.panel.known import day_numbers
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.panel.split import make_splits
from civic_ai.panel.units import make_units
from civic_ai.pilot.feature_blocks import CategoryFeature
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import FIRST, City, Table, made_city
from tests.unit.panel.test_known import opened


def texts(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, type=pa.string())])


def test_the_most_frequent_values_have_indicators_and_ties_go_by_the_alphabet() -> None:
    made = make_indicators("colour", texts("b", "a", "c", "c", None, "d", None, None), 3, 1)
    assert [(each.value, each.code) for each in made] == [("c", 0), ("a", 1), ("b", 2)]
    assert [each.category.value for each in made] == ["c", "a", "b"]
    assert [each.category.feature for each in made] == [each.name for each in made]


def test_a_name_holds_a_code_of_the_value_and_not_the_value() -> None:
    [made] = make_indicators("owner", texts("Ana Souza"), 9, 1)
    assert made.name == "owner=" + code_of("owner", "Ana Souza")
    assert made.name == "owner=3cade262a466"
    assert code_of("owner", "Ana Souza") != code_of("tenant", "Ana Souza") != code_of("owner", "Ana Sousa")


@pytest.mark.parametrize(("fewest", "values"), [(1, "abc"), (2, "ab"), (3, "a"), (4, "")])
def test_a_value_that_few_rows_hold_is_none_of_its_own(fewest: int, values: str) -> None:
    made = make_indicators("colour", texts("a", "a", "a", "b", "b", "c", None, None, None), 9, fewest)
    assert [each.value for each in made] == list(values)


def test_rare_values_are_none_of_the_frequent_and_blanks_are_not_known() -> None:
    seen = texts("a", "a", "b", "z", None)
    made = make_indicators("colour", texts("a", "a", "b"), 2, 1)
    columns = np.array([each.of(codes_of(seen, made)) for each in made])
    assert np.array_equal(columns, [[1, 1, 0, 0, np.nan], [0, 0, 1, 0, np.nan]], equal_nan=True)


def columns_of(city: City, blobs: Blobs, block: dict[str, Any]) -> dict[str, FeatureColumn]:
    tables = opened(city, blobs)
    spec, snapshot = city.seal(blobs)
    scope = Scope(
        tables, make_units(tables, snapshot, blobs), day_numbers(list(spec.as_of.dates)), make_splits(spec), 1
    )
    made = category_columns(CategoryFeature.model_validate(block), scope)
    named = {column.record.name: column.category for column in made}
    assert all(category is not None and category.feature == name for name, category in named.items())
    return {f"{column.record.name.partition('=')[0]}={column.category.value}": column
            for column in made if column.category is not None}  # fmt: skip


def test_an_area_without_dates_has_its_own_value_throughout(blobs: Blobs) -> None:
    city = made_city(1, rows=1, columns=3)
    zones = ["old", "new", None]
    areas = city.tables["areas"].with_column("zone", {"type": "text", "blank": "missing"}, zones)
    made = columns_of(city.with_table("areas", areas), blobs, {"from": "areas", "categories": ["zone"]})
    assert list(made) == ["zone=new", "zone=old"]
    assert np.array_equal(made["zone=old"].values, [[1, 0, np.nan]], equal_nan=True)
    assert np.array_equal(made["zone=new"].values, [[0, 1, np.nan]], equal_nan=True)
    assert {column.record.known_by for column in made.values()} == {"static"}
    assert {column.record.family for column in made.values()} == {"area"}


def dated(city: City, *rows: tuple[date, str, str | None]) -> City:
    source = {"path": "z.csv", "contract": "z.yaml", "known_at": "day", "key": "area_id"}
    columns: dict[str, Any] = {"day": "date", "area_id": "text", "zone": {"type": "text", "blank": "missing"}}
    return city.with_table("zones", Table(columns, list(rows))).with_spec(
        sources={**city.spec["sources"], "zones": source}
    )


def test_a_value_holds_from_the_day_it_was_known_and_new_values_are_not_foreseen(blobs: Blobs) -> None:
    city = made_city(1, rows=1, columns=2)
    late = FIRST + timedelta(days=7 * 29)
    rows = [
        (FIRST - timedelta(days=9), "a00", "old"),
        (FIRST + timedelta(days=7), "a00", "new"),
        (late, "a00", "never seen before"),
        (late, "a01", "never seen before"),
    ]
    made = columns_of(dated(city, *rows), blobs, {"from": "zones", "categories": ["zone"]})
    assert list(made) == ["zone=new", "zone=old"]
    assert made["zone=old"].values[:, 0].tolist() == [1.0, *[0.0] * 29]
    assert made["zone=new"].values[:, 0].tolist() == [0.0, *[1.0] * 28, 0.0]
    assert np.isnan(made["zone=old"].values[:-1, 1]).all()
    assert made["zone=old"].values[-1, 1] == 0.0
    assert all("values before 20" in column.record.known_by for column in made.values())


def test_a_column_that_is_blank_before_the_first_cutoff_makes_no_feature(blobs: Blobs) -> None:
    city = dated(made_city(1, rows=1, columns=2), (FIRST + timedelta(days=7 * 29), "a00", "late"))
    assert columns_of(city, blobs, {"from": "zones", "categories": ["zone"]}) == {}


def test_whole_numbers_and_flags_are_categories_too(blobs: Blobs) -> None:
    city = made_city(1, rows=1, columns=2)
    areas = (
        city.tables["areas"]
        .with_column("ward", "integer", [7, 12])
        .with_column("port", "flag", [True, False])
    )
    made = columns_of(
        city.with_table("areas", areas), blobs, {"from": "areas", "categories": ["ward", "port"]}
    )
    assert made["ward=12"].values.tolist() == [[0, 1]]
    assert made["port=true"].values.tolist() == [[1, 0]]


def test_numbers_with_decimals_are_no_categories(blobs: Blobs) -> None:
    with pytest.raises(ConfigError, match="road_age is float64; categories need text"):
        columns_of(made_city(1, rows=1, columns=2), blobs, {"from": "areas", "categories": ["road_age"]})
