"""Accounts are made with names that can be read and passwords that are not guessed."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from civic_ai.core.errors import ConfigError
from civic_ai.web.accounts.new import make_account

GOOD = "a long and honest sentence"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)


def test_an_account_is_made(accounts: None) -> None:
    made = make_account(("maria", "María Ríos", "maria@example.org"), GOOD)
    assert (made.person, made.email) == ("María Ríos", "maria@example.org")
    assert made.check_password(GOOD)


@pytest.mark.parametrize(
    ("who", "password", "says"),
    [
        (("ona", "x", ""), GOOD, "stands already"),
        (("x", "ona", ""), GOOD, "stands already"),
        (("x", "y", ""), "short", "too short"),
        (("x", "y", ""), "password1234", "too short, or too many people use it"),
        (("x\u200b", "y", ""), GOOD, "characters that nobody sees"),
        (("x", " y", ""), GOOD, "characters that nobody sees"),
    ],
)
def test_what_cannot_be_an_account_says_why(
    accounts: None, who: tuple[str, str, str], password: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        make_account(who, password)
