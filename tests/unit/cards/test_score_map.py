from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.cards.facts import read_records
from civic_ai.cards.score_map import CLASSES, map_scores
from civic_ai.store.blobs import Blobs
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import SIDE, City


def test_every_scored_place_is_in_one_class(made: MakeMade) -> None:
    one = made(City())
    scores = map_scores(read_records(one.evidence, one.blobs), one.blobs)
    places = [place for part in scores.classes for place in part.places]
    assert len(places) == len(set(places)) == SIDE * SIDE - 1
    assert scores.unscored == ("0:0",)
    assert len(scores.classes) == CLASSES
    assert {len(part.places) for part in scores.classes} <= {12, 13}


def test_facts_are_the_classes(made: MakeMade) -> None:
    one = made(City())
    scores = map_scores(read_records(one.evidence, one.blobs), one.blobs)
    facts = scores.facts()
    assert facts["map.classes.count"] == 5
    assert facts["map.unscored"] == 1
    assert sum(int(facts[f"map.classes.{n}.places"] or 0) for n in range(1, 6)) == SIDE * SIDE - 1
    assert facts["map.classes.5.upper"] == max(part.upper for part in scores.classes)


def test_only_the_champion_is_mapped(made: MakeMade) -> None:
    """The blob holds the best baseline too; with other scores there the map stays the same."""
    one = made(City())
    records = read_records(one.evidence, one.blobs)
    table = one.blobs.table(records.evaluation.lockbox_blob)
    rows = [
        row | {"score": 9.0 if row["candidate"] != "lightgbm" else row["score"]} for row in table.to_pylist()
    ]
    other = one.blobs.put_table(pa.Table.from_pylist(rows, schema=table.schema))
    changed = replace(records, evaluation=records.evaluation.model_copy(update={"lockbox_blob": other}))
    assert map_scores(changed, one.blobs).classes == map_scores(records, one.blobs).classes


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), min_size=1, max_size=40))
def test_equal_scores_are_never_parted(
    made: MakeMade, tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    one = made(City())
    blobs = Blobs(one.blobs.folder)
    names = [f"r{i // SIDE:02}c{i % SIDE:02}" for i in range(len(values))]
    day = date(2018, 6, 4)
    rows = [
        {"candidate": "lightgbm", "unit": name, "as_of": day, "score": value}
        for name, value in zip(names, values, strict=True)
    ]
    records = read_records(one.evidence, blobs)
    blob = blobs.put_table(pa.Table.from_pylist(rows))
    changed = replace(records, evaluation=records.evaluation.model_copy(update={"lockbox_blob": blob}))
    classes = map_scores(changed, blobs).classes
    assert sum(len(part.places) for part in classes) == len(values)
    assert all(lower.upper < higher.lower for lower, higher in pairwise(classes))


def test_cells_are_squares_of_the_right_size(made: MakeMade) -> None:
    one = made(City())
    scores = map_scores(read_records(one.evidence, one.blobs), one.blobs)
    assert len(scores.places) == SIDE * SIDE
    for shape in scores.places.values():
        west, south, east, north = shape.bounds
        assert east - west == pytest.approx(north - south) == pytest.approx(1000 / 111_320)
    assert len(scores.areas) == 5


def test_areas_take_their_polygons(made: MakeMade) -> None:
    one = made(City(units="areas"))
    scores = map_scores(read_records(one.evidence, one.blobs), one.blobs)
    assert set(scores.places) == {"A0", "A1", "A2", "A3", "A4"}


def test_without_polygons_areas_have_no_shape(made: MakeMade, tmp_path: Path) -> None:
    one = made(City(units="areas"))
    records = read_records(one.evidence, one.blobs)
    bare = tuple(part.model_copy(update={"polygons_blob": None}) for part in records.snapshot.sources)
    changed = replace(records, snapshot=records.snapshot.model_copy(update={"sources": bare}))
    scores = map_scores(changed, one.blobs)
    assert scores.places == scores.areas == {}
