"""The questionnaire in the terminal: asks what is open, writes at once, may be stopped at any time."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from civic_ai.cli.answer import OPEN, answer
from civic_ai.core.errors import ConfigError
from civic_ai.pilot.answers import ANSWERS_FILE, Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answers

SHIPPED = Path(__file__).parents[3] / "pilots" / "example-potholes" / "pilot.yaml"


@pytest.fixture
def pilot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIVIC_AI_LANGUAGE", "en")
    (tmp_path / "pilot.yaml").write_bytes(SHIPPED.read_bytes())
    return tmp_path


def read(pilot: Path) -> Answers:
    answers = load_answers(Beside(shipped_crosswalk(), "example-potholes", pilot))
    assert answers is not None
    return answers


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_what_is_missing_is_listed_and_the_exit_code_says_so(
    pilot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(str(pilot), missing=True) == OPEN
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 53
    assert lines[0].startswith("A01  System name: What is")
    assert answer(str(pilot), missing=True, level="I", language="pt") == OPEN
    fewer = capsys.readouterr().out.splitlines()
    assert len(fewer) < 53
    assert fewer[0].startswith("A01  Nome do sistema: Como")


def test_an_answer_is_set_without_asking(pilot: Path) -> None:
    code = answer(
        str(pilot), sets=["A05=Head of roads", "A06=roads@example.org"], evidence=["said:Mayor"],
        by="Head of roads", on="2026-03-02", language="es",
    )  # fmt: skip
    assert code == 0
    given = read(pilot).answers
    assert given["A05"].answer is not None
    assert given["A05"].answer.es == "Head of roads"
    assert (given["A05"].answered_by, given["A05"].on) == ("Head of roads", date(2026, 3, 2))
    assert given["A06"].evidence[0].statement == "Mayor"


@pytest.mark.parametrize(
    ("text", "evidence", "told"),
    [
        ("to be written", ["said:Mayor"], "this stands where an answer should"),
        ("TODO: ask Ana", ["said:Mayor"], "this stands where an answer should"),
        ("Head of roads", [], "it has no evidence"),
        ("Head of roads", ["said:Mayor"], ""),
    ],
)
def test_what_will_not_count_is_told_when_it_is_written(
    pilot: Path, capsys: pytest.CaptureFixture[str], text: str, evidence: list[str], told: str
) -> None:
    assert answer(str(pilot), sets=[f"A05={text}"], evidence=evidence, by="x", on="2026-03-02") == 0
    said = capsys.readouterr().err
    assert told in said
    assert ("does not count" in said) == bool(told)


@pytest.mark.parametrize(
    ("sets", "by"), [("A05", "x"), ("A05=x", None), ("Z99=x", "x"), ("A10=x", "x"), ("A08=x", "x")]
)
def test_what_cannot_be_set_is_refused_and_nothing_is_written(pilot: Path, sets: str, by: str | None) -> None:
    with pytest.raises(ConfigError):
        answer(str(pilot), sets=["A06=roads@example.org", sets], by=by)
    assert not (pilot / ANSWERS_FILE).exists()


def test_only_what_is_open_is_asked_and_a_stop_loses_nothing(
    pilot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "Pothole list\nhttps://example.org/x\n\nOwner\nIt ranks streets\n\n\n")
    assert answer(str(pilot)) == 0
    assert {"A01", "A02"} == set(read(pilot).answers)
    assert read(pilot).answers["A02"].answered_by == "Owner"
    capsys.readouterr()
    type_in(monkeypatch, "\nq\n")
    assert answer(str(pilot)) == 0
    asked = capsys.readouterr().err
    assert "A01" not in asked
    assert "A04" in asked
    assert "A05" in asked
    assert "A06" not in asked


def test_a_wrong_file_of_evidence_is_said_and_the_question_comes_again(
    pilot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "First\ngone.md\n\nOwner\nSecond\npilot.yaml\n\n\n")
    assert answer(str(pilot), fields=["A05"]) == 0
    assert "no such file" in capsys.readouterr().err
    given = read(pilot).answers["A05"]
    assert given.answer is not None
    assert given.answer.en == "Second"
    assert given.evidence[0].file == "pilot.yaml"


def test_an_answer_without_a_role_is_not_written(pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "First\n\n\n")
    assert answer(str(pilot), fields=["A05"]) == 0
    assert not (pilot / ANSWERS_FILE).exists()


@pytest.mark.parametrize(
    "options", [{"level": "V"}, {"language": "fr"}, {"on": "soon"}, {"fields": ["A10"]}, {"fields": ["Z99"]}]
)
def test_an_option_that_means_nothing_is_refused(pilot: Path, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        answer(str(pilot), **options)  # type: ignore[arg-type]
