from __future__ import annotations

from typing import get_args

from pydantic import TypeAdapter

from civic_ai.records.case import State
from civic_ai.records.people import Word
from civic_ai.web.demo.pilots import PILOTS


def test_there_is_a_pilot_in_each_state_under_a_name_of_its_own() -> None:
    assert {pilot.left_in for pilot in PILOTS} == set(get_args(State)) - {"unopened"}
    names = [pilot.name for pilot in PILOTS]
    assert len(set(names)) == len(names)
    assert [TypeAdapter(Word).validate_python(name) for name in names] == names
    assert {pilot.place.language for pilot in PILOTS} == {"en", "es", "pt"}
