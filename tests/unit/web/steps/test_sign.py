"""A step from its form to the ledger, by each way to sign."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic_ai.review.statement import read_statement
from civic_ai.web.desk import Desk
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_ledger import key_file, said
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
    assert 'href="/cases/streets/steps/submit/">Hand in a dossier</a>' in entered  # whose turn it is goes on
    case = desk.office.case("streets")
    assert case.state == "draft"
    assert [(each.person, each.role) for each in case.people] == list(PEOPLE)
