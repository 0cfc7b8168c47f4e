from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.pilot.load import load_pilot
from civic_ai.pilot.scaffold import new_pilot
from tests.unit.pilot.written import write_pilot


def test_a_new_pilot_is_a_sound_copy_under_its_own_name(tmp_path: Path) -> None:
    write_pilot(tmp_path / "pilots" / "first")
    made = new_pilot("second-city", "first", tmp_path / "pilots")
    spec = load_pilot(made, {"DATA": "/x"}).spec
    assert spec.pilot == "second-city"
    assert spec.label == load_pilot(tmp_path / "pilots" / "first", {"DATA": "/x"}).spec.label


def test_the_example_that_came_with_the_installation_can_be_copied(tmp_path: Path) -> None:
    made = new_pilot("my-city", "example-potholes", tmp_path / "pilots")
    assert load_pilot(made, {}).spec.pilot == "my-city"


@pytest.mark.parametrize("name", ["", "a", "Bad Name", "../up", "-x", "x" * 42, "ñandú"])
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="lower-case letters"):
        new_pilot(name, "example-potholes", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    write_pilot(tmp_path / "first")
    before = (tmp_path / "first" / "pilot.yaml").read_text()
    with pytest.raises(ConfigError, match="stands already"):
        new_pilot("first", "example-potholes", tmp_path)
    assert (tmp_path / "first" / "pilot.yaml").read_text() == before


def test_an_unknown_source_lists_those_that_stand(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="example-potholes"):
        new_pilot("second", "no-such-pilot", tmp_path)
