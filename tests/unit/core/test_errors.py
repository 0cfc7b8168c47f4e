from __future__ import annotations

import pickle

import pytest

from civic_ai.core.errors import CivicError, ConfigError, DataError, Mistake, Place, RefusedError, StoreError
from civic_ai.core.messages import say


def test_a_mistake_says_what_where_and_what_to_do() -> None:
    mistake = Mistake(
        "capacity.units_per_period",
        say("must be greater than {limit}, not {given}", limit=0, given=-5),
        Place("pilots/houston-potholes/pilot.yaml", 20),
        say("`civic-ai describe {part}` says what belongs there.", part="capacity"),
    )
    assert mistake.text() == (
        "capacity.units_per_period: must be greater than 0, not -5\n"
        "  in pilots/houston-potholes/pilot.yaml:20\n"
        "  `civic-ai describe capacity` says what belongs there."
    )


def test_all_mistakes_are_reported_together() -> None:
    error = ConfigError([Mistake("a", say("one")), Mistake("b", say("two"))])
    assert str(error) == error.text() == "a: one\nb: two"


@pytest.mark.parametrize(
    ("kind", "code"), [(CivicError, 1), (ConfigError, 2), (RefusedError, 3), (DataError, 4), (StoreError, 1)]
)
def test_the_class_fixes_the_exit_code(kind: type[CivicError], code: int) -> None:
    error = kind.because(say("no"), about="x")
    assert isinstance(error, kind)
    assert error.exit_code == code


def test_mistakes_can_be_counted_once() -> None:
    twice = [
        Mistake("a", say("{n} rows", n=1)),
        Mistake("a", say("{n} rows", n=1)),
        Mistake("a", say("{n} rows", n=2)),
    ]
    assert len(dict.fromkeys(twice)) == 2


def test_an_error_of_a_fit_on_another_machine_comes_back_whole() -> None:
    error = DataError.because(say("{rows} rows are too few", rows=3), about="limits", remedy=say("Add rows."))
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is DataError
    assert back.mistakes == error.mistakes
    assert back.text() == error.text()
