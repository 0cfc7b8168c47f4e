"""The questionnaire: how many are answered, what is missing before the next step, what the file proposes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.cards.sealed import read_sealed
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.load import load_policy
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.desk import Desk
from civic_ai.web.pages.questionnaire import before_next, proposals
from civic_ai.web.papers import papers_of
from tests.unit.review.made_office import TO_APPROVAL, take_as
from tests.unit.review.specification import EVIDENCE
from tests.unit.web.made_desk import reader
from tests.unit.web.made_dossier import keep

PILOT = "made-potholes"
PAGE = f"/cases/{PILOT}/questionnaire/"
CITY = [name for name, field in shipped_crosswalk().fields.items() if field.filled_by == "city"]
ANSWERS = f"""pilot: {PILOT}
answers:
  A05:
    answer: {{en: Head of roads, es: Jefa de vías}}
    evidence: [{{statement: Director, on: 2026-03-02}}]
    answered_by: Owner
    on: 2026-03-02
  A06:
    answer: roads@example.org
    answered_by: Owner
    on: 2026-03-02
"""


@pytest.fixture
def folder(desk: Desk) -> Path:
    """The city's own folder of the pilot, whose case has just been opened."""
    take_as(desk.office, PILOT, TO_APPROVAL[0])
    made = desk.pilot_folder(PILOT)
    made.mkdir(parents=True)
    (made / "answers.yaml").write_text(ANSWERS)
    return made


def seen(address: str = PAGE, person: str = "ona", language: str = "en") -> str:
    answer = reader(person, language).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_counts_what_is_answered_and_what_has_evidence(folder: Path) -> None:
    shown = seen()
    assert f"<h1>2 of {len(CITY)} questions to the city are answered</h1>" in shown
    assert "1 of them with evidence" in shown


def test_what_is_missing_before_the_next_step_is_named_field_by_field(desk: Desk, folder: Path) -> None:
    starter = replace(desk, office=replace(desk.office, policy=load_policy()))
    record = papers_of(starter, PILOT, None).record
    (handing_in,) = before_next(starter, Listening(starter, PILOT, "ona"), record)
    named = {name: field.filled_by for name, field in handing_in.fields if field is not None}
    assert str(handing_in.gate) == "intake (G0)"
    assert (named["A01"], named["A03"]) == ("city", "run")
    assert "A06" in named, "an answer without evidence does not open a gate"
    assert "A05" not in named


def test_a_field_that_only_the_policy_knows_is_not_left_out(folder: Path) -> None:
    shown = seen()
    later = shown.index("What later steps will ask for")
    missing = shown[shown.index("What is missing before the next step") : later]
    assert "Hand in a dossier: intake (G0)" in missing
    assert missing.count("only the policy knows this field") == len(EVIDENCE["G0"])
    assert "<h3>The board&#39;s decision on use (G4)</h3>" in shown[later:]


def test_only_the_team_may_answer_and_only_where_the_folder_is(folder: Path) -> None:
    assert f'href="{PAGE}A01/"' not in seen(person="cha")
    folder.rename(folder.with_name("elsewhere"))
    shown = seen()
    assert f'href="{PAGE}A01/"' not in shown
    assert "is not at this desk" in shown


def test_a_choice_shows_what_is_open_or_the_citys_or_all(folder: Path) -> None:
    def fields(shown: str) -> int:
        return shown.count('<tr><th scope="row">')

    open_ones, city, everything = (fields(seen(f"{PAGE}?show={each}")) for each in ("missing", "city", "all"))
    assert open_ones < everything
    assert everything - len(shipped_crosswalk().standards) == len(shipped_crosswalk().fields)
    assert city - len(shipped_crosswalk().standards) == len(CITY)
    assert fields(seen(f"{PAGE}?show=nothing-like-this")) == open_ones


def test_only_a_field_is_said_to_be_written(folder: Path) -> None:
    assert "Written into the city&#39;s file: A05." in seen(f"{PAGE}?written=A05")
    assert "Written into" not in seen(f"{PAGE}?written=Send+your+password+to+us")


def test_each_standard_is_counted_and_none_is_met(folder: Path) -> None:
    shown = seen()
    for standard in shipped_crosswalk().standards.values():
        assert standard.name.replace("'", "&#39;") in shown
    assert "It never says that a pilot meets one." in shown


def test_the_sealed_file_proposes_what_nobody_has_answered(desk: Desk, folder: Path, sealed: Path) -> None:
    keep(desk, PILOT, sealed)
    assert "Proposed: Made City Public Works" in seen()
    spec = read_sealed(sealed, "board").records.spec
    assert proposals(spec, "es")["B02"] == "Obras Públicas planifica las rutas de las cuadrillas"
    assert set(proposals(spec, "en")) <= set(CITY)


def test_the_citys_file_is_handed_out_byte_for_byte(folder: Path) -> None:
    answer = reader("cha").get(f"/cases/{PILOT}/questionnaire.yaml")
    assert answer.content == ANSWERS.encode()
    assert "attachment" in answer.headers["Content-Disposition"]
    (folder / "answers.yaml").unlink()
    assert reader("cha").get(f"/cases/{PILOT}/questionnaire.yaml").status_code == 404


def test_a_file_that_cannot_be_read_is_told_with_its_line(folder: Path) -> None:
    (folder / "answers.yaml").write_text(ANSWERS.replace("A06", "Z99"))
    answer = reader("ona").get(PAGE)
    assert answer.status_code == 422
    assert "there is no field called Z99" in answer.content.decode()
