from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.case_features import CaseColumn, make_case_features, refuse_known_afterwards
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import (
    DURATION,
    EVENT,
    SOURCES,
    UNIT,
    at,
    case_spec,
    dates_of,
    duration_spec,
    few_cases,
    made_cases,
    parts_of,
)  # fmt: skip
from tests.unit.panel.cities import City


def columns_of(city: City, blobs: Blobs) -> dict[str, CaseColumn]:
    """The features by name, indicators by the value that they stand for."""
    parts = parts_of(city, blobs)
    scope = replace(parts.scope, fewest_rows=1)
    made = make_case_features(parts.spec, scope, parts.cases)
    return {column.record.name if column.category is None
            else f"{column.record.name.partition('=')[0]}={column.category.value}": column
            for column in made}  # fmt: skip


def test_the_case_shows_its_own_row(blobs: Blobs) -> None:
    rows: list[dict[str, Any]] = [
        {"came_at": at(1), "size": 2.5, "kind": "tree", "office": "web"},
        {"came_at": at(2), "size": None, "kind": "road", "office": None},
    ]
    made = columns_of(few_cases(*rows), blobs)
    assert np.array_equal(made["size"].values, [2.5, np.nan], equal_nan=True)
    assert made["kind=tree"].values.tolist() == [1, 0]
    assert np.array_equal(made["office=web"].values, [1, np.nan], equal_nan=True)
    families = {name: made[name].record.family for name in ("size", "kind=tree", "office=web")}
    assert families == {"size": "case", "kind=tree": "case", "office=web": "observer"}
    assert made["size"].record.known_by == "known_at"
    assert made["kind=tree"].record.known_by.startswith("known_at; values before 20")


def test_what_comes_up_is_known_as_the_city_declares(blobs: Blobs) -> None:
    rows = {"came_at": at(9), "due_on": at(3).date()}
    made = columns_of(few_cases(rows, unit={**UNIT, "due_on": "due_on"}), blobs)
    assert made["size"].record.known_by == "due_on"


def test_a_value_that_comes_up_after_the_first_cutoff_has_no_indicator(blobs: Blobs) -> None:
    first_cutoff = at(7 * 13)
    rows = [{"came_at": at(1), "kind": "tree"}, {"came_at": first_cutoff, "kind": "storm"}]
    made = columns_of(few_cases(*rows), blobs)
    assert [name for name in made if name.startswith("kind=")] == ["kind=tree"]
    assert made["kind=tree"].values.tolist() == [1, 0]


def test_counts_around_a_case_are_those_of_its_area_known_by_the_list(blobs: Blobs) -> None:
    city = made_cases(5, per_day=3)
    parts = parts_of(city, blobs)
    made = {column.record.name: column.values for column in parts.features}
    trees = [
        (row["came_at"], row["area_id"])
        for row in (
            dict(zip(city.tables["cases"].columns, r, strict=True)) for r in city.tables["cases"].rows
        )
        if row["kind"] == "tree"
    ]
    touching = {"a00": {"a01", "a03", "a04"}, "a02": {"a01", "a04", "a05"}}
    areas = parts.cases.columns["area"].to_pylist()
    checked = 0
    for i, area in enumerate(areas):
        ends = datetime.combine(np.datetime64(int(parts.cases.as_of[i]), "D").item(), time()) + timedelta(
            days=1
        )
        month = [where for when, where in trees if ends - timedelta(days=28) <= when < ends]
        assert made["tree_count_28d"][i] == month.count(area)
        if area in touching:
            assert made["tree_neighbours_count_28d"][i] == sum(where in touching[area] for where in month)
            checked += 1
    assert checked > 100


def test_the_area_and_the_day_show_too(blobs: Blobs) -> None:
    rows = [{"came_at": at(1), "area_id": "a01"}, {"came_at": at(2), "area_id": "nowhere"}]
    city = few_cases(*rows)
    made = columns_of(city, blobs)
    age = city.tables["areas"].column("road_age")[1]
    assert made["road_age"].values.tolist() == pytest.approx([age, np.nan], nan_ok=True)
    assert np.isnan(made["tree_count_7d"].values[1])
    assert not np.isnan(made["rain_mean_7d"].values).any()
    assert made["season_sin"].values[0] == made["season_sin"].values[1]
    assert made["trend"].values.tolist() == pytest.approx([7 / 365.25] * 2)
    assert len(dates_of(city)) == 30


