"""However many sign in at once, few hashes are made at once; they are Django's own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from civic_ai.web.accounts.hasher import AT_ONCE


def test_no_more_than_a_few_are_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cheap("a sentence", monkeypatch)
    lock, now, most = Lock(), [0], [0]

    def slow(self: Any, *given: str) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return made

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slow)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", slow)
    with ThreadPoolExecutor(8) as people:
        list(people.map(make_password, ["a sentence"] * 8))
        list(people.map(lambda one: check_password(one, made), "ab" * 4))
    assert most[0] == AT_ONCE


def cheap(password: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A hash that Django made, with less work."""
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)
    return Argon2PasswordHasher().encode(password, "somesalt")


def test_what_django_made_before_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cheap("a long sentence", monkeypatch)
    assert check_password("a long sentence", made)
    assert not check_password("another sentence", made)
    assert make_password("x").startswith("argon2$argon2id$")
