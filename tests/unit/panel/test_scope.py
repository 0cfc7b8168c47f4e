from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.known import City
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.panel import Feature
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import made_city, spec_of

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
    date, unit = np.indices((4, 3)).reshape(2, -1)
    found = column.at(scope_of(1), date, unit)
    assert found.tolist() == np.broadcast_to(column.values, (4, 3)).ravel().tolist()


def scope_of(steps: int) -> Any:
    """Four dates, eight days apart, of a pilot that looks ten days ahead in each step; three units."""
    label = {**spec_of()["label"], "kind": "count", "horizon_days": 10, "steps": steps}
    city = City(PilotSpec.model_validate(spec_of(label=label)), {})
    return Scope(city, [0, 1, 2], np.arange(4) * 8, ())  # type: ignore[arg-type]


def test_windows_follow_one_another_and_steps_change_fastest() -> None:
    scope = scope_of(3)
    assert scope.shape == (12, 3)
    assert scope.reach == 30
    assert list(zip(scope.starts, scope.step, strict=True)) == [
        (date + 10 * step, step) for date in (0, 8, 16, 24) for step in range(3)
    ]


@pytest.mark.parametrize("lines", [1, 4, 12])
@pytest.mark.parametrize("columns", [1, 3])
def test_what_is_kept_once_is_spread_to_every_window_and_unit(lines: int, columns: int) -> None:
    scope = scope_of(3)
    values = np.arange(lines * columns).reshape(lines, columns)
    spread = scope.spread(values)
    assert spread.shape == (12, 3)
    for window in range(12):
        for unit in range(3):
            line = {1: 0, 4: window // 3, 12: window}[lines]
            assert spread[window, unit] == values[line, min(unit, columns - 1)]


@pytest.mark.parametrize("lines", [1, 4, 12])
def test_the_first_step_of_each_date(lines: int) -> None:
    scope = scope_of(3)
    column = FeatureColumn(RECORD, np.arange(lines * 3).reshape(lines, 3))
    date, unit = np.indices((4, 3)).reshape(2, -1)
    first = scope.spread(column.values)[::3]
    assert column.at(scope, date, unit).tolist() == first.ravel().tolist()
    assert scope.first_step(scope.starts).tolist() == [0, 8, 16, 24]


def test_the_scope_is_dates_by_units(blobs: Blobs) -> None:
    scope = make_parts(*made_city(1).seal(blobs), blobs).scope
    assert scope.shape == (30, 9)
    assert scope.horizon == 14
    assert [split.name for split in scope.splits] == ["1", "2", "lockbox"]
