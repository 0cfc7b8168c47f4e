"""An answer is written into the city's file whole or not at all, and over nothing that came meanwhile."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civic_ai.pilot.answers import Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answer
from civic_ai.web.desk import Desk
from tests.unit.review.made_office import TO_APPROVAL, take_as
from tests.unit.web.made_desk import reader
from tests.unit.web.made_dossier import keep

PILOT = "made-potholes"
BEGUN = f"""# the city's own words
pilot: {PILOT}
answers:
  A05:
    answer: {{es: Jefa de vías}}
    evidence: [{{statement: Director, on: 2026-03-02}}]
    answered_by: Owner
    on: 2026-03-02
"""


@pytest.fixture
def file(desk: Desk) -> Path:
    """The city's answers to a pilot whose case has just been opened."""
    take_as(desk.office, PILOT, TO_APPROVAL[0])
    folder = desk.pilot_folder(PILOT)
    folder.mkdir(parents=True)
    (folder / "answers.yaml").write_text(BEGUN)
    (folder / "README.md").write_text("what the crews do")
    return folder / "answers.yaml"


def at(field: str) -> str:
    return f"/cases/{PILOT}/questionnaire/{field}/"


def asked(field: str, person: str = "ona") -> str:
    answer = reader(person).get(at(field))
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(field: str, text: str, person: str = "ona", **more: Any) -> tuple[int, str]:
    found = re.search(r'name="seen" value="(\w*)"', asked(field))
    assert found is not None
    sent = {"seen": found[1], "text": text, "language": "en", "answered-by": "Head of roads", **more}
    answer = reader(person).post(at(field), sent)
    return answer.status_code, answer.content.decode()


def answers(file: Path) -> dict[str, Answer]:
    found = load_answers(Beside(shipped_crosswalk(), PILOT, file.parent))
    assert found is not None
    return dict(found.answers)


def test_a_new_answer_stands_with_its_evidence_and_the_rest_stays(file: Path) -> None:
    assert send("A01", "The list", evidence="README.md\n\nhttps://example.org/x\nsaid:Director")[0] == 302
    found = answers(file)["A01"]
    assert found.answer is not None
    assert (found.answer.en, found.answered_by) == ("The list", "Head of roads")
    assert [proof.file or proof.link or proof.statement for proof in found.evidence] == [
        "README.md", "https://example.org/x", "Director"
    ]  # fmt: skip
    assert "# the city's own words" in file.read_text()
    assert answers(file)["A05"].answered_by == "Owner"
    assert "Written into the city&#39;s file: A01." in (
        reader("ona").get(f"/cases/{PILOT}/questionnaire/?written=A01").content.decode()
    )


def test_a_file_that_came_joins_the_evidence_and_is_handed_over(file: Path) -> None:
    digest = sha256(b"%PDF-1 seen").hexdigest()
    sent = {"evidence": "said:Director", "evidence-file": SimpleUploadedFile("../x.html", b"%PDF-1 seen")}
    assert send("A01", "The list", **sent)[0] == 302
    said, proof = answers(file)["A01"].evidence
    assert (said.statement, proof.file, proof.sha256) == ("Director", f"evidence/{digest}.pdf", digest)
    assert sorted(path.name for path in (file.parent / "evidence").iterdir()) == [f"{digest}.pdf"]
    address = f"/cases/{PILOT}/evidence/{digest}/"
    assert f'href="{address}"' in asked("A01")
    answer = reader("mem").get(address)
    assert answer.content == b"%PDF-1 seen"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    (file.parent / "evidence" / f"{digest}.pdf").write_bytes(b"other")
    assert reader("mem").get(address).status_code == 404


def test_a_file_of_the_folder_that_no_answer_names_is_not_handed_over(file: Path) -> None:
    digest = sha256((file.parent / "README.md").read_bytes()).hexdigest()
    assert reader("mem").get(f"/cases/{PILOT}/evidence/{digest}/").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("en", "said:"), ("es", "dicho:"), ("pt", "dito:")])
