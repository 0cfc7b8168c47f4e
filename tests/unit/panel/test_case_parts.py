from __future__ import annotations

import numpy as np
import pyarrow as pa

from civic_ai.panel.case_parts import case_table, case_units
from civic_ai.panel.feature_categories import code_of
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import UNIT, at, duration_spec, few_cases, made_cases, parts_of


def test_the_table_has_one_row_a_case_and_blanks_what_is_not_final(blobs: Blobs) -> None:
    city = made_cases(6, per_day=2)
    city = city.with_spec(as_of={**city.spec["as_of"], "last": at(7 * 37).date()})
    parts = parts_of(city, blobs)
    table = case_table(parts)
    assert table.num_rows == len(set(table["unit"].to_pylist())) == len(parts.cases)
    assert table.schema.field("as_of").type == pa.date32()
    assert table.schema.field("step").type == pa.int16()
    assert set(table["step"].to_pylist()) == {0}
    assert table["label"].null_count == np.isnan(parts.label.values).sum() > 0
    keys = list(zip(table["as_of"].to_pylist(), table["unit"].to_pylist(), strict=True))
    assert keys == sorted(keys)
    assert "ended" not in table.column_names
    assert all(
        name in table.column_names
        for name in ("size", f"kind={code_of('kind', 'tree')}", "baseline_group_rate")
    )


def test_durations_say_which_ended(blobs: Blobs) -> None:
    table = case_table(parts_of(made_cases(6, per_day=2).with_spec(**duration_spec()), blobs))
    assert table.schema.field("ended").type == pa.bool_()
    assert set(table["ended"].to_pylist()) == {True, False}


def test_units_say_where_they_lie_and_who_saw_them(blobs: Blobs) -> None:
    rows = [
        {"came_at": at(1), "area_id": "a03", "office": "web", "lat": 10.5, "lon": 20.5},
        {"came_at": at(2), "area_id": "nowhere", "office": None},
    ]
    unit = {**UNIT, "grid": {"lat": "lat", "lon": "lon", "size_m": 500}}
    units = case_units(parts_of(few_cases(*rows, unit=unit), blobs))
    assert units.column_names == ["unit", "area", "type", "lat", "lon", "row", "col", "observer"]
    first, second = units.to_pylist()
    nothing = {"type": None, "row": None, "col": None}
    assert first == {"unit": "c0", "area": "a03", "lat": 10.5, "lon": 20.5, "observer": "web", **nothing}
    assert second == {"unit": "c1", "area": None, "lat": None, "lon": None, "observer": None, **nothing}


def test_without_a_declared_observer_nobody_is_named(blobs: Blobs) -> None:
    city = few_cases({"came_at": at(1), "office": "web"})
    audit = {name: part for name, part in city.spec["audit"].items() if name != "observer"}
    assert case_units(parts_of(city.with_spec(audit=audit), blobs))["observer"].to_pylist() == [None]


def test_durations_are_told_by_the_group_of_their_curve(blobs: Blobs) -> None:
    parts = parts_of(made_cases(6, per_day=2).with_spec(**duration_spec()), blobs)
    kinds = case_units(parts)["type"].to_pylist()
    assert sorted(kinds) == sorted(parts.cases.text("kind").to_pylist())
    assert len(set(kinds)) > 1
