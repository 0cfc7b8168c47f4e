"""What a person sees when something fails in the middle of a step, and that nothing is lost or doubled.

``experiments/025-desk-load/failures.py`` does it to a running server: killed, locked, on a full disk.
"""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")

from tests.unit.web import made_django  # noqa: F401, I001  (first: it tells Django what it needs)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.http import HttpResponse
from django.test import Client

from civic_ai.core.messages import written_date
from civic_ai.review import ledger_engine
from civic_ai.review.office import Office
from civic_ai.review.statement import read_statement
from civic_ai.store.blobs import Blobs
from civic_ai.web import desk as desks
from civic_ai.web import security
from civic_ai.web.desk import Desk, desk_of
from civic_ai.web.drafts.models import Draft
from civic_ai.web.steps import sign
from tests.unit.review.made_case import day
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, Calendar, office_in, take
from tests.unit.web.conftest import accounts, desk  # noqa: F401  (fixtures)
from tests.unit.web.made_desk import made_desk, reader

WHAT_TO_DO = "It shows whether your step was entered"


@pytest.fixture
def client(desk: Desk) -> Client:
    """The coach's browser, in a case that was handed in."""
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    return a_reader()


def a_reader() -> Client:
    found = reader("coa")
    found.raise_request_exception = False
    return found


def begins(client: Client, text: str = "Look at the map.") -> tuple[str, bytes]:
    """Where a comment waits for its signature, and the signed file."""
    where = client.post(f"/cases/{PILOT}/steps/comment/", {"text": text}).headers["Location"]
    statement = read_statement(client.get(f"{where}statement.json").content)
    return where, said(statement, key_file("coa")).to_json()


def hands_in(client: Client, where: str, signed: bytes) -> Any:
    return client.post(where, {"way": "file", "envelope": SimpleUploadedFile("s.json", signed)})


def is_a_page_with_words(response: HttpResponse, status: int) -> bool:
    told = response.content.decode()
    assert "Traceback" not in told
    return response.status_code == status and WHAT_TO_DO in told


def test_a_double_click_leads_to_the_same_entry(desk: Desk, client: Client) -> None:
    where, signed = begins(client)
    size = len(desk.office.ledger.entries())
    led = {hands_in(client, where, signed).headers["Location"] for _ in range(3)}
    assert led == {f"/cases/{PILOT}/entries/{size}/"}
    assert client.get(where).headers["Location"] in led, "the button `back`"
    assert len(desk.office.ledger.entries()) == size + 1


def test_who_begins_the_same_twice_enters_it_once(desk: Desk, client: Client) -> None:
    first, second = begins(client), begins(client)
    assert first[0] != second[0]
    led = {hands_in(client, *each).headers["Location"] for each in (first, second)}
    assert len(led) == 1


