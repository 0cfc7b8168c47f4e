from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from civic_ai.cli.main import main
from civic_ai.cli.pilot import QUESTIONS
from civic_ai.pilot.spec import Question
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


@pytest.mark.parametrize("question", get_args(Question))
def test_every_question_has_its_own_words(question: Question) -> None:
    words = {name: said.text("en") for name, said in QUESTIONS.items()}
    assert f"({question})" in words[question]
    for language in ("es", "pt"):
        assert QUESTIONS[question].text(language) not in words.values()
    assert len(set(words.values())) == len(get_args(Question))


def test_check_says_which_question_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", "my-city", "--folder", str(tmp_path)])
    pilot = tmp_path / "my-city" / "pilot.yaml"
    pilot.write_text(pilot.read_text().replace("size: standard", "size: tiny"))
    command = ["check", str(pilot.parent), "--workspace", str(tmp_path / "w")]
    capsys.readouterr()
    assert main(command) == 0
    assert QUESTIONS["ranking"].text("en") in capsys.readouterr().out
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == "ranking"