def refusing(city: City) -> Callable[[], None]:
    spec = PilotSpec.model_validate(city.spec)
    return lambda: refuse_known_afterwards(spec, city.tables["cases"].contract())


TRAILED = {"from": "cases", "trailing_days": [7], "mean": ["late"]}
COUNTED = {"from": "cases", "where": "late == True", "count_days": [28]}


@pytest.mark.parametrize(
    ("features", "label", "why"),
    [
        (
            [{"from": "cases", "columns": ["late"]}],
            EVENT,
            "late is only known afterwards: the label looks at it",
        ),
        (
            [{"from": "cases", "categories": ["late"]}],
            EVENT,
            "late is only known afterwards: the label looks",
        ),
        ([{"from": "cases", "columns": ["closed_at"]}], EVENT, "closed_at .* when the outcome was known"),
        ([{"from": "cases", "columns": ["closed_at"]}], DURATION, "closed_at .* when the outcome was known"),
        ([{"from": "cases", "columns": ["late"]}], DURATION, "late is only known afterwards: the contract"),
        ([TRAILED], EVENT, r"features\[0\]: late is only known afterwards: the label looks at it"),
        ([TRAILED], DURATION, r"features\[0\]: late is only known afterwards: the contract says so"),
        ([{**TRAILED, "mean": [], "sum": ["size", "late"]}], EVENT, "late is only known afterwards"),
        ([COUNTED], EVENT, "late is only known afterwards: the label looks at it"),
        (
            [{"calendar": ["season"]}, {"from": "cases", "columns": ["size", "late"]}],
            EVENT,
            r"features\[1\]: late",
        ),
    ],
)
def test_what_is_only_known_afterwards_is_no_feature(
    features: list[dict[str, Any]], label: dict[str, Any], why: str
) -> None:
    spec = case_spec(features=features) if label is EVENT else duration_spec(features=features)
    with pytest.raises(ConfigError, match=why):
        refusing(made_cases(1, per_day=0.1).with_spec(**spec))()


def test_the_rule_may_not_look_either() -> None:
    spec = case_spec(models={"candidates": ["logistic_glm"], "rate_by": "late"})
    with pytest.raises(ConfigError, match=r"models\.rate_by: late is only known afterwards"):
        refusing(made_cases(1, per_day=0.1).with_spec(**spec))()


@pytest.mark.parametrize("made", [case_spec, duration_spec])
def test_who_made_the_record_is_known_beforehand(made: Callable[..., dict[str, Any]]) -> None:
    spec = made(audit={**case_spec()["audit"], "observer": "late"})
    with pytest.raises(ConfigError, match=r"audit\.observer: late is only known") as raised:
        refusing(made_cases(1, per_day=0.1).with_spec(**spec))()
    assert "must be known beforehand" in str(raised.value)


def test_all_such_columns_are_told_at_once() -> None:
    features = [{"from": "cases", "columns": ["late", "size", "closed_at"]}]
    with pytest.raises(ConfigError) as raised:
        refusing(made_cases(1, per_day=0.1).with_spec(features=features))()
    assert [str(mistake.says).split()[0] for mistake in raised.value.mistakes] == ["late", "closed_at"]


def test_rows_that_come_with_their_outcome_may_be_counted_by_it() -> None:
    sources = {**SOURCES, "cases": {**SOURCES["cases"], "known_at": "closed_at"}}
    city = made_cases(1, per_day=0.1).with_spec(sources=sources, features=[COUNTED])
    refusing(city)()


def test_a_duration_may_show_what_its_condition_chooses() -> None:
    label = {**DURATION, "where": "kind in ['tree', 'road']"}
    refusing(made_cases(1, per_day=0.1).with_spec(**duration_spec(label=label)))()


@pytest.mark.parametrize("name", ["step", "ended", "due_in_days", "baseline_arrival"])
def test_names_that_the_panel_needs_are_refused(name: str, blobs: Blobs) -> None:
    city = few_cases({"came_at": at(1)})
    areas = city.tables["areas"].with_column(name, "number", [1.0] * 6)
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": [name]}])
    with pytest.raises(ConfigError, match="reserved name"):
        parts_of(city, blobs)
