from __future__ import annotations

from civic_ai.cards.error_map import CLASSES, map_errors
from civic_ai.cards.facts import for_the_public, read_records
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City

DEMAND = City(question="demand")


def test_places_stand_in_the_class_of_their_residual(made: MakeMade) -> None:
    one = made(DEMAND)
    found = map_errors(read_records(one.evidence, one.blobs), one.blobs)
    assert found.places == {
        "far_less": ("A3",), "less": (), "as_predicted": ("A2",), "more": ("A1",), "far_more": ("A0",),
    }  # fmt: skip
    assert found.facts() == {f"error_map.{name}": int(name != "less") for name in CLASSES}


def test_the_public_and_a_pilot_without_errors_have_no_map(made: MakeMade) -> None:
    one = made(DEMAND)
    public = read_records(for_the_public(one.evidence), one.blobs)
    bare = made(City(question="demand", known=False))
    for records, blobs in ((public, one.blobs), (read_records(bare.evidence, bare.blobs), bare.blobs)):
        assert map_errors(records, blobs).places == {}


def test_days_are_told_by_their_ratio(made: MakeMade) -> None:
    one = made(City(question="durations"))
    found = map_errors(read_records(one.evidence, one.blobs), one.blobs)
    assert found.places == {
        "far_less": ("A3",), "less": (), "as_predicted": ("A2",), "more": ("A1",), "far_more": ("A0",),
    }  # fmt: skip
