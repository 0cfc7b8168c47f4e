"""A desk on the databases of its file of settings, in a process of its own: found, sign in, sign, read again.

``python -m tests.laws.desk_walk desk.yaml`` prints what happened, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic_ai.records.record import Record
from civic_ai.review.ledger import found_ledger
from civic_ai.review.statement import read_statement
from civic_ai.web.settings_file import read_settings
from civic_ai.web.start import prepare
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_ledger import LOG, key_file, said, write_log_key
from tests.unit.review.made_office import PILOT, enrol_all

PASSWORD = "a long and honest sentence"


class Walked(Record):
    """What the walk came to."""

    databases: tuple[str, str]
    """The kinds of the desk's own and of the ledger's."""
    entered: int
    state: str
    again: str
    """Where the same signature leads a second time."""
    drafts: int
    sessions: int
    attempts: int


def walk(file: Path) -> Walked:
    """Open a case: sign in by password, fill the form, sign the statement, hand it in twice."""
    settings = read_settings(file)
    settings.home.mkdir()
    write_log_key(settings.home)
    enrol_all(found_ledger(settings.ledger_url, LOG), [person for person, _ in PEOPLE])
    prepare(settings)
    from axes.models import AccessAttempt
    from django.contrib.sessions.models import Session
    from django.db import connection

    from civic_ai.web.accounts.new import make_account
    from civic_ai.web.desk import the_desk
    from civic_ai.web.drafts.models import Draft

    make_account(("ona", "ona", "ona@example.org"), PASSWORD)
    client = Client(headers={"Host": settings.host})
    assert client.post("/login/", {"name": "ona", "password": "wrong"}).status_code == 401
    attempts = AccessAttempt.objects.count()
    assert client.post("/login/", {"name": "ona", "password": PASSWORD}).status_code == 302
    people = {
        f"people.{number}.{name}": value
        for number, (person, role) in enumerate(PEOPLE)
        for name, value in (("person", person), ("role", role))
    }
    where = client.post("/cases/new/steps/open_case/", {"pilot": PILOT, **people}).headers["Location"]
    statement = read_statement(client.get(f"{where}statement.json").content)
    signed = said(statement, key_file("ona")).to_json()
    led = [_hand_in(client, where, signed) for _ in range(2)]
    assert led[0] == f"/cases/{PILOT}/entries/{len(PEOPLE)}/"
    assert client.get(led[0]).status_code == 200
    desk = the_desk()
    return Walked(
        databases=(connection.vendor, desk.office.ledger.engine.dialect.name),
        entered=len(desk.office.ledger.entries()) - len(PEOPLE),
        state=desk.office.case(PILOT).state,
        again=led[1],
        drafts=Draft.objects.count(),
        sessions=Session.objects.count(),
        attempts=attempts,
    )


def _hand_in(client: Client, where: str, signed: bytes) -> str:
    sent = {"way": "file", "envelope": SimpleUploadedFile("s.json", signed)}
    return str(client.post(where, sent).headers["Location"])


if __name__ == "__main__":
    print(json.dumps(walk(Path(sys.argv[1])).model_dump(mode="json")))