def test_a_desk_that_dies_after_the_entry_shows_it_afterwards(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, signed = begins(client)
    size = len(desk.office.ledger.entries())
    with monkeypatch.context() as dying:
        dying.setattr(sign, "_to_entry", lambda *given: 1 / 0)
        assert hands_in(client, where, signed).status_code == 500
    assert Draft.objects.get().entry is None
    for again in (client.get(where), hands_in(client, where, signed)):
        assert again.headers["Location"] == f"/cases/{PILOT}/entries/{size}/"
    assert len(desk.office.ledger.entries()) == size + 1


def test_a_ledger_that_is_locked_keeps_the_statement_for_later(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, signed = begins(client)
    hasty = ledger_engine.open_engine(str(desk.office.ledger.engine.url), patience=0)
    office = Office(replace(desk.office.ledger, engine=hasty), desk.policy, desk.office.blobs)
    impatient = desk_of(desk.settings, office)
    monkeypatch.setattr(desks, "_opened", lambda _: impatient)
    locks = sqlite3.connect(str(hasty.url.database), isolation_level=None)
    size = len(desk.office.ledger.entries())
    locks.execute("BEGIN IMMEDIATE")
    assert is_a_page_with_words(hands_in(client, where, signed), 503)
    locks.execute("ROLLBACK")
    assert len(desk.office.ledger.entries()) == size
    assert hands_in(client, where, signed).headers["Location"] == f"/cases/{PILOT}/entries/{size}/"


@pytest.mark.parametrize("path", ["/", "/login/", "/portfolio/", f"/cases/{PILOT}/"])
def test_a_database_of_accounts_that_fails_is_told_in_words(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(CursorWrapper, "execute", full)
    response = client.get(path)
    assert is_a_page_with_words(response, 503) or path == "/login/"
    assert response.status_code < 500 or "disk is full" not in response.content.decode()


def test_a_full_disk_is_told_in_words_and_nothing_is_entered(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    where, signed = begins(client)
    size = len(desk.office.ledger.entries())
    with monkeypatch.context() as filled:
        filled.setattr(Blobs, "put_record", full)
        assert is_a_page_with_words(hands_in(client, where, signed), 503)
    assert len(desk.office.ledger.entries()) == size
    assert hands_in(client, where, signed).status_code == 302


def test_a_clock_that_went_back_a_year_neither_stops_nor_reorders_the_ledger(
    accounts: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = Calendar()
    calendar.number = 400
    office = office_in(tmp_path, calendar)
    made = made_desk(tmp_path, office)
    monkeypatch.setattr("django.conf.settings.CIVIC_AI", made.settings)
    monkeypatch.setattr(desks, "_opened", lambda _: made)
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(made.office, kind, by, role, **{**given, "at": 400})
    calendar.number = 35
    client, size = a_reader(), len(office.ledger.entries())
    response = client.post(f"/cases/{PILOT}/steps/comment/", {"text": "Look at the map."})
    assert response.status_code in (302, 422), "entered, or refused in words"
    if response.status_code == 302:
        where = response.headers["Location"]
        statement = read_statement(client.get(f"{where}statement.json").content)
        assert hands_in(client, where, said(statement, key_file("coa")).to_json()).status_code == 302
        assert [entry.number for entry in office.ledger.entries()] == list(range(size + 1))
    assert client.get(f"/cases/{PILOT}/").status_code == 200


@pytest.fixture
def meeting(accounts: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Calendar]:
    """The board meets on day 40, and the first member has voted."""
    calendar = Calendar()
    made = made_desk(tmp_path, office_in(tmp_path, calendar))
    monkeypatch.setattr("django.conf.settings.CIVIC_AI", made.settings)
    monkeypatch.setattr(desks, "_opened", lambda _: made)
    for kind, by, role, given in TO_APPROVAL[:10]:
        calendar.number = 40 if kind in ("open_meeting", "vote") else 0
        take(made.office, kind, by, role, **{**given, "at": calendar.number})
    return made, calendar


def votes(person: str) -> tuple[Client, str, bytes]:
    """Somebody's browser, where the vote waits for a signature, and the signed file."""
    client = reader(person)
    typed = {"verdict": "approve", "reason": "It finds more."}
    where = client.post(f"/cases/{PILOT}/steps/vote/", typed).headers["Location"]
    statement = read_statement(client.get(f"{where}statement.json").content)
    return client, where, said(statement, key_file(person)).to_json()


def test_a_clock_set_back_between_two_votes_loses_none_and_both_are_counted(
    meeting: tuple[Desk, Calendar],
) -> None:
    desk, calendar = meeting
    calendar.number = 5
    client, where, signed = votes("com")
    page = client.get(where).content.decode()
    assert f"Today is {written_date(day(5), 'en')}." in page, "the person sees which day the desk believes in"
    entry = len(desk.office.ledger.entries())
    assert hands_in(client, where, signed).headers["Location"] == f"/cases/{PILOT}/entries/{entry}/"
    assert "It stands on the ledger" in client.get(f"/cases/{PILOT}/entries/{entry}/").content.decode()
    held = desk.standing().case(PILOT).meeting
    assert held is not None
    assert [vote.by for vote in held.votes] == ["cha", "com"], "in the order of their entries"
    found = reader("aud").get("/ledger/verification/").content.decode()
    assert f"All {entry + 1} entries are good" in found, "it is told, and no fault"
    assert "the server&#39;s clock went back from" in found
    calendar.number = 40
    assert hands_in(*votes("mem")).status_code == 302
    held = desk.standing().case(PILOT).meeting
    assert held is not None
    assert [vote.by for vote in held.votes] == ["cha", "com", "mem"]


def test_a_clock_set_back_between_form_and_signature_refuses_in_words_and_keeps_the_statement(
    meeting: tuple[Desk, Calendar],
) -> None:
    desk, calendar = meeting
    client, where, signed = votes("com")
    entries = len(desk.office.ledger.entries())
    calendar.number = 5
    refused = hands_in(client, where, signed)
    told = refused.content.decode()
    assert refused.status_code == 422
    days = (written_date(day(40), "en"), written_date(day(5), "en"))
    assert "It was signed for {}, and today is {}.".format(*days) in told
    assert len(desk.office.ledger.entries()) == entries
    calendar.number = 40
    assert hands_in(client, where, signed).headers["Location"] == f"/cases/{PILOT}/entries/{entries}/"


def test_a_session_of_the_future_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would last for as long as the clock was set back."""
    client, now = reader("ona"), [1_800_000_000.0]
    monkeypatch.setattr(security, "time", SimpleNamespace(time=lambda: now[0]))
    assert client.get("/").status_code == 200
    now[0] -= 60
    assert client.get("/").status_code == 200, "a clock that is put right by a minute ends no session"
    now[0] -= 365 * 86_400
    assert client.get("/").status_code == 302
