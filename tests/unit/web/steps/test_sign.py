"""A step from its form to the ledger, by each way to sign."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic_ai.review.key_files import make_key_file
from civic_ai.review.keys import enrol
from civic_ai.review.statement import read_statement
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_ledger import append, key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

OPENING = {"pilot": "streets"} | {
    f"people.{number}.{name}": value
    for number, (person, role) in enumerate(PEOPLE)
    for name, value in (("person", person), ("role", role))
}


def hand_in_signed(client: Client, address: str, person: str) -> str:
    """Download the statement, sign it elsewhere, hand it in; where the desk leads."""
    statement = read_statement(client.get(address + "statement.json").content)
    signed = said(statement, key_file(person)).to_json()
    response = client.post(address, {"way": "file", "envelope": SimpleUploadedFile("s.json", signed)})
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def test_a_case_is_opened_with_a_file_signed_elsewhere(desk: Desk) -> None:
    client = reader("ona")
    response = client.post("/cases/new/steps/open_case/", OPENING)
    assert response.status_code == 302, re.findall("<li>.*", response.content.decode())
    shown = client.get(response.headers["Location"]).content.decode()
    assert "You are about to sign" in shown
    assert "the technical reviewer" in shown
    entered = client.get(hand_in_signed(client, response.headers["Location"], "ona")).content.decode()
    assert "It stands on the ledger" in entered
    case = desk.office.case("streets")
    assert case.state == "draft"
    assert [(each.person, each.role) for each in case.people] == list(PEOPLE)


def test_an_account_signs_with_the_password_and_a_wrong_one_enters_nothing(desk: Desk) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    key = make_key_file(desk.settings.keys / "accounts" / "coa.key", "server", "coa")
    append(desk.office.ledger, said(enrol(key.public_key), key_file("off")))
    coach = Member.objects.get(person="coa")
    coach.set_password("a sentence of my own")
    coach.save()
    client = reader("coa")
    where = client.post(f"/cases/{PILOT}/steps/comment/", {"text": "look"}).headers["Location"]
    wrong = client.post(where, {"way": "account", "password": "a sentence of yours"})
    assert wrong.status_code == 422
    assert "nothing was entered, for the password is wrong" in wrong.content.decode()
    none = client.post(where, {"way": "file"})
    assert "no signature came" in none.content.decode()
    assert len(desk.office.steps(PILOT)) == 1
    right = client.post(where, {"way": "account", "password": "a sentence of my own"})
    assert "weaker" in client.get(right.headers["Location"]).content.decode()
    assert not desk.office.steps(PILOT)[-1].is_personal


def test_what_was_entered_says_what_is_next_and_what_is_missing(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:7]:
        number = take(desk.office, kind, by, role, **given).entry.number
    page = reader("off").get(f"/cases/{PILOT}/entries/{number}/").content.decode()
    assert "off, the governance officer: post the public notice" in page
    assert "The public notice has not been posted." in page
    for kind, by, role, given in TO_APPROVAL[7:]:
        number = take(desk.office, kind, by, role, **given).entry.number
    page = reader("cha").get(f"/cases/{PILOT}/entries/{number}/").content.decode()
    assert f'href="/cases/{PILOT}/minutes/{number}/"' in page
    assert "start the pilot" in page
