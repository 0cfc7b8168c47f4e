"""Other choices are read from the dossier: the nearest that was measured, and nothing beyond it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cards.sealed import Sealed
from civic_ai.core.canonical import digest_of_file
from civic_ai.web.sources import read
from civic_ai.web.what_if import capacity_of, nearest, read_units, ways_of

VALUE = re.compile(r'value="([^"]+)"')


@pytest.fixture
def sealed(shipped: Path) -> Sealed:
    return read(shipped, digest_of_file(shipped / "manifest.json"), "board")


@pytest.fixture
def evaluation(shipped: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((shipped / "full" / "records" / "evaluation.json").read_bytes())
    return made


@given(st.sets(st.integers(1, 50), min_size=1), st.integers(1, 60))
def test_the_nearest_are_the_ones_around_it_and_beyond_there_is_none(held: set[int], asked: int) -> None:
    order = tuple(sorted(held))
    found = nearest(order, asked)
    if asked in held:
        assert found == (asked,)
    elif order[0] < asked < order[-1]:
        assert found in set(pairwise(order))
        assert found[0] < asked < found[1]
    else:
        assert found == ()


def test_the_real_number_is_shown_first_with_what_the_record_says(
    sealed: Sealed, evaluation: dict[str, Any]
) -> None:
    found = capacity_of(sealed, "en", None)
    assert found is not None
    assert found.table is not None
    assert (found.asked, found.shown, found.real) == (150, (150,), 150)
    held = {(one["candidate"], one["units"]): one["found"]["value"] for one in evaluation["capacity_curve"]}
    shown = [float(VALUE.search(str(cell))[1]) for cell in found.table.rows[0][1:]]  # type: ignore[index]
    names = (evaluation["best_candidate"], evaluation["best_baseline"], "random")
    assert shown == [held[name, 150] for name in names]
    assert "between" in str(found.table.rows[0][1])


def test_between_two_measured_numbers_both_are_shown_and_nothing_is_worked_out(sealed: Sealed) -> None:
    found = capacity_of(sealed, "es", 100)
    assert found is not None
    assert found.table is not None
    assert found.shown == (75, 112)
    assert len(found.table.rows) == 2
    assert not found.is_beyond


@pytest.mark.parametrize("asked", [1, 37, 290, 10**8])
def test_beyond_what_was_measured_nothing_is_said(sealed: Sealed, asked: int) -> None:
    found = capacity_of(sealed, "en", asked)
    assert found is not None
    assert (found.shown, found.table, found.is_beyond) == ((), None, True)


def test_what_is_no_number_of_visits_is_none() -> None:
    assert [read_units(typed) for typed in ("100", "", "0", "-3", "1.5", "ten", "9" * 10, "²")] == [
        100, None, None, None, None, None, None, None,
    ]  # fmt: skip


def test_a_way_is_compared_with_the_list_of_the_cards(sealed: Sealed) -> None:
    frontier = sealed.records.audit.frontier
    assert frontier is not None
    found = ways_of(sealed, "en", "district_floors")
    assert found is not None
    assert [way.name for way in found.ways] == [way.way for way in frontier.ways]
    assert [way.name for way in found.ways if way.is_chosen] == ["district_floors"]
    way = next(one for one in frontier.ways if one.way == "district_floors")
    first = found.table.rows[0]
    assert [VALUE.search(str(cell))[1] for cell in first[1:]] == [  # type: ignore[index]
        str(frontier.ways[0].found_per_visit.value), str(way.found_per_visit.value),
    ]  # fmt: skip
    attributes = list(dict.fromkeys(one.attribute for one in frontier.visits))
    assert len(found.visits) == len(attributes) > 1
    many = sum(one.way == way.way for one in frontier.visits)
    assert sum(len(table.rows) for table in found.visits) == many


def test_a_way_that_nobody_tried_is_as_if_none_were_named(sealed: Sealed) -> None:
    found, usual = ways_of(sealed, "en", "<script>"), ways_of(sealed, "en", None)
    assert found == usual
    assert found is not None
    assert sum(way.is_chosen for way in found.ways) == 1


def test_a_dossier_without_curves_says_nothing(sealed: Sealed) -> None:
    records = sealed.records
    empty = records.evaluation.model_copy(update={"capacity_curve": ()})
    audit = records.audit.model_copy(update={"frontier": None})
    from dataclasses import replace

    bare = replace(sealed, records=replace(records, evaluation=empty, audit=audit))
    assert capacity_of(bare, "en", None) is None
    assert ways_of(bare, "en", None) is None
