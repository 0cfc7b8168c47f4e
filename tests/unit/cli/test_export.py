"""A pilot's newest dossier, or a dossier by its folder, is written in the form that is asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from civic_ai.cards.verification import verify
from civic_ai.cli.export import export
from civic_ai.core.errors import ConfigError, RefusedError
from tests.unit.cards.made_city import City, spec_of
from tests.unit.cards.made_dossier import seal_made
from tests.unit.review.made_office import office_in, to_approval

ANSWERS = (
    "pilot: {pilot}\nanswers:\n  A01:\n    answer: Pothole list\n    answered_by: Owner\n    on: 2026-03-02\n"
)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal_made(tmp_path_factory.mktemp("made"), City())


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    folder = tmp_path / "made-potholes"
    folder.mkdir()
    shipped = Path(__file__).parents[3] / "pilots" / "example-potholes" / "pilot.yaml"
    text = shipped.read_text("utf-8").replace("pilot: example-potholes", "pilot: made-potholes", 1)
    (folder / "pilot.yaml").write_text(text, "utf-8")
    (folder / "answers.yaml").write_text(ANSWERS.format(pilot="made-potholes"))
    return folder


def test_a_dossier_is_exported_with_the_answers_that_are_named(
    dossier: Path, pilot: Path, tmp_path: Path
) -> None:
    assert export(str(dossier), "nyc", tmp_path / "out") == 0
    assert "Pothole list" not in (tmp_path / "out" / "nyc.csv").read_text()
    assert export(str(dossier), "nyc", tmp_path / "out", answers=str(pilot)) == 0
    assert "Pothole list" in (tmp_path / "out" / "nyc.csv").read_text()


def test_a_pilot_is_exported_from_its_newest_dossier(dossier: Path, pilot: Path, tmp_path: Path) -> None:
    place = tmp_path / "ws" / "dossiers" / "made-potholes" / "one"
    shutil.copytree(dossier, place)
    assert export(str(pilot), "record", tmp_path / "out", workspace=tmp_path / "ws", language="es") == 0
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert record["pilot"] == "made-potholes"
    assert record["audience"] == "public"
    assert '<html lang="es">' in (tmp_path / "out" / "pilot_record.es.html").read_text("utf-8")


def test_a_pilot_that_never_ran_is_said(dossier: Path, pilot: Path, tmp_path: Path) -> None:
    shutil.copytree(dossier, tmp_path / "ws" / "dossiers" / "another" / "one")
    with pytest.raises(ConfigError, match="no sealed dossier of this pilot"):
        export(str(pilot), "nyc", tmp_path / "out", workspace=tmp_path / "ws")


def test_answers_of_another_pilot_are_refused(dossier: Path, pilot: Path, tmp_path: Path) -> None:
    for file in ("pilot.yaml", "answers.yaml"):
        text = (pilot / file).read_text("utf-8").replace("pilot: made-potholes", "pilot: another", 1)
        (pilot / file).write_text(text, "utf-8")
    with pytest.raises(RefusedError, match="answers are of another"):
        export(str(dossier), "nyc", tmp_path / "out", answers=str(pilot))
    assert not (tmp_path / "out").exists()


def test_an_unknown_form_is_refused_with_the_known_ones(dossier: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cyclonedx"):
        export(str(dossier), "pdf", tmp_path / "out")


def test_the_made_pilot_is_the_dossiers() -> None:
    assert spec_of(City()).pilot == "made-potholes"


def _board_fields(folder: Path) -> dict[str, str]:
    """Status of each field that only the board fills."""
    record = json.loads((folder / "record.json").read_text("utf-8"))
    return {each["field"]: each["status"] for each in record["fields"] if each["filled_by"] == "board"}


def test_what_the_board_decided_on_this_dossier_stands_in_it(dossier: Path, tmp_path: Path) -> None:
    home = tmp_path / "ws"
    home.mkdir()
    office = office_in(home)
    to_approval(office, "made-potholes", verify(dossier).digest)
    url = f"sqlite:///{home}/ledger.db"
    assert export(str(dossier), "record", tmp_path / "out", ledger=url, workspace=home) == 0
    decided = _board_fields(tmp_path / "out")
    assert len(decided) == 10
    assert {field for field, status in decided.items() if status != "answered_with_evidence"} == {"F04"}
    text = (tmp_path / "out" / "record.json").read_text("utf-8")
    assert '"level":"I"' in text
    assert "Aprobado" in text
    assert not {'"tec', '"cha"', '"com"'} & set(text.split())


def test_a_decision_on_another_dossier_is_not_this_ones(dossier: Path, tmp_path: Path) -> None:
    home = tmp_path / "ws"
    home.mkdir()
    to_approval(office_in(home), "made-potholes")
    url = f"sqlite:///{home}/ledger.db"
    assert export(str(dossier), "record", tmp_path / "out", ledger=url, workspace=home) == 0
    assert set(_board_fields(tmp_path / "out").values()) == {"not_decided"}


def test_without_a_ledger_nothing_is_decided(
    dossier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path / "empty"))
    assert export(str(dossier), "record", tmp_path / "out") == 0
    assert set(_board_fields(tmp_path / "out").values()) == {"not_decided"}
