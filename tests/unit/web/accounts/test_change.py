"""Who leaves is out at once; who forgot a password gets another, and whoever knew the old one is out."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from civic_ai.core.errors import ConfigError
from civic_ai.web.accounts.change import change_password, close_account
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.web.made_desk import reader

OLD, NEW = "a long and honest sentence", "another long and honest sentence"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture
def client(desk: Desk) -> Client:
    """Somebody who has signed in with the old password."""
    member = Member.objects.get(name="ona")
    member.set_password(OLD)
    member.save()
    made = reader(None)
    assert sign_in(made, OLD) == 302
    return made


def sign_in(client: Client, password: str) -> int:
    return client.post("/login/", {"name": "ona", "password": password}).status_code


def test_another_password_ends_what_the_old_one_began(client: Client) -> None:
    change_password("ona", NEW)
    assert client.get("/").status_code == 302
    assert [sign_in(reader(None), each) for each in (OLD, NEW)] == [401, 302]


def test_who_is_locked_out_is_let_in_with_another_password(client: Client) -> None:
    assert [sign_in(reader(None), "wrong") for _ in range(5)][-1] == 429
    change_password("ona", NEW)
    assert sign_in(reader(None), NEW) == 302


def test_a_closed_account_is_out_at_once_until_it_gets_another_password(client: Client) -> None:
    close_account("ona")
    assert client.get("/").status_code == 302
    assert sign_in(reader(None), OLD) == 401
    change_password("ona", NEW)
    assert sign_in(reader(None), NEW) == 302


def test_what_cannot_be_done_says_why(client: Client) -> None:
    with pytest.raises(ConfigError, match="no account of this name"):
        close_account("nobody")
    with pytest.raises(ConfigError, match="no account of this name"):
        change_password("nobody", NEW)
    with pytest.raises(ConfigError, match="too short"):
        change_password("ona", "short")
    assert client.get("/").status_code == 200
