"""A dossier's pages: the board's version for the case, the public's for others, as it was sealed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.tracking.outbox import mark_sent
from civic_ai.tracking.target import Target
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.review.made_case import act, deed
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, about_pilot, take
from tests.unit.web.made_desk import reader

OUTSIDER = "zoe"
FOR_THE_BOARD = "This version is for the board"


@pytest.fixture
def home(desk: Desk, sealed: Path) -> str:
    """The address of a dossier that the workspace holds."""
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add(OUTSIDER, OUTSIDER, None)
    digest = digest_of_file(sealed / "manifest.json")
    shutil.copytree(sealed, desk.dossier_folder(PILOT, digest))
    return f"/cases/{PILOT}/dossiers/{digest[:12]}/"


def test_who_takes_part_reads_the_boards_version_and_others_the_publics(home: str) -> None:
    mine, other = (reader(person).get(home).content.decode() for person in ("mem", OUTSIDER))
    assert FOR_THE_BOARD in mine
    assert "sealed for board, en" in mine
    assert "sealed for board" not in other
    assert FOR_THE_BOARD not in other
    assert "are hidden" in other


@pytest.mark.parametrize("person", ["mem", OUTSIDER])
def test_a_card_is_handed_out_byte_for_byte(home: str, sealed: Path, person: str) -> None:
    audience = "board" if person == "mem" else "public"
    response = reader(person).get(f"{home}audit_report.html")
    assert response.content == (sealed / audience / "audit_report.en.html").read_bytes()
    assert "attachment" in response.headers["Content-Disposition"]


def test_the_brief_comes_first_with_its_evidence(home: str, sealed: Path) -> None:
    page = reader("mem").get(home).content.decode()
    assert "<h1>Which streets will need repair next month?</h1>" in page
    assert 'aria-current="page">Board brief</a>' in page
    assert page.index(">Board brief</a>") < page.index(">Model card</a>") < page.index(">Data card</a>")
    assert digest_of_file(sealed / "manifest.json") in page
    assert digest_of_file(sealed / "spec.json") in page
    for name in ("model_card", "data_card", "audit_report"):
        assert f"{home}{name}/" in page
        assert reader("mem").get(f"{home}{name}/").status_code == 200


def test_the_scientist_is_led_to_the_run_that_tracking_has(home: str, desk: Desk, sealed: Path) -> None:
    assert "MLflow" not in reader("mem").get(home).content.decode()
    digest = digest_of_file(sealed / "manifest.json")
    mark_sent(desk.settings.workspace, digest, Target("https://mlflow.example"), "f00")
    assert 'href="https://mlflow.example/#/runs/f00"' in reader("mem").get(home).content.decode()
    assert "mlflow.example" not in reader(OUTSIDER).get(home).content.decode()


def test_other_versions_are_named(home: str, desk: Desk) -> None:
    assert "This is the first version that stands here." in reader("mem").get(home).content.decode()
    other = desk.dossier_folder(PILOT, "c" * 64)
    other.mkdir()
    (other / "manifest.json").write_text("{}")
    begins = digest_of_file(other / "manifest.json")[:12]
    assert f"<code>{begins}</code>" in reader("mem").get(home).content.decode()


def test_whoever_is_waited_for_goes_on_from_the_dossier(home: str, desk: Desk, sealed: Path) -> None:
    assert "What waits for you" not in reader("ona").get(home).content.decode()  # the case is about another
    digest = digest_of_file(sealed / "manifest.json")
    statement = about_pilot(act(deed("submit", "ona", "owner")), PILOT, digest)
    desk.office.enter(said(desk.office.prepare(PILOT, statement), key_file("ona")))
    address = f"/cases/{PILOT}/steps/propose_level/"
    assert address in reader("off").get(home).content.decode()
    assert address not in reader("mem").get(home).content.decode()


def test_what_is_not_there_is_no_page(home: str) -> None:
    client = reader("mem")
    assert client.get(f"{home}no_card/").status_code == 404
    assert client.get(f"{home}evidence.html").status_code == 404
    assert client.get(f"/cases/{PILOT}/dossiers/{'0' * 12}/").status_code == 404


def test_an_altered_card_is_not_shown(home: str, desk: Desk) -> None:
    begins = home.split("/")[-2]
    card = desk.dossier_folder(PILOT, begins) / "board" / "board_brief.en.html"
    card.write_text(card.read_text().replace("sealed", "changed"))
    response = reader("mem").get(home)
    assert response.status_code == 409
    assert "altered after it was sealed" in response.content.decode()
