from __future__ import annotations

import numpy as np
import pytest

from civic_ai.core.errors import DataError
from civic_ai.panel.build import make_parts
from civic_ai.panel.parts import panel_table
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import GRID, TYPED, City, made_city

LABEL = {"from": "requests", "horizon_days": 7, "kind": "count", "steps": 2,
         "exposure": {"from": "areas", "column": "population"}, "called": "a request"}  # fmt: skip


@pytest.mark.parametrize("unit", [made_city(1).spec["unit"], GRID, TYPED])
def test_every_unit_has_the_exposure_of_its_area(blobs: Blobs, unit: dict[str, object]) -> None:
    city = made_city(1).with_spec(label=LABEL, unit=unit)
    parts = make_parts(*city.seal(blobs), blobs)
    frame = panel_table(parts).to_pandas()
    areas = city.tables["areas"]
    people = dict(zip(areas.column("area_id"), areas.column("population"), strict=True))
    area_of = dict(zip(parts.scope.units.frame["unit"], parts.scope.units.frame["area"], strict=True))
    assert frame["exposure"].tolist() == [people[area_of[unit]] for unit in frame["unit"]]
    assert frame["exposure"].dtype == np.float64
    assert "exposure" not in {column.record.name for column in parts.features}


def without(value: object) -> City:
    city = made_city(1).with_spec(label=LABEL)
    areas = city.tables["areas"]
    rows = [(*row[:2], value if row[0] in ("a03", "a05") else row[2]) for row in areas.rows]
    columns = {**areas.columns, "population": {"type": "integer", "blank": "missing"}}
    return city.with_table("areas", type(areas)(columns, rows))


@pytest.mark.parametrize("value", [None, 0, -3])
def test_an_exposure_that_is_blank_or_not_above_zero_is_refused(blobs: Blobs, value: object) -> None:
    with pytest.raises(
        DataError, match="population is blank or not above 0 in 2 areas, such as a03"
    ) as caught:
        make_parts(*without(value).seal(blobs), blobs)
    assert caught.value.mistakes[0].about == "label.exposure"


def test_without_one_there_is_no_column(blobs: Blobs) -> None:
    plain = {name: value for name, value in LABEL.items() if name != "exposure"}
    parts = make_parts(*made_city(1).with_spec(label=plain).seal(blobs), blobs)
    assert "exposure" not in panel_table(parts).column_names
