from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from civic_ai.core.errors import ConfigError
from civic_ai.panel.cube import count_daily
from civic_ai.panel.known import known_rows
from civic_ai.panel.request_types import cross_with_types, of_types, type_number
from civic_ai.panel.unit_list import Units
from civic_ai.panel.units import AreaColumn
from civic_ai.pilot.spec import Types
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import TYPED, made_city
from tests.unit.panel.test_known import opened
from tests.unit.panel.test_units import units_of

TYPES = Types.model_validate({"column": "kind", "values": {"b": ["B", "Bee"], "a": ["A"]}})


def places(names: list[str], pairs: Any = ()) -> Units:
    frame = pd.DataFrame({"unit": names, "area": names, "type": None, "lat": 0.0, "lon": 0.0})
    touching = np.zeros((len(names), len(names)), dtype=np.int32)
    for one, other in pairs:
        touching[one, other] = touching[other, one] = 1
    return Units(frame, AreaColumn("area_id"), pd.Index(names, dtype=object), sparse.csr_array(touching))


@given(names=st.lists(st.text("ab/ -1", min_size=1, max_size=4), unique=True, min_size=1, max_size=8))
def test_units_are_every_place_with_every_type_in_order_of_their_names(names: list[str]) -> None:
    """Area ids may hold anything, also the stroke between place and type."""
    units = cross_with_types(places(sorted(names)), TYPES)
    made = [f"{place}/{kind}" for place in sorted(names) for kind in ("b", "a")]
    assert units.frame["unit"].tolist() == sorted(made)
    for position, row in enumerate(units.frame.itertuples()):
        place, kind = sorted(names)[units.place_of[position]], units.types[units.type_of[position]]
        assert (row.unit, row.area, row.type) == (f"{place}/{kind}", place, kind)
        assert units.crossing is not None
        assert units.crossing.at[units.place_of[position], units.type_of[position]] == position


def test_neighbours_are_next_door_with_the_same_type() -> None:
    units = cross_with_types(places(["p", "q", "r"], [(0, 1), (1, 2)]), TYPES)
    names = units.frame["unit"].tolist()
    pairs = units.neighbours.tocoo()
    found = {(names[i], names[j]) for i, j in zip(pairs.row, pairs.col, strict=True)}
    one_way = {("p/a", "q/a"), ("p/b", "q/b"), ("q/a", "r/a"), ("q/b", "r/b")}
    assert found == one_way | {(j, i) for i, j in one_way}


def test_where_nothing_says_who_touches_no_type_does() -> None:
    alone = places(["p"])
    bare = Units(alone.frame, alone.places, alone.codes, None)
    assert cross_with_types(bare, TYPES).neighbours is None


def test_a_type_is_every_value_that_means_it() -> None:
    table = ibis.memtable({"kind": ["B", "A", "Bee", "C", None]})
    assert type_number(table, TYPES).to_pyarrow().to_pylist() == [0, 1, 0, None, None]
    assert of_types(table, TYPES).count().execute() == 3
    assert of_types(table, None).count().execute() == 5
    with pytest.raises(ConfigError, match="no column called kind"):
        type_number(ibis.memtable({"x": [1]}), TYPES)


def test_rows_fall_into_their_place_and_type_and_others_into_none(blobs: Blobs) -> None:
    city = made_city(3)
    requests = city.tables["requests"]
    kinds = ("pothole", "hole", "flooding", "noise", None)
    rows = [
        (row[0], kinds[i % 5], row[2], None if i % 7 == 0 else row[3], *row[4:])
        for i, row in enumerate(requests.rows)
    ]
    table = type(requests)({**requests.columns, "request_type": {"type": "text", "blank": "missing"}}, rows)
    city = city.with_table("requests", table).with_spec(unit=TYPED)
    units = units_of(city, blobs)
    counts = count_daily(known_rows(opened(city, blobs), "requests"), units)
    meant = {"pothole": "pothole", "hole": "pothole", "flooding": "water"}
    for position, unit in enumerate(units.frame["unit"]):
        expected = sum(row[3] is not None and f"{row[3]}/{meant.get(row[1] or '')}" == unit for row in rows)
        assert counts.n[counts.unit == position].sum() == expected
    lost = sum(row[3] is None and row[1] in meant for row in rows)
    assert counts.n[counts.unit < 0].sum() == lost > 0
