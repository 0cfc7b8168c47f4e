from __future__ import annotations

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.scope import FeatureColumn
from civic_ai.records.panel import Feature
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import made_city

RECORD = Feature(name="x", source="areas", known_by="static", family="area")


@pytest.mark.parametrize(
    ("shape", "is_static", "is_citywide"),
    [((4, 3), False, False), ((1, 3), True, False), ((4, 1), False, True)],
)
def test_a_column_keeps_no_more_numbers_than_it_has(
    shape: tuple[int, int], is_static: bool, is_citywide: bool
) -> None:
    column = FeatureColumn(RECORD, np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape))
    assert (column.is_static, column.is_citywide) == (is_static, is_citywide)
    dense = column.dense((4, 3))
    assert dense.shape == (4, 3)
    assert dense[2, 1] == column.values[min(2, shape[0] - 1), min(1, shape[1] - 1)]


def test_the_scope_is_dates_by_units(blobs: Blobs) -> None:
    scope = make_parts(*made_city(1).seal(blobs), blobs).scope
    assert scope.shape == (30, 9)
    assert scope.horizon == 14
    assert [split.name for split in scope.splits] == ["1", "2", "lockbox"]
