from __future__ import annotations

import numpy as np

from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import GRID, TYPED, made_city
from tests.unit.panel.test_units import units_of


def test_without_types_a_place_is_a_unit(blobs: Blobs) -> None:
    units = units_of(made_city(1), blobs)
    assert units.by_place is units
    assert units.types == ()
    assert units.place_of.tolist() == list(range(9))
    assert units.type_of.tolist() == [0] * 9


def test_with_types_every_unit_knows_its_place(blobs: Blobs) -> None:
    units = units_of(made_city(1).with_spec(unit=TYPED), blobs)
    assert len(units) == 18
    assert len(units.by_place) == 9
    assert units.types == ("water", "pothole")
    assert units.frame["area"].tolist() == units.by_place.frame["area"].to_numpy()[units.place_of].tolist()
    assert units.positions(["a03", "nowhere"]).tolist() == [3, -1]


def test_cells_can_have_types_too(blobs: Blobs) -> None:
    cells = {**GRID, "types": TYPED["types"]}
    units, alone = (units_of(made_city(1).with_spec(unit=unit), blobs) for unit in (cells, GRID))
    assert len(units) == 2 * len(alone)
    assert units.frame["row"].to_numpy().tolist() == alone.frame["row"].to_numpy()[units.place_of].tolist()
    assert units.neighbours.sum() == 2 * alone.neighbours.sum()
    assert np.isfinite(units.frame["lat"]).all()
