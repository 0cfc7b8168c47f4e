"""A desk with the tiny city of the workflow's tests: everybody has an account and needs no password."""

from __future__ import annotations

from pathlib import Path

from django.test import Client

from civic_ai.review.office import Office
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk, desk_of
from civic_ai.web.settings import DeskSettings
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_office import office_in

BACKEND = "django.contrib.auth.backends.ModelBackend"


def made_desk(folder: Path, office: Office | None = None) -> Desk:
    """A desk in ``folder``, its ledger with everybody's key."""
    return desk_of(
        DeskSettings(home=folder, pilots=folder / "pilots", address="http://testserver"),
        office or office_in(folder),
    )


def made_members() -> None:
    """An account for everybody; nobody can sign in to it with a password."""
    for person, _ in PEOPLE:
        Member.objects.add(person, person, None)


def reader(person: str | None, language: str = "en") -> Client:
    """The browser of somebody who has signed in; of nobody for None."""
    client = Client(headers={"Accept-Language": language})
    if person is not None:
        client.force_login(Member.objects.get(person=person), BACKEND)
    return client
