"""A passkey is made at the desk, enrolled by a custodian, and then signs; nobody else enrols."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic_ai.review.statement import read_statement
from civic_ai.web.accounts.models import Passkey
from civic_ai.web.desk import Desk
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

DESK = {"relying_party": "testserver", "origin": "http://testserver"}


@pytest.fixture
def passkey() -> Authenticator:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    return Authenticator(holder="coa", **DESK)


def challenge(client: Client, address: str) -> bytes:
    found = re.search(r'data-challenge="([^"]+)"', client.get(address).content.decode())
    assert found
    return urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))


def make(client: Client, passkey: Authenticator) -> int:
    made = passkey.made(challenge(client, "/keys/")).decode()
    return client.post("/keys/", {"made": made}).status_code


def enrol(key: str) -> None:
    """The custodian signs the enrolment with a key file."""
    custodian = reader("off")
    where = custodian.post(f"/keys/{key}/enrol/").headers["Location"]
    assert "enrol this key on the ledger" in custodian.get(where).content.decode()
    statement = read_statement(custodian.get(f"{where}statement.json").content)
    signed = SimpleUploadedFile("s.json", said(statement, key_file("off")).to_json())
    done = custodian.post(where, {"way": "file", "envelope": signed}).headers["Location"]
    assert done == f"/keys/?enrolled={key}"
    assert "Tell coa: it can sign from now on." in custodian.get(done).content.decode()


def test_a_passkey_signs_a_step_once_a_custodian_has_enrolled_it(desk: Desk, passkey: Authenticator) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    client = reader("coa")
    assert make(client, passkey) == 302
    assert "waits for a custodian. Ask one of these to enrol it: off" in client.get("/keys/").content.decode()
    assert "One passkey waits for you, the custodian" in reader("off").get("/").content.decode()
    assert "the custodian" not in client.get("/").content.decode()
    enrol(passkey.public_key.id)
    assert "the custodian" not in reader("off").get("/").content.decode()
    where = client.post(f"/cases/{PILOT}/steps/comment/", {"text": "look"}).headers["Location"]
    answer = passkey.assertion(challenge(client, where)).decode()
    signed = {"way": "passkey", "key": passkey.public_key.id, "assertion": answer}
    assert "/entries/" in client.post(where, signed).headers["Location"]
    step = desk.office.steps(PILOT)[-1]
    assert (step.action.by, step.action.kind, step.is_personal) == ("coa", "comment", True)


def test_an_answer_for_another_statement_signs_nothing(desk: Desk, passkey: Authenticator) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    client = reader("coa")
    make(client, passkey)
    enrol(passkey.public_key.id)
    one, two = (
        client.post(f"/cases/{PILOT}/steps/comment/", {"text": text}).headers["Location"] for text in "ab"
    )
    answer = passkey.assertion(challenge(client, one)).decode()
    signed = {"way": "passkey", "key": passkey.public_key.id, "assertion": answer}
    assert client.post(two, signed).status_code == 422
    assert len(desk.office.steps(PILOT)) == 1


def test_a_passkey_answers_the_challenge_of_its_own_page_once(desk: Desk, passkey: Authenticator) -> None:
    client = reader("coa")
    made = passkey.made(challenge(client, "/keys/")).decode()
    assert client.post("/keys/", {"made": made}).status_code == 302
    assert client.post("/keys/", {"made": made}).status_code == 409
    assert reader("ona").post("/keys/", {"made": made}).status_code == 409
    assert Passkey.objects.count() == 1


def test_only_a_custodian_enrols(desk: Desk, passkey: Authenticator) -> None:
    make(reader("coa"), passkey)
    for person in ("coa", "cha"):
        assert reader(person).post(f"/keys/{passkey.public_key.id}/enrol/").status_code == 403
        assert "wait for you, the custodian" not in reader(person).get("/keys/").content.decode()
    assert "wait for you, the custodian" in reader("off").get("/keys/").content.decode()
    assert reader("off").post(f"/keys/{'0' * 64}/enrol/").status_code == 404
