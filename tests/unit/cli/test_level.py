from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cli.level import level, write_proposals
from civic_ai.core.errors import ConfigError, RefusedError, StoreError
from civic_ai.core.messages import governance_folder, shipped_folder
from civic_ai.policy.impact_answers import load_answers
from civic_ai.policy.impact_questionnaire import shipped_questionnaire
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    shutil.copytree(shipped_folder("pilots") / "example-potholes", tmp_path / "example-potholes")
    return tmp_path / "example-potholes"


def alter(pilot: Path, old: str, new: str) -> None:
    file = pilot / "impact.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_the_level_its_reasons_and_what_it_asks(pilot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert level(pilot) == 0
    said = capsys.readouterr().out
    assert said.startswith("example-potholes: impact level II\n")
    assert said.index("at least II: Does it move service") < said.index("of 167 points")
    assert "An approval ends after 12 months at most." in said
    assert level(pilot / "pilot.yaml") == 0


def test_one_json_object(pilot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert level(pilot, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["level"], found["floor"]) == ("level/1", "II", "II")
    assert found["asks"]["expires_after_months"] == 12
    assert found["score"]["net"] == found["score"]["raw"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  housing: no", "  housing: yes", 0),
        ("  decides-alone: no", "  decides-alone: yes", 3),
        ("  emotions: no", "  emotions: unsure", 3),
        ("  scores: yes", "  scores: no", 0),
        ("  riskProfile1: no\n", "", 3),
        ("confirmed_by:", "# confirmed_by:", 3),
    ],
)
def test_the_exit_code_says_whether_it_may_go_on(pilot: Path, old: str, new: str, code: int) -> None:
    alter(pilot, old, new)
    assert level(pilot) == code


def test_another_policy_rules_where_it_is_named(
    pilot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (governance_folder() / "policy.yaml").read_text("utf-8")
    (tmp_path / "policy.yaml").write_text(
        text.replace("outside_reviewers: 1", "outside_reviewers: 2"), "utf-8"
    )
    assert level(pilot, policy=tmp_path / "policy.yaml", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["asks"]["outside_reviewers"] == 2


def test_a_pilot_without_answers_is_told_where_they_belong(pilot: Path) -> None:
    (pilot / "impact.yaml").unlink()
    with pytest.raises(ConfigError, match=r"impact\.yaml"):
        level(pilot)


def test_the_answers_of_a_copied_pilot_are_not_its_own(pilot: Path) -> None:
    spec = pilot / "pilot.yaml"
    spec.write_text(
        spec.read_text("utf-8").replace("pilot: example-potholes", "pilot: bogota-baches"), "utf-8"
    )
    with pytest.raises(ConfigError, match="of example-potholes, not of bogota-baches") as caught:
        level(pilot)
    assert "impact.yaml:4" in str(caught.value)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sealed")
    made = make_evidence(Blobs(place / "blobs"), City(languages=("en",)))
    write_dossier(seal(made.evidence, made.gates, {}, made.blobs), made.blobs, place / "dossier")
    return place / "dossier"


def test_proposals_stand_beside_the_answers_and_change_none(
    dossier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = json.loads((dossier / "manifest.json").read_bytes())["pilot"]
    folder = tmp_path / name
    folder.mkdir()
    (folder / "pilot.yaml").write_text(f"pilot: {name}\n", "utf-8")
    assert level(folder, propose=dossier) == 0
    written = folder / "impact.proposed.yaml"
    assert capsys.readouterr().out.strip() == str(written)
    answers = load_answers(written, shipped_questionnaire())
    assert len(answers.answers) == 23
    assert all(answers.confirmed(one) is None for one in answers.answers)
    assert not (folder / "impact.yaml").exists()
    before = written.read_bytes()
    assert write_proposals(folder, dossier).read_bytes() == before


def test_what_cannot_be_written_is_said_and_leaves_nothing_half_done(dossier: Path, tmp_path: Path) -> None:
    name = json.loads((dossier / "manifest.json").read_bytes())["pilot"]
    (tmp_path / "pilot.yaml").write_text(f"pilot: {name}\n", "utf-8")
    (tmp_path / "impact.proposed.yaml").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        level(tmp_path, propose=dossier)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["impact.proposed.yaml", "pilot.yaml"]


def test_a_dossier_of_another_pilot_proposes_nothing(pilot: Path, dossier: Path) -> None:
    with pytest.raises(RefusedError, match="not of example-potholes"):
        level(pilot, propose=dossier)
    assert not (pilot / "impact.proposed.yaml").exists()
