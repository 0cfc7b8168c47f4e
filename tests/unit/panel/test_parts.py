from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from civic_ai.panel.build import make_parts
from civic_ai.panel.parts import panel_table
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, made_city


def test_the_table_holds_one_row_a_unit_and_date_of_the_cohort_in_order(blobs: Blobs) -> None:
    parts = make_parts(*made_city(2).with_spec(features=EVERYTHING).seal(blobs), blobs)
    cohort = np.random.default_rng(1).random(parts.scope.shape) < 0.4
    table = panel_table(replace(parts, cohort=cohort))
    frame = table.to_pandas()
    assert list(zip(frame.as_of, frame.unit, strict=True)) == sorted(
        zip(frame.as_of, frame.unit, strict=True)
    )
    assert len(frame) == cohort.sum()
    date, unit = np.nonzero(cohort)
    assert frame.unit.tolist() == parts.scope.units.frame.unit.to_numpy()[unit].tolist()
    for column in parts.features:
        dense = column.at(parts.scope, date, unit)
        np.testing.assert_array_equal(frame[column.record.name].to_numpy(), dense)
    np.testing.assert_array_equal(frame.label.to_numpy(), parts.label.values[date, unit])


def test_types_are_those_of_the_brief(blobs: Blobs) -> None:
    table = panel_table(make_parts(*made_city(2).with_spec(features=EVERYTHING).seal(blobs), blobs))
    assert table.schema.field("unit").type == pa.string()
    assert table.schema.field("as_of").type == pa.date32()
    assert table.schema.field("label").type == pa.float64()
    assert table.schema.field("step").type == pa.int16()
    names = table.column_names[3:-1]
    assert {table.schema.field(name).type for name in names if name.startswith("baseline_")} == {pa.float64()}
    assert {table.schema.field(name).type for name in names if not name.startswith("baseline_")} == {
        pa.float32()
    }


def test_not_known_is_nan_in_features_and_blank_in_the_label(blobs: Blobs) -> None:
    city = made_city(2, per_area=2).with_spec(features=EVERYTHING, label={
        "from": "requests", "where": "request_type == 'pothole'", "horizon_days": 56, "kind": "event",
        "called": "a pothole"})  # fmt: skip
    table = panel_table(make_parts(*city.seal(blobs), blobs))
    assert table["label"].null_count > 0
    assert not np.isnan(table["label"].drop_null().to_numpy()).any()
    waits = table["pothole_days_since_last"]
    assert waits.null_count == 0
    assert np.isnan(waits.to_numpy()).any()
