"""Single sign-on against a certified provider (npm: oidc-provider) that the test starts."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client

from civic_ai.web import desk as desks
from civic_ai.web.accounts import sign_on
from civic_ai.web.accounts.models import Member
from civic_ai.web.accounts.provider import provider_of
from civic_ai.web.desk import Desk
from civic_ai.web.settings import SignOn
from tests.unit.web.made_desk import reader

ROOT = Path(__file__).resolve().parents[4]
MODULES = ROOT / "assets" / "node_modules"
SCRIPT = ROOT / "tests" / "desk" / "oidc_provider.mjs"
BACK = "http://testserver/sign-on/back/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    node = shutil.which("node")
    if node is None or not (MODULES / "oidc-provider").is_dir():
        pytest.skip("no Node, or no oidc-provider: run `make assets`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, str(SCRIPT), str(port), BACK, str(MODULES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "listening\n"
        yield f"http://localhost:{port}"
        server.kill()


@pytest.fixture
def signing(desk: Desk, issuer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SignOn:
    """A desk whose city has this login server; its own accounts have addresses there."""
    secret = tmp_path / "sign-on.secret"
    secret.write_text("desk-secret-of-the-tests-0123456789\n")
    made = SignOn(name="the City", issuer=issuer, client_id="desk", secret_file=secret)
    declare(desk, made, monkeypatch)
    for member in Member.objects.all():
        member.email = f"{member.person.title()}@City.Example"
        member.save()
    return made


def declare(desk: Desk, server: SignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's city has this login server."""
    monkeypatch.setattr(settings, "CIVIC_AI", desk.settings.model_copy(update={"sign_on": server}))
    monkeypatch.setattr(desks, "_opened", lambda _: desk)


def ask_provider(where: str, name: str) -> str:
    """Sign in there as anybody would in a browser; the address at the desk that this ends at."""
    with requests.Session() as browser:
        while not where.startswith(BACK):
            answer = browser.get(where, allow_redirects=False)
            if answer.is_redirect:
                where = urljoin(where, answer.headers["Location"])
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form is not None, answer.text
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert prompt is not None
            typed = {"prompt": prompt[1], "login": name, "password": "any"}
            answer = browser.post(urljoin(where, form[1]), data=typed, allow_redirects=False)
            where = urljoin(where, answer.headers["Location"])
    return where


def come_back(client: Client, name: str, wanted: str = "/portfolio/") -> HttpResponse:
    """From the desk to the login server and back."""
    asked = client.get("/sign-on/", {"next": wanted})
    assert asked.status_code == 302
    return follow(client, ask_provider(asked.headers["Location"], name))


def follow(client: Client, address: str) -> Any:
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_who_has_a_confirmed_address_is_signed_in_and_known_from_then_on(signing: SignOn) -> None:
    client = reader(None)
    answer = come_back(client, "ona")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/portfolio/")
    assert "ona" in client.get("/").content.decode()
    assert Member.objects.get(person="ona").subject == f"{signing.issuer} ona"
    Member.objects.filter(person="ona").update(email="another@city.example")
    again = reader(None)
    come_back(again, "ona")
    assert signed_in(again)


def test_the_session_is_a_new_one(signing: SignOn) -> None:
    client = reader(None)
    asked = client.get("/sign-on/")
    before = client.cookies["desk-session"].value
    follow(client, ask_provider(asked.headers["Location"], "ona"))
    assert client.cookies["desk-session"].value != before


@pytest.mark.parametrize(
    "name",
    ["unsure", "nobody"],  # an address that the server did not confirm; one that nobody here has
)
def test_nobody_else_is_and_no_account_is_made(signing: SignOn, name: str) -> None:
    client, before = reader(None), Member.objects.count()
    answer = come_back(client, name)
    assert answer.status_code == 401
    assert "no account at this desk" in answer.content.decode()
    assert not signed_in(client)
    assert Member.objects.count() == before
    assert not Member.objects.exclude(subject=None).exists()


def test_an_address_that_changed_hands_does_not_carry_the_account_along(signing: SignOn) -> None:
    come_back(reader(None), "ona")
    client = reader(None)
    assert come_back(client, "other").status_code == 401
    assert not signed_in(client)


def test_a_closed_account_stays_closed_and_ends_a_session(signing: SignOn) -> None:
    client = reader(None)
    come_back(client, "ona")
    Member.objects.filter(person="ona").update(is_active=False)
    assert not signed_in(client)
    late = reader(None)
    come_back(late, "ona")
    assert not signed_in(late)


def test_an_answer_to_another_browser_is_refused(signing: SignOn) -> None:
    mine, theirs = reader(None), reader(None)
    theirs.get("/sign-on/")
    address = ask_provider(mine.get("/sign-on/").headers["Location"], "ona")
    assert follow(theirs, address).status_code == 401
    assert not signed_in(theirs)


