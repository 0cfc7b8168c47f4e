"""Letters by a real mail server on this machine: once for each step that waits, nothing secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from civic_ai.core.errors import StoreError
from civic_ai.web.accounts.models import Member
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.coaching.models import Remark
from civic_ai.web.desk import Desk
from civic_ai.web.notices.mail import MailServer, send_notices
from civic_ai.web.notices.models import Notice
from civic_ai.web.notices.news import FRESH
from tests.unit.review.made_case import COMMUNITY, DIGESTS, PEOPLE
from tests.unit.review.made_office import PILOT, take

SENDER = "desk@city.example"


class Box:
    """Takes every letter, but none to ``refuses``."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refuses = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses in envelope.rcpt_tos:
            return "554 not here"
        for to in envelope.rcpt_tos:
            self.letters.append((to, message_from_bytes(envelope.content, policy=default)))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[MailServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer("127.0.0.1", port, SENDER)
    controller.stop()


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """A case waits for its owner; owner, officer and chair have letter boxes."""
    for person in ("ona", "off", "cha"):
        Member.objects.filter(person=person).update(email=f"{person}@city.example")
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    return desk


def test_each_is_told_once_and_again_when_it_waits_again(opened: Desk, server: MailServer, box: Box) -> None:
    assert send_notices(opened, server) == 1
    assert [to for to, _ in box.letters] == ["ona@city.example"]
    assert send_notices(opened, server) == 0
    take(opened.office, "submit", "ona", "owner")
    assert send_notices(opened, server) == 1
    assert [to for to, _ in box.letters] == ["ona@city.example", "off@city.example"]
    assert set(Notice.objects.values_list("person", flat=True)) == {"off"}
    take(opened.office, "return_case", "off", "governance_officer")
    assert send_notices(opened, server) == 1
    assert box.letters[-1][0] == "ona@city.example"


def test_a_letter_says_what_waits_in_each_language_and_nothing_secret(
    opened: Desk, server: MailServer, box: Box
) -> None:
    send_notices(opened, server)
    ((_, letter),) = box.letters
    text = letter.get_content().replace("\r\n", "\n")
    assert letter["From"] == SENDER
    assert "One step waits for you at the review desk" in letter["Subject"]
    assert "streets: hand in a dossier" in text
    assert text.count("http://testserver/\n") == 3
    for secret in ("because", "off", "cha", "password", "token", opened.standing().last.decode()):
        assert secret not in text


def test_what_was_said_is_told_once_without_the_words(opened: Desk, server: MailServer, box: Box) -> None:
    Member.objects.filter(person="ona").update(language="pt")
    take(opened.office, "submit", "ona", "owner")
    send_notices(opened, server)
    box.letters.clear()
    told = Listening(opened, PILOT, "coa").said(DIGESTS["A"], "en", "because of Maria")
    made = Remark.objects.create(card="model_card", section="use", asks_change=True, **told)
    assert send_notices(opened, server) == 1
    assert send_notices(opened, server) == 0
    ((to, letter),) = box.letters
    text = letter.get_content().replace("\r\n", "\n")
    assert to == "ona@city.example"
    assert f"http://testserver/cases/{PILOT}/threads/{made.pk}/\n" in text
    assert text.count("http://testserver/\n") == 1
    for secret in ("Maria", "coa", "model_card"):
        assert secret not in text + letter["Subject"]


def test_what_was_told_is_forgotten_when_it_is_old_and_not_told_again(
    opened: Desk, server: MailServer
) -> None:
    Notice.objects.create(person="ona", pilot=PILOT, kind="said", about="1")
    Notice.objects.update(sent_at=timezone.now() - FRESH - timedelta(hours=1))
    assert send_notices(opened, server) == 1
    assert set(Notice.objects.values_list("kind", flat=True)) == {"submit"}


def test_a_closed_account_or_one_without_a_box_is_not_written_to(opened: Desk, server: MailServer) -> None:
    Member.objects.filter(person="ona").update(is_active=False)
    assert send_notices(opened, server) == 0
    Member.objects.filter(person="ona").update(is_active=True, email="")
    assert send_notices(opened, server) == 0


def test_a_box_that_is_refused_keeps_nobody_else_from_a_letter(
    opened: Desk, server: MailServer, box: Box
) -> None:
    take(opened.office, "submit", "ona", "owner")
    said = Listening(opened, PILOT, "coa").said(DIGESTS["A"], "en", "why?")
    Remark.objects.create(card="model_card", section="use", **said)
    box.refuses = "off@city.example"  # written to before the owner
    with pytest.raises(StoreError, match="took no letter"):
        send_notices(opened, server)
    assert [to for to, _ in box.letters] == ["ona@city.example"]


def test_what_the_server_did_not_take_is_sent_the_next_time(
    opened: Desk, server: MailServer, box: Box
) -> None:
    box.refuses = "ona@city.example"
    with pytest.raises(StoreError, match="took no letter"):
        send_notices(opened, server)
    assert not Notice.objects.exists()
    box.refuses = ""
    assert send_notices(opened, server) == 1
    Notice.objects.all().delete()
    with pytest.raises(StoreError, match="took no letter"):
        send_notices(opened, MailServer("127.0.0.1", 1, SENDER))