def test_who_said_so_is_written_in_the_readers_own_word(file: Path, language: str, word: str) -> None:
    before = answers(file)["A05"].evidence
    assert f"{word}Director</textarea>" in reader("ona", language).get(at("A05")).content.decode()
    assert send("A05", "Head of roads", evidence=f"{word}Director")[0] == 302
    assert answers(file)["A05"].evidence == before
    assert send("A05", "Head of roads", evidence=f"{word} Mayor")[0] == 302
    assert [proof.statement for proof in answers(file)["A05"].evidence] == ["Mayor"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "a link begins"), ("es", "un enlace"), ("pt", "um link")]
)
def test_what_is_wrong_with_a_link_is_said_in_the_readers_language(
    file: Path, language: str, said: str
) -> None:
    sent = {"seen": "", "text": "x", "answered-by": "Mayor", "evidence": "https://a b"}
    page = reader("ona", language).post(at("A01"), sent).content.decode()
    assert f": {said}" in page


def test_a_paragraph_where_a_file_is_named_is_told_at_its_field_and_nothing_is_lost(file: Path) -> None:
    status, page = send("A01", "The list of streets", evidence="The crews said so. " * 20)
    assert status == 422
    assert 'id="evidence-wrong"' in page
    assert "The list of streets</textarea>" in page
    assert "answers.A01" not in page


def test_a_file_of_another_kind_is_refused_and_nothing_is_written(file: Path) -> None:
    before = file.read_bytes()
    status, page = send(
        "A01", "The list", **{"evidence-file": SimpleUploadedFile("x.zip", b"PK\x03\x04\x00")}
    )
    assert status == 422
    assert 'id="evidence-file-wrong"' in page
    assert file.read_bytes() == before
    assert not (file.parent / "evidence").exists()


def test_another_language_joins_and_evidence_that_is_the_same_keeps_its_day(file: Path) -> None:
    before = answers(file)["A05"].evidence
    assert "said:Director</textarea>" in asked("A05")
    assert send("A05", "Head of roads", evidence="said:Director")[0] == 302
    after = answers(file)["A05"]
    assert after.answer is not None
    assert (after.answer.es, after.answer.en) == ("Jefa de vías", "Head of roads")
    assert after.evidence == before


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"text": " "}, "Nothing was written"),
        ({"answered-by": ""}, "Nothing was written"),
        ({"text": "x" * 101}, "at most 100 fit"),
        ({"text": "a\0b"}, "no keyboard"),
        ({"evidence": "../../../etc/passwd"}, "no such file in the pilot"),
        ({"evidence": "nowhere.md"}, "no such file in the pilot"),
        ({"evidence": "said:todo"}, "a statement names the role"),
    ],
)
def test_what_the_file_may_not_hold_is_said_and_changes_nothing(
    file: Path, more: dict[str, str], says: str
) -> None:
    status, shown = send("A01", **{"text": "The list", **more})
    assert status == 422
    assert says in shown
    assert file.read_text() == BEGUN
    assert [path.name for path in file.parent.iterdir()] != []
    assert sorted(path.name for path in file.parent.iterdir()) == ["README.md", "answers.yaml"]


def test_what_somebody_else_answered_meanwhile_is_not_overwritten(file: Path) -> None:
    form = asked("A01", "dee")
    assert send("A01", "mine")[0] == 302
    seen = re.search(r'name="seen" value="(\w*)"', form)
    assert seen is not None
    sent = {"seen": seen[1], "text": "theirs", "language": "en", "answered-by": "Developer"}
    answer = reader("dee").post(at("A01"), sent)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody answered this after you opened the page" in shown
    assert "theirs</textarea>" in shown, "nothing typed is lost"
    found = answers(file)["A01"].answer
    assert found is not None
    assert found.en == "mine"


@pytest.mark.parametrize("person", ["coa", "cha", "tec", "off", "aud"])
def test_nobody_but_the_team_answers_for_the_city(file: Path, person: str) -> None:
    assert reader(person).get(at("A01")).status_code == 403
    assert send("A01", "mine", person)[0] == 403
    assert file.read_text() == BEGUN


@pytest.mark.parametrize("field", ["E01", "M01", "Z99", "a01"])
def test_no_field_but_the_citys_has_a_form(file: Path, field: str) -> None:
    assert reader("ona").get(at(field)).status_code == 404
    assert reader("ona").post(at(field), {"text": "x"}).status_code == 404


def test_without_the_citys_folder_there_is_no_form(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    assert reader("ona").get(at("A01")).status_code == 404


def test_the_sealed_file_proposes_and_the_person_decides(desk: Desk, file: Path, sealed: Path) -> None:
    keep(desk, PILOT, sealed)
    shown = asked("A04")
    assert "Made City Public Works</textarea>" in shown
    assert "proposes the text below" in shown
    assert send("A04", "Public Works, roads")[0] == 302
    assert "proposes the text below" not in asked("A04")
