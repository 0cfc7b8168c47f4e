"""Tell people by e-mail what waits for them and what is new; ``civic-ai desk notify`` does it.

Run it every few minutes. A letter box is read by more than one person, so
:mod:`~civic_ai.web.notices.letter` says nothing secret. A server that does not answer delays a notice: what
was not sent is sent the next time.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from civic_ai.core.errors import StoreError
from civic_ai.core.messages import say
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.notices.letter import WAITS, Letter, letter
from civic_ai.web.notices.models import Notice
from civic_ai.web.notices.news import FRESH, News, happened, waiting

SECONDS = 10
REFUSES = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
"""The server does not take one letter, and may take the next."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    has_tls: bool = False


Mail = tuple[Letter, tuple[News, ...]]
"""A letter, and what it tells."""


def send_notices(desk: Desk, server: MailServer) -> int:
    """Tell everybody what they were not told yet; how many letters were handed over.

    Raises :class:`StoreError` where the server does not take them; what it took is noted.
    """
    waits = waiting(desk)
    told = _told(waits)
    boxes = {
        each.person: (each.email, each.language)
        for each in Member.objects.filter(is_active=True).exclude(email="")
    }
    untold = sorted(one for one in (waits | happened(desk)) - told if one.person in boxes)
    mails = [
        (letter(*boxes[person], news, desk.settings.address), news)
        for person, news in (
            (person, tuple(each)) for person, each in groupby(untold, lambda one: one.person)
        )
    ]
    if mails:
        _send(server, mails)
    return len(mails)


def _told(waits: Iterable[News]) -> set[News]:
    """What is noted as told. A step that waits no longer is forgotten, for it may wait again, and so is what
    is too old to be told again."""
    Notice.objects.exclude(kind__in=WAITS).filter(sent_at__lt=timezone.now() - FRESH).delete()
    noted = {News(one.person, one.pilot, one.kind, one.about): one.pk for one in Notice.objects.all()}
    gone = {one for one in noted if one.kind in WAITS} - set(waits)
    Notice.objects.filter(pk__in=[noted[one] for one in gone]).delete()
    return noted.keys() - gone


def _send(server: MailServer, mails: list[Mail]) -> None:
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.has_tls,
        timeout=SECONDS,
    )
    refused: smtplib.SMTPException | None = None
    try:
        with connection:
            for each, news in mails:
                written = EmailMessage(
                    each.subject, each.text, server.sender, [each.box], connection=connection
                )
                try:
                    written.send()
                except REFUSES as error:
                    refused = error
                    continue
                Notice.objects.bulk_create(
                    Notice(person=one.person, pilot=one.pilot, kind=one.kind, about=one.about) for one in news
                )
        if refused is not None:
            raise refused
    except (OSError, smtplib.SMTPException) as error:
        raise StoreError.because(
            say("the mail server took no letter: {reason}", reason=error),
            about=f"{server.host}:{server.port}",
            remedy=say("Run it again; what was sent is not sent twice."),
        ) from error
