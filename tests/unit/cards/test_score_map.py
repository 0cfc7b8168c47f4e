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
from civic_ai.cards.score_map import CLASSES, map_scores, mean_scores, place_shapes, places_of
from civic_ai.pilot.spec import Unit
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


@pytest.mark.parametrize("question", ["cases", "durations"])
def test_a_case_is_told_by_its_area_and_an_area_with_few_cases_not_at_all(
    made: MakeMade, question: str
) -> None:
    one = made(City(question=question))
    records = read_records(one.evidence, one.blobs)
    scores = map_scores(records, one.blobs)
    told = {place for part in scores.classes for place in part.places}
    assert told | set(scores.unscored) == {"A0", "A1", "A2", "A3"}
    units = one.blobs.table(records.panel.units_blob).to_pandas()
    cases = units.groupby("area")["unit"].nunique()
    assert told == set(cases[cases >= records.policy.suppression.minimum].index) == set()
    minimum = records.policy.suppression.model_copy(update={"minimum": 5})
    lower = replace(records, policy=records.policy.model_copy(update={"suppression": minimum}))
    shown = map_scores(lower, one.blobs).classes
    assert {place for part in shown for place in part.places} == set(cases.index)


def test_types_of_a_place_are_added_up(made: MakeMade) -> None:
    one = made(City(question="demand"))
    records = read_records(one.evidence, one.blobs)
    rows = one.blobs.table(records.evaluation.lockbox_blob).to_pandas()
    own = rows[rows["candidate"] == records.evaluation.champion]
    by_date = own.assign(area=own["unit"].str[:2]).groupby(["area", "as_of"])["score"].sum()
    expected = by_date.groupby("area").mean()
    made_of = mean_scores(records, one.blobs, places_of(records, one.blobs))
    assert made_of == pytest.approx(expected.to_dict())


def test_hexagons_are_drawn_where_they_lie_about_as_wide_as_they_are(made: MakeMade) -> None:
    one = made(City())
    records = read_records(one.evidence, one.blobs)
    hexagons = {"lat": "lat", "lon": "lon", "resolution": 8}
    unit = Unit.model_validate({"name": "hexagon", "from": "requests", "hexagons": hexagons})
    spec = records.spec.model_copy(update={"unit": unit})
    units = one.blobs.table(records.panel.units_blob).to_pandas().assign(row=None, col=None)
    panel = records.panel.model_copy(update={"units_blob": one.blobs.put_table(pa.Table.from_pandas(units))})
    shapes = place_shapes(replace(records, spec=spec, panel=panel), one.blobs)
    assert len(shapes) == SIDE * SIDE
    west, _, east, _ = next(iter(shapes.values())).bounds
    assert (east - west) * 111_320 == pytest.approx(2 * 531, rel=0.02)  # mean side at resolution 8: 531 m


def test_a_champion_that_only_orders_has_no_score_to_map(made: MakeMade) -> None:
    one = made(City(question="cases", winner="rule"))
    records = read_records(one.evidence, one.blobs)
    place_of = places_of(records, one.blobs)
    minimum = records.policy.suppression.model_copy(update={"minimum": 5})
    records = replace(records, policy=records.policy.model_copy(update={"suppression": minimum}))
    assert mean_scores(records, one.blobs, place_of)
    table = one.blobs.table(records.evaluation.lockbox_blob)
    named = [row | {"candidate": "arrival_order"} for row in table.to_pylist()]
    blob = one.blobs.put_table(pa.Table.from_pylist(named, schema=table.schema))
    update = {"champion": "arrival_order", "lockbox_blob": blob}
    orders = replace(records, evaluation=records.evaluation.model_copy(update=update))
    assert map_scores(orders, one.blobs).classes == ()
