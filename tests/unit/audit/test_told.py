"""What a walk over a record finds; what is hidden because of it: test_moves.py, test_forgotten.py."""

from __future__ import annotations

import pytest

from civic_ai.audit.told import parts_of, share_cells, shows, told_in
from civic_ai.records.figure import Figure, missing
from civic_ai.records.record import Record


class Part(Record):
    name: str
    share_of: Figure
    n: int
    areas: int = 3

    named_by = ("name",)


class Whole(Record):
    parts: tuple[Part, ...]
    rate: float = 0.5
    is_sure: bool = True


WHOLE = Whole(parts=tuple(Part(name=name, share_of=Figure(value=0.3, n=10), n=7) for name in "ab"))


def test_every_number_is_told_with_its_place_and_what_the_public_sees() -> None:
    masked = WHOLE.model_copy(update={"parts": (WHOLE.parts[1],)})
    told = {(one.name, one.place): one.is_shown for one in told_in(WHOLE, masked)}
    assert told == {
        ("parts.share_of", ("parts", "/a")): False,
        ("parts.n", ("parts", "/a")): False,
        ("parts.areas", ("parts", "/a")): False,
        ("parts.share_of", ("parts", "/b")): True,
        ("parts.n", ("parts", "/b")): True,
        ("parts.areas", ("parts", "/b")): True,
        ("rate", ("", "")): True,
    }


def test_a_share_tells_three_counts_a_whole_number_one_and_areas_none() -> None:
    cells = {one.name: one.cells for one in told_in(WHOLE, WHOLE)}
    assert cells["parts.share_of"] == {"n": 10.0, "cases": 3.0, "others": 7.0}
    assert cells["parts.n"] == {"count": 7.0}
    assert cells["parts.areas"] == {}
    assert cells["rate"] == {}


@pytest.mark.parametrize("value", [None, 1.5, -0.1])
def test_what_is_no_share_tells_its_n_only(value: float | None) -> None:
    cells = share_cells(Figure(value=value, n=10))
    assert (cells["n"], cells.get("others", 0.0)) == (10.0, 0.0)


def test_a_figure_shows_something_while_a_value_a_bound_or_a_count_stands() -> None:
    assert shows(Figure(value=0.0, n=0))
    assert shows(missing("few", n=3))
    assert not shows(missing("suppressed"))


def test_parts_are_named_as_cards_name_them_and_twins_are_told_apart() -> None:
    twins = (WHOLE.parts[0], WHOLE.parts[0], 5)
    assert [key for key, _ in parts_of(twins)] == ["a", "a#2", "2"]
    assert list(parts_of({"x": 1})) == [("x", 1)]
    assert list(parts_of(None)) == []


def test_a_ratio_of_needs_is_no_share() -> None:
    """Near 1 and of few hundreds it would look like all but a handful (found in a tiny city's frontier)."""

    class Way(Record):
        need_ratio: Figure

    (told,) = told_in(Way(need_ratio=Figure(value=0.99, n=432)), None)
    assert not told.is_share
    assert told.cells == {"n": 432.0}
