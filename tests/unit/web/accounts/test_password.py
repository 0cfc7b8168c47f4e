"""Who was given a password chooses another, and every other browser in their name is out."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.web.made_desk import reader

OLD, NEW = "a long and honest sentence", "another long and honest sentence"
RIGHT = {"password": OLD, "new": NEW, "again": NEW}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture
def two(desk: Desk) -> tuple[Client, Client]:
    """Two browsers of one person."""
    member = Member.objects.get(name="ona")
    member.set_password(OLD)
    member.save()
    return reader("ona"), reader("ona")


def test_the_new_password_counts_and_other_browsers_are_out(two: tuple[Client, Client]) -> None:
    mine, other = two
    assert 'href="/password/"' in mine.get("/keys/").content.decode()
    answer = mine.post("/password/", RIGHT)
    assert answer.status_code == 302
    assert "Your password is changed" in mine.get(answer.headers["Location"]).content.decode()
    assert other.get("/").status_code == 302
    signed_in = [reader(None).post("/login/", {"name": "ona", "password": each}) for each in (OLD, NEW)]
    assert [each.status_code for each in signed_in] == [401, 302]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"password": "wrong"}, "password"),
        ({"new": "short", "again": "short"}, "new"),
        ({"new": "password1234", "again": "password1234"}, "new"),
        ({"again": OLD}, "again"),
        ({"password": "", "new": "", "again": ""}, "password"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_changes(
    two: tuple[Client, Client], typed: dict[str, str], place: str
) -> None:
    mine, other = two
    answer = mine.post("/password/", RIGHT | typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="{place}-wrong"' in page
    assert OLD not in page
    assert other.get("/").status_code == 200


def test_nobody_tries_passwords_without_end(two: tuple[Client, Client]) -> None:
    mine, _ = two
    tries = [mine.post("/password/", RIGHT | {"password": "wrong"}).status_code for _ in range(6)]
    assert tries[:4] == [422] * 4
    assert tries[5] == 429
    assert mine.post("/password/", RIGHT).status_code == 429


def test_who_signs_in_elsewhere_has_none_to_change(desk: Desk) -> None:
    client = reader("ona")
    assert client.get("/password/").status_code == 404
    assert 'href="/password/"' not in client.get("/keys/").content.decode()
