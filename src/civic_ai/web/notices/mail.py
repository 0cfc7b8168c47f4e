"""Tell people by e-mail that a step waits for them. Run it every few minutes: ``civic-ai desk notify``.

A notice names the pilot and the step, and leads to the desk; it holds no reason, figure, name of another
person, password or token, since a letter box is read by more than one. A server that does not answer delays a
notice: what was not sent is sent the next time.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.core.mail import EmailMessage, get_connection

from civic_ai.core.errors import StoreError
from civic_ai.core.messages import LANGUAGES, say, say_count
from civic_ai.records.workflow_words import DEEDS
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.notices.models import Notice

SECONDS = 10


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    has_tls: bool = False


Waiting = tuple[str, str, str]
"""Person, pilot, kind of step."""


def send_notices(desk: Desk, server: MailServer) -> int:
    """Tell everybody who waits untold; how many letters were handed over.

    Raises :class:`StoreError` where the server does not take them; what it took is noted.
    """
    waiting = {
        (turn.person, pilot, turn.kind) for pilot, turns in desk.waited_for().items() for turn in turns
    }
    told = _told()
    _forget(told.keys() - waiting, told)
    boxes = dict(Member.objects.filter(is_active=True).exclude(email="").values_list("person", "email"))
    untold = sorted(one for one in waiting - told.keys() if one[0] in boxes)
    letters = [(boxes[person], tuple(each)) for person, each in groupby(untold, key=lambda one: one[0])]
    if letters:
        _send(desk, server, letters)
    return len(letters)


def _told() -> dict[Waiting, int]:
    return {(one.person, one.pilot, one.kind): one.pk for one in Notice.objects.all()}


def _forget(gone: Iterable[Waiting], told: Mapping[Waiting, int]) -> None:
    """A step that waits no longer may wait again, and is told again then."""
    Notice.objects.filter(pk__in=[told[one] for one in gone]).delete()


def _send(desk: Desk, server: MailServer, letters: list[tuple[str, tuple[Waiting, ...]]]) -> None:
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.has_tls,
        timeout=SECONDS,
    )
    try:
        with connection:
            for box, waiting in letters:
                subject, body = letter(waiting, desk.settings.address)
                EmailMessage(subject, body, server.sender, [box], connection=connection).send()
                Notice.objects.bulk_create(
                    Notice(person=person, pilot=pilot, kind=kind) for person, pilot, kind in waiting
                )
    except (OSError, smtplib.SMTPException) as error:
        raise StoreError.because(
            say("the mail server took no letter: {reason}", reason=error),
            about=f"{server.host}:{server.port}",
            remedy=say("Run it again; what was sent is not sent twice."),
        ) from error


def letter(waiting: tuple[Waiting, ...], address: str) -> tuple[str, str]:
    """Subject and text, in each language: the desk does not know which one somebody reads letters in."""
    many = len(waiting)
    head = say_count(
        "One step waits for you at the review desk",
        "{number} steps wait for you at the review desk",
        many,
        number=many,
    )
    parts = []
    for language in LANGUAGES:
        steps = "\n".join(f"- {pilot}: {DEEDS[kind].text(language)}" for _, pilot, kind in waiting)
        parts.append(f"{head.text(language)}:\n\n{steps}\n\n{address}/\n")
    return " / ".join(head.text(language) for language in LANGUAGES), "\n".join(parts)
