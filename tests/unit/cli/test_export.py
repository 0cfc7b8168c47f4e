"""A pilot's newest dossier, or a dossier by its folder, is written in the form that is asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from civic_ai.cli.export import export
from civic_ai.core.errors import ConfigError, RefusedError, StoreError
from tests.unit.cards.made_city import City, spec_of
from tests.unit.cards.made_dossier import seal_made

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
    with pytest.raises(StoreError, match="no sealed dossier of this pilot"):
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
