from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cli.step_fields import read_fields
from civic_ai.core.errors import ConfigError


def test_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "vote.yaml"
    file.write_text("verdict: reject\nreason: too few\n")
    assert read_fields(file, ["verdict=approve"]) == {"verdict": "approve", "reason": "too few"}


def test_lists_and_objects_are_yaml_and_text_is_text() -> None:
    read = read_fields(None, ["present=[Ana, Bea]", "holder={person: Ana, role: chair}", "reason=a = b: c"])
    assert read == {
        "present": ["Ana", "Bea"],
        "holder": {"person": "Ana", "role": "chair"},
        "reason": "a = b: c",
    }


@pytest.mark.parametrize("wrong", ["verdict", "=approve", "present=[Ana"])
def test_what_is_no_field_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError):
        read_fields(None, [wrong])


def test_a_file_that_is_no_list_of_fields_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("- a\n- b\n")
    with pytest.raises(ConfigError, match="must be a list of 'name: value' lines"):
        read_fields(tmp_path / "x.yaml", [])
