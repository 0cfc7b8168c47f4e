from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cli.main import main
from tests.unit.pilot.written import write_pilot


def test_new_prints_where_the_pilot_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "my-city", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "my-city")
    assert (tmp_path / "my-city" / "pilot.yaml").is_file()


def test_describe_explains_a_part_and_gives_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "capacity"]) == 0
    told = capsys.readouterr().out
    assert "capacity.units_per_period" in told
    assert "Example:\n  capacity: {units_per_period: 100" in told


def test_describe_refuses_an_unknown_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "capacidad"]) == 2
    assert "there is no part called capacidad" in capsys.readouterr().err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "PilotSpec"


def test_check_says_every_mistake_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_pilot(tmp_path, {"seed: 7": "seed: x", "units_per_period: 50": "units_per_period: 0"})
    assert main(["check", str(folder)]) == 2
    told = capsys.readouterr().err
    assert "seed: must be a whole number" in told
    assert "capacity.units_per_period: must be at least 1" in told


def test_check_of_a_pilot_that_does_not_stand_ends_with_2(tmp_path: Path) -> None:
    assert main(["check", str(tmp_path / "none")]) == 2
