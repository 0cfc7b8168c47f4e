"""Signing in: nobody learns who has an account, tries are counted, sessions change, redirects stay here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.settings import SignOn
from tests.unit.web.made_desk import reader

PASSWORD = "a long and honest sentence"
NAME = "desk-session"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as it is, with less work."""
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture
def ona(desk: Desk) -> Member:
    member = Member.objects.get(name="ona")
    member.set_password(PASSWORD)
    member.save()
    return member


def test_a_password_is_kept_as_argon2id(ona: Member) -> None:
    assert ona.password.startswith("argon2$argon2id$")


def test_signing_in_leads_to_the_queue_with_a_new_session(ona: Member) -> None:
    client = reader(None)
    client.get("/login/")
    client.session["planted"] = 1
    response = client.post("/login/", {"name": "ona", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    first = client.cookies[NAME].value
    ended = client.post("/logout/")
    assert ended.status_code == 200
    assert "<h1>You are signed out</h1>" in ended.content.decode()
    assert "Sign out" not in ended.content.decode()
    assert client.get("/").status_code == 302
    client.post("/login/", {"name": "ona", "password": PASSWORD})
    assert client.cookies[NAME].value != first


def test_signing_in_tells_the_desk_which_language_somebody_reads(ona: Member) -> None:
    reader(None, "pt-BR,pt;q=0.9").post("/login/", {"name": "ona", "password": PASSWORD})
    ona.refresh_from_db()
    assert ona.language == "pt"


def test_signing_out_reminds_of_the_login_server(ona: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "may still be signed in" not in reader("ona").post("/logout/").content.decode()
    known = SignOn(
        name="the City", issuer="https://login.city.example", client_id="desk", secret_file=Path("x")
    )
    monkeypatch.setattr(settings, "CIVIC_AI", settings.CIVIC_AI.model_copy(update={"sign_on": known}))
    assert "may still be signed in at the City" in reader("ona").post("/logout/").content.decode()


def test_a_session_that_was_planted_is_not_the_one_after_signing_in(ona: Member) -> None:
    planted = reader("mem")
    victim = reader(None)
    victim.cookies[NAME] = planted.cookies[NAME].value
    victim.post("/login/", {"name": "ona", "password": PASSWORD})
    assert victim.cookies[NAME].value != planted.cookies[NAME].value
    assert "mem" in planted.get("/").content.decode() or planted.get("/").status_code == 302


@pytest.mark.parametrize("name", ["ona", "nobody-here", "closed", "mem", ""])
def test_known_and_unknown_names_cost_the_same_work_and_say_the_same(
    ona: Member, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Member.objects.add("closed", "closed", PASSWORD)
    closed.is_active = False
    closed.save()
    work: list[str] = []
    count(work, monkeypatch)
    response = reader(None).post("/login/", {"name": name, "password": "wrong"})
    assert response.status_code == 401
    assert "do not belong together" in response.content.decode()
    assert len(work) == 1


def count(work: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Note each hash that is made or compared."""
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoded(self: Any, *given: Any) -> str:
        work.append("encode")
        return str(encode(self, *given))

    def verified(self: Any, *given: Any) -> bool:
        work.append("verify")
        return bool(verify(self, *given))

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoded)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verified)


def tries(name: str, many: int, password: str = "wrong", address: str = "192.0.2.7") -> list[int]:
    """What many tries from one address are answered."""
    told = {"name": name, "password": password}
    return [reader(None).post("/login/", told, REMOTE_ADDR=address).status_code for _ in range(many)]


def test_after_five_wrong_tries_even_the_right_password_waits(ona: Member) -> None:
    assert tries("ona", 5) == [401] * 4 + [429]
    locked = reader(None).post("/login/", {"name": "ona", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert locked.status_code == 429
    assert "Too many tries" in locked.content.decode()


def test_one_who_forgets_a_password_locks_out_nobody_else_of_the_office(ona: Member) -> None:
    """A city hall has one address: the pair of name and address is locked, neither of them alone."""
    tries("mem", 6)
    assert tries("ona", 1, PASSWORD) == [302]


def test_nobody_is_locked_out_from_elsewhere(ona: Member) -> None:
    tries("ona", 6, address="203.0.113.9")
    assert tries("ona", 1, PASSWORD) == [302]


def test_a_name_that_nobody_has_is_locked_like_any_other(desk: Desk) -> None:
    assert tries("nobody-here", 5) == [401] * 4 + [429]


def test_the_right_password_forgives_wrong_ones(ona: Member) -> None:
    for _ in range(3):
        assert tries("ona", 4) == [401] * 4
        assert tries("ona", 1, PASSWORD) == [302]


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example",
     "\x00//evil.example", " //evil.example"],
)  # fmt: skip
def test_no_redirect_leads_elsewhere(ona: Member, wanted: str) -> None:
    signed_in = reader(None).post("/login/", {"name": "ona", "password": PASSWORD, "next": wanted})
    assert signed_in.headers["Location"] == "/"
    chosen = reader("mem").post("/language/", {"language": "es", "next": wanted})
    assert chosen.headers["Location"] == "/"


def test_a_page_of_ours_is_led_to(ona: Member) -> None:
    response = reader(None).post("/login/", {"name": "ona", "password": PASSWORD, "next": "/portfolio/"})
    assert response.headers["Location"] == "/portfolio/"


def test_after_a_wrong_try_name_and_place_still_stand_there_and_no_password(ona: Member) -> None:
    client = reader(None)
    sent = {"name": 'on"a', "password": "wr0ng", "next": "/portfolio/?phase=team"}
    page = client.post("/login/", sent).content.decode()
    assert 'value="on&#34;a"' in page
    assert "wr0ng" not in page
    place = re.search(r'name="next" value="(/login/[^"]*)"', page)  # where the choice of a language leads
    assert place is not None
    shown = client.post("/language/", {"language": "es", "next": place[1]}, follow=True).content.decode()
    assert 'name="next" value="/portfolio/?phase=team"' in shown


@pytest.mark.parametrize(("language", "title"), [("es", "Sign in"), ("xx", "Sign in")])
def test_the_reader_chooses_the_language(desk: Desk, language: str, title: str) -> None:
    client = reader(None)
    client.post("/language/", {"language": language, "next": "/login/"})
    shown = client.get("/login/").headers["Content-Language"]
    assert shown == (language if language == "es" else "en")


def test_the_library_of_the_hasher_is_there() -> None:
    assert PasswordHasher().hash("x").startswith("$argon2id$")