def test_an_answer_counts_once(signing: SignOn) -> None:
    client = reader(None)
    address = ask_provider(client.get("/sign-on/").headers["Location"], "ona")
    follow(client, address)
    client.post("/logout/")
    assert follow(client, address).status_code in (400, 401)
    assert not signed_in(client)


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_no_way_leads_elsewhere(signing: SignOn, wanted: str) -> None:
    assert come_back(reader(None), "ona", wanted).headers["Location"] == "/"


@pytest.mark.parametrize("query", ["", "?code=1", "?state=1", "?code=1&state=1", "?error=no&state=1"])
def test_what_nobody_asked_for_signs_nobody_in(signing: SignOn, query: str) -> None:
    client = reader(None)
    assert client.get(f"/sign-on/back/{query}").status_code in (400, 401)
    assert not signed_in(client)


def test_a_link_to_the_way_back_signs_nobody_out(signing: SignOn) -> None:
    client = reader("ona")
    assert client.get("/sign-on/back/?error=no").status_code == 401
    assert signed_in(client)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"email": "ona@city.example", "email_verified": False}, {"email_verified": True}),
        ({"email_verified": True, "email": "x@city.example"}, {"email": "ona@city.example"}),
        ({}, {"email": "ona@city.example", "email_verified": "true"}),
    ],
)
def test_an_address_that_no_answer_calls_confirmed_is_not(
    signing: SignOn, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], told: dict[str, Any]
) -> None:
    monkeypatch.setattr(sign_on.SignOnBackend, "get_userinfo", lambda *_: {"sub": "s", **told})
    payload = {"iss": signing.issuer, "sub": "s", **asked}
    assert sign_on.SignOnBackend().get_or_create_user("", "", payload) is None


def test_a_letter_that_only_looks_alike_is_another_address(signing: SignOn) -> None:
    for alike in ("ona@\u212aity.example", "on\u00e1@kity.example", "ona@k\u0131ty.example"):
        Member.objects.filter(person="ona").update(email="ona@kity.example")
        found = sign_on._first_time("s", alike)
        assert found is None, alike
    assert sign_on._first_time("s", "ONA@Kity.example") is not None


def test_a_token_for_another_desk_is_refused(signing: SignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = reader(None)
    address = ask_provider(client.get("/sign-on/").headers["Location"], "ona")
    real = sign_on.OIDCAuthenticationBackend.verify_token
    for name, value in (
        ("aud", "another-desk"),
        ("aud", ["desk", "another"]),
        ("iss", "https://evil.example"),
    ):
        monkeypatch.setattr(
            sign_on.OIDCAuthenticationBackend,
            "verify_token",
            lambda self, token, name=name, value=value, **given: {**real(self, token, **given), name: value},
        )
        assert follow(client, address).status_code in (400, 401)
        assert not signed_in(client)
        address = ask_provider(client.get("/sign-on/").headers["Location"], "ona")


def test_two_answers_about_two_people_are_refused(signing: SignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_on.SignOnBackend, "get_userinfo", lambda *_: {"sub": "somebody else"})
    with pytest.raises(SuspiciousOperation):
        sign_on.SignOnBackend().get_or_create_user("", "", {"iss": signing.issuer, "sub": "ona"})


def test_a_login_server_that_is_down_stops_no_password(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    down = SignOn(name="x", issuer="http://localhost:9", client_id="desk", secret_file=secret)
    declare(desk, down, monkeypatch)
    client = reader(None)
    told = client.get("/sign-on/")
    assert (told.status_code, "login server" in told.content.decode()) == (503, True)
    assert client.get("/login/").status_code == 200
    assert client.post("/login/", {"name": "ona", "password": "wrong but long"}).status_code == 401


def test_without_a_login_server_there_is_no_such_page(desk: Desk) -> None:
    client = reader(None)
    assert client.get("/sign-on/").status_code == 404
    assert client.get("/sign-on/back/?code=1&state=1").status_code == 404
    assert "sign-on" not in client.get("/login/").content.decode()


def test_what_speaks_for_somebody_else_is_not_believed(issuer: str) -> None:
    from civic_ai.core.errors import DataError

    assert provider_of(issuer).token_endpoint.startswith(issuer)
    with pytest.raises(DataError):
        provider_of(f"{issuer}/")


@pytest.mark.parametrize("address", ["http://login.city.example", "ftp://x", "https://x?y", "login.example"])
def test_only_https_is_asked(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="issuer"):
        SignOn(name="x", issuer=address, client_id="desk", secret_file=tmp_path)
