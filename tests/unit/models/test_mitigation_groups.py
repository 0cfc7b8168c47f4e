from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from civic_ai.models.mitigation_groups import UnitGroups, steered_group
from civic_ai.models.rows import PanelRows
from civic_ai.panel.groups import Grouping
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from tests.unit.audit.city import AREAS, evaluated


def grouping(shares: list[list[float]], residents: list[float]) -> Grouping:
    return Grouping("a", ("x", "y"), "x", np.array(shares), np.array(residents))


def test_a_place_counts_for_the_group_that_it_holds_most_of_against_the_city() -> None:
    """y is nowhere the majority (city: 23 %), and still has a place of its own."""
    made = steered_group(grouping([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2]], [100.0, 100.0, 100.0]))
    assert made.tolist() == [0, 1, 0]


def test_residents_weigh_the_city() -> None:
    shares = [[0.9, 0.1], [0.6, 0.4], [0.55, 0.45]]
    assert steered_group(grouping(shares, [1.0, 100.0, 100.0])).tolist() == [0, 0, 1]


def test_one_hot_groups_stay_as_they_are() -> None:
    assert steered_group(grouping([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [1.0, 1.0, 1.0])).tolist() == [
        0,
        1,
        1,
    ]


def test_groups_districts_and_units_are_read_from_the_panel(tmp_path: Path) -> None:
    city = evaluated(tmp_path)
    predictions = city.blobs.record(Predictions, city.evaluation.predictions)
    panel = city.blobs.record(PanelManifest, predictions.panel)
    frame = pd.DataFrame({"unit": ["A07", "A00", "A07"]})
    units = UnitGroups(city.spec, PanelRows(frame, panel, city.blobs))
    name = next(iter(city.spec.audit.attributes))
    assert units.unit.tolist() == [7, 0, 7]
    assert len(set(units.district.tolist())) == AREAS
    assert len(set(units.group(name).tolist())) > 1
    assert sorted(units.tie.tolist()) == list(range(AREAS))
