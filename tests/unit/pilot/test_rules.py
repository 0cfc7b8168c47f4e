from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.pilot.load import load_pilot
from civic_ai.pilot.located import validate
from civic_ai.pilot.rules import RULES, broken_rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import parse_yaml
from tests.unit.pilot.written import CASES, DEMAND, DURATIONS, SOUND, TYPED, broken, changed, write_pilot

ALL = frozenset(PilotSpec.model_fields)
QUESTIONS: dict[str, tuple[Mapping[str, str], ...]] = {
    "ranking": (), "demand": (DEMAND,), "cases": (CASES,), "durations": (DURATIONS,),
}  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_sound_pilot_of_each_question_breaks_none(question: str) -> None:
    assert broken(*QUESTIONS[question]) == []
    text = changed(*QUESTIONS[question])
    assert validate(parse_yaml(text.encode(), "pilot.yaml"), PilotSpec).question == question


@pytest.mark.parametrize("question", ["ranking", "demand"])
def test_types_are_sound_for_places(question: str) -> None:
    assert broken(*QUESTIONS[question], TYPED) == []


def test_a_rule_waits_for_its_parts() -> None:
    spec = validate(parse_yaml(SOUND.replace("Chicago", "Atlantis").encode(), "x"), PilotSpec)
    assert list(broken_rules(spec, ALL - {"time_zone"})) == []


def test_every_rule_needs_parts_that_exist() -> None:
    assert all(parts and parts <= ALL for parts, _ in RULES)


def test_a_rule_looks_at_no_part_that_it_does_not_name() -> None:
    """A part that is broken is missing from the spec; a rule that looked at it all the same would stumble."""
    for changes in QUESTIONS.values():
        whole = validate(parse_yaml(changed(*changes).encode(), "x"), PilotSpec)
        for parts, rule in RULES:
            named = {name: getattr(whole, name) for name in parts}
            assert list(rule(PilotSpec.model_construct(**named))) == list(rule(whole)) == []


def test_a_broken_rule_is_said_with_file_and_line(tmp_path: Path) -> None:
    folder = write_pilot(tmp_path, {"units_per_period: 50, ": ""})
    with pytest.raises(ConfigError) as caught:
        load_pilot(folder, {"DATA": "/somewhere"})
    [mistake] = caught.value.mistakes
    line = next(n for n, line in enumerate(SOUND.splitlines(), 1) if line.startswith("capacity:"))
    assert str(mistake.place) == f"{folder}/pilot.yaml:{line}"
    assert mistake.about == "capacity"
